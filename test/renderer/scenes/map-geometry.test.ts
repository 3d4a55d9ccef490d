/** Cells, degrees and places on the picture have to agree for every orientation of a grid. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { edges, MapGeometry, unwrap } from '../../../renderer/scenes/map-geometry.ts';

const range = (from: number, step: number, count: number) =>
  Array.from({ length: count }, (_, at) => from + step * at);

describe('MapGeometry', () => {
  it('finds the cell again whose centre it names, however the axes run', () => {
    fc.assert(
      fc.property(
        fc.record({
          height: fc.integer({ min: 2, max: 40 }),
          width: fc.integer({ min: 2, max: 40 }),
          north: fc.boolean(),
          east: fc.boolean(),
          start: fc.integer({ min: -180, max: 300 }),
        }),
        ({ height, width, north, east, start }) => {
          const latitudes = range(-60, 120 / height, height);
          const longitudes = range(start, 200 / width, width);
          const geometry = new MapGeometry({
            height,
            width,
            latitudes: north ? latitudes : latitudes.reverse(),
            longitudes: east ? longitudes : longitudes.reverse(),
          });
          for (const cell of [
            { row: 0, column: 0 },
            { row: height - 1, column: 1 },
          ]) {
            expect(geometry.cellAt(geometry.pointOf(cell))).toEqual(cell);
            const position = geometry.positionOf(cell);
            expect(geometry.cellNear(position?.longitude ?? 0, position?.latitude ?? 0)).toEqual(cell);
          }
        },
      ),
    );
  });

  it('puts north on top and east on the right', () => {
    const geometry = new MapGeometry({
      height: 3,
      width: 3,
      latitudes: [-10, 0, 10],
      longitudes: [20, 10, 0],
    });
    expect(geometry.pointOf({ row: 2, column: 0 })).toEqual({ u: 5 / 6, v: 1 / 6 });
    expect(geometry.project(10, 0)).toEqual({ u: 0.5, v: 0.5 });
  });

  it('keeps true scale at the middle latitude', () => {
    const equator = { height: 10, width: 20, latitudes: range(-9, 2, 10), longitudes: range(0, 2, 20) };
    expect(new MapGeometry(equator).aspect).toBeCloseTo(2, 6);
    const high = { ...equator, latitudes: range(51, 2, 10) };
    expect(new MapGeometry(high).aspect).toBeCloseTo(1, 6);
  });

  it('counts index grids upwards and offers no geography', () => {
    const geometry = new MapGeometry({ height: 4, width: 8, latitudes: null, longitudes: null });
    expect(geometry.aspect).toBe(2);
    expect(geometry.cellAt({ u: 0.01, v: 0.99 })).toEqual({ row: 0, column: 0 });
    expect(geometry.positionOf({ row: 0, column: 0 })).toBeNull();
    expect(geometry.parallels()).toEqual([]);
  });

  it('unwraps longitudes across the date line and finds edges halfway', () => {
    expect(unwrap([170, 175, 180, -175, -170])).toEqual([170, 175, 180, 185, 190]);
    expect(edges([0, 1, 3])).toEqual([-0.5, 0.5, 2, 4]);
  });
});
