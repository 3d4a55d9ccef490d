import { describe, expect, it } from 'vitest';
import { extrasOf, heightFactor, spreadFactor, trailStates } from '../../../renderer/state/mesh-extras.ts';

const small = { nodes: 100, fields: 2 };

describe('what lies beside a mesh', () => {
  it('is a trail through every state of a short series', () => {
    expect(trailStates(3, 20, small)).toEqual([0, 1, 2]);
    expect(trailStates(0, 20, small)).toEqual([]);
  });

  it('is a trail through the same states while time goes on in a long one', () => {
    const [now, next] = [trailStates(245, 805, small), trailStates(246, 805, small)];
    expect(now).toHaveLength(24);
    expect(now.at(-1)).toBe(240);
    expect(next).toEqual(now);
    expect(trailStates(7, 805, small)).toEqual([0]);
    for (const time of [1, 10, 11, 300])
      expect(Math.max(...trailStates(time, 805, small))).toBeLessThan(time);
  });

  it('is a shorter trail, or none, where it would take too much', () => {
    expect(trailStates(500, 805, { nodes: 100, fields: 60 })).toHaveLength(4);
    expect(trailStates(500, 805, { nodes: 61_000, fields: 2 })).toEqual([]);
  });

  it('is a spread so large that it is seen', () => {
    expect(spreadFactor(0.04)).toBe(20);
    expect(spreadFactor(0.3)).toBe(2);
    expect([spreadFactor(2), spreadFactor(0), spreadFactor(Number.NaN)]).toEqual([1, 1, 1]);
  });

  it('has its height over a plane scaled to a third of its side', () => {
    expect(heightFactor(0.35, 10)).toBe(10);
    expect([heightFactor(8, 10), heightFactor(0, 10)]).toEqual([1, 1]);
  });

  it('has a height only in the plane, and a spread only as an ensemble', () => {
    expect(extrasOf(2, 'ensemble')).toEqual(['trails', 'spread', 'height']);
    expect(extrasOf(2, 'one')).toEqual(['trails', 'height']);
    expect(extrasOf(3, 'one')).toEqual(['trails']);
  });
});
