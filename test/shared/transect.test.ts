/** Lines on a grid: their cells, and lengths that a sphere knows without them. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { greatCircle, lineBetween } from '#shared/transect.ts';

const world = ({ row, column }: { row: number; column: number }) => ({
  latitude: row - 90,
  longitude: column % 360,
});
const plane = () => null;
const quarter = (Math.PI / 2) * 6371.0088;

describe('the way along a great circle', () => {
  it('is a quarter of the Earth from pole to equator, and half of it to the other side', () => {
    expect(greatCircle({ latitude: 90, longitude: 0 }, { latitude: 0, longitude: 77 })).toBeCloseTo(quarter);
    expect(greatCircle({ latitude: 0, longitude: 10 }, { latitude: 0, longitude: 190 })).toBeCloseTo(
      2 * quarter,
    );
  });
});

describe('a line', () => {
  it('along a meridian or the equator is as long as the arc, also across a jump of longitudes', () => {
    const meridian = lineBetween({ row: 90, column: 5 }, { row: 180, column: 5 }, world);
    expect(meridian.units).toBe('km');
    expect(meridian.points).toHaveLength(91);
    expect(meridian.points.at(-1)?.distance).toBeCloseTo(quarter, 3);
    const equator = lineBetween({ row: 90, column: 330 }, { row: 90, column: 420 }, world);
    expect(equator.points.at(-1)?.distance).toBeCloseTo(quarter, 3);
  });

  it('begins and ends at its ends and never leaves out a row or a column', () => {
    const cell = fc.record({ row: fc.nat(40), column: fc.nat(60) });
    fc.assert(
      fc.property(cell, cell, (from, to) => {
        const { points, units } = lineBetween(from, to, plane);
        expect(units).toBe('cells');
        expect(points[0]).toEqual({ ...from, distance: 0 });
        expect(points.at(-1)).toMatchObject(to);
        expect(points.at(-1)?.distance).toBeCloseTo(Math.hypot(to.row - from.row, to.column - from.column));
        for (const [at, point] of points.entries()) {
          const before = points[at - 1] ?? point;
          expect(Math.abs(point.row - before.row)).toBeLessThanOrEqual(1);
          expect(Math.abs(point.column - before.column)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
