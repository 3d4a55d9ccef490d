/** What Compare's panes can show, through the address and back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Forecast } from '#shared/domain/forecast.ts';
import { comparableWith, sameTimeIn } from '../../../renderer/state/other-forecast.ts';
import {
  columnsFor,
  formatPane,
  type Pane,
  parsePane,
  parsePanes,
  quantityOf,
  scaleKindOf,
  withCount,
} from '../../../renderer/state/panes.ts';

const panes = fc.oneof(
  fc
    .constantFrom('truth', 'mean', 'spread', 'error', 'anomaly', 'difference', 'other-error', 'file-error')
    .map((kind): Pane => ({ kind }) as Pane),
  fc.constantFrom(0, 2.5, 50, 75, 99.875, 100).map((percent): Pane => ({ kind: 'quantile', percent })),
  fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map((threshold): Pane => ({ kind: 'exceedance', threshold: threshold === 0 ? 0 : threshold })),
  fc.integer({ min: 1, max: 20 }).map((member): Pane => ({ kind: 'member', member })),
);

describe('panes', () => {
  it('come back from the address as they were', () => {
    fc.assert(
      fc.property(fc.array(panes, { maxLength: 6 }), (list) => {
        expect(parsePanes(list.map(formatPane).join(','), 20)).toEqual(list);
      }),
    );
  });

  it('leave out what there is not, and more than six', () => {
    expect(parsePane('member-9', 8)).toBeNull();
    for (const text of ['', 'median', 'quantile-', 'quantile-101', 'exceedance-x', 'member-1.5'])
      expect(parsePane(text, 8), text).toBeNull();
    expect(parsePanes('truth,nothing,mean', 8)).toEqual([{ kind: 'truth' }, { kind: 'mean' }]);
    expect(parsePanes(Array(9).fill('truth').join(','), 8)).toHaveLength(6);
    expect(parsePanes(null, 8)).toEqual([]);
  });

  it('are filled up to a number with what is known, and keep the first ones', () => {
    fc.assert(
      fc.property(
        fc.array(panes, { maxLength: 6 }),
        fc.integer({ min: 1, max: 6 }),
        fc.boolean(),
        (list, count, truth) => {
          const made = withCount(list, count, { truth, other: false });
          expect(made).toHaveLength(count);
          const kept = Math.min(count, list.length);
          expect(made.slice(0, kept)).toEqual(list.slice(0, kept));
          const added = made.slice(kept).map(({ kind }) => kind);
          expect(added).not.toContain('difference');
          if (!truth) expect(added).not.toContain('truth');
        },
      ),
    );
  });

  it('name the field that they need and the scale that they are coloured with', () => {
    expect(quantityOf({ kind: 'exceedance', threshold: -1.5 })).toBe('exceedance--1.5');
    expect(quantityOf({ kind: 'other-spread' })).toBe('spread');
    expect(quantityOf({ kind: 'difference' })).toBeNull();
    expect(scaleKindOf({ kind: 'quantile', percent: 95 })).toBe('value');
    expect(scaleKindOf({ kind: 'truth-anomaly' })).toBe('anomaly');
    expect(scaleKindOf({ kind: 'exceedance', threshold: 0 })).toBe('probability');
  });

  it('lie in the columns that make their pictures largest', () => {
    const area = { width: 1020, height: 740 };
    expect([1, 2, 3, 4, 5, 6].map((count) => columnsFor(count, 1.5, area))).toEqual([1, 2, 2, 2, 3, 3]);
    // Narrow panes have higher heads, so that a row of six would leave no room for pictures.
    const chrome = (width: number) => (width < 255 ? 500 : 72);
    expect(columnsFor(6, 0.2, area)).toBe(6);
    expect(columnsFor(6, 0.2, area, chrome)).toBe(3);
    // A channel of 221 × 42 cells: one above the other.
    expect(columnsFor(4, 221 / 42, area)).toBe(1);
  });
});

describe('a second forecast', () => {
  const forecast = (id: string, changes: Partial<Forecast>) =>
    ({
      id,
      dataset: 'sst',
      height: 4,
      width: 6,
      leads: [1, 2],
      starts: [{ timeIndex: 7 }, { timeIndex: 9 }],
      ...changes,
    }) as Forecast;
  const own = forecast('own', {});

  it('is of the same data and grid with a start in common', () => {
    const all = [
      own,
      forecast('same', { starts: [{ timeIndex: 9 }] as Forecast['starts'] }),
      forecast('later', { starts: [{ timeIndex: 10 }] as Forecast['starts'] }),
      forecast('elsewhere', { dataset: 'flow' }),
      forecast('finer', { height: 8 }),
    ];
    expect(comparableWith(own, all).map(({ id }) => id)).toEqual(['same']);
  });

  it('is read at the same start and lead, not at the same index', () => {
    const other = forecast('other', {
      starts: [{ timeIndex: 9 }] as Forecast['starts'],
      leads: [0.5, 1, 1.5, 2],
    });
    expect(sameTimeIn(other, 9, 2)).toEqual({ start: 0, lead: 3 });
    expect(sameTimeIn(other, 7, 2)).toBeNull();
    expect(sameTimeIn(other, 9, 3)).toBeNull();
  });
});
