/** Zooming keeps the place under the pointer, and nothing outside the map is ever shown. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MapWindow } from '../../../renderer/state/map-window.svelte.ts';

describe('MapWindow', () => {
  it('keeps the middle under the middle and comes back to the whole', () => {
    const view = new MapWindow();
    view.zoom(4);
    expect(view.outside({ u: 0.5, v: 0.5 })).toEqual({ u: 0.5, v: 0.5 });
    expect(view.zoomed).toBe(true);
    view.reset();
    expect(view.part).toEqual({ left: 0, top: 0, width: 1, height: 1 });
  });

  it('stays on the map whatever is done', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    const act = fc.record({ factor: fc.double({ min: 0.2, max: 5, noNaN: true }), u: share, v: share });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 20 }), (acts) => {
        const view = new MapWindow();
        for (const { factor, u, v } of acts) {
          view.zoom(factor, { u, v });
          view.pan(u - 0.5, v - 0.5);
        }
        const { left, top, width, height } = view.part;
        expect(Math.min(left, top)).toBeGreaterThanOrEqual(0);
        expect(Math.max(left + width, top + height)).toBeLessThanOrEqual(1 + 1e-12);
      }),
    );
  });
});
