/** Regions as cells and as degrees are the same region. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MapGeometry } from '../../../renderer/scenes/map-geometry.ts';
import { boxBetween, boxOfDegrees, degreesOf, toRegion, wholeGrid } from '../../../renderer/state/region.ts';

const world = new MapGeometry({
  height: 89,
  width: 180,
  latitudes: Array.from({ length: 89 }, (_, row) => 88 - 2 * row),
  longitudes: Array.from({ length: 180 }, (_, column) => 2 * column),
});

describe('regions', () => {
  it('come back from degrees as the same cells', () => {
    const cell = fc.record({ row: fc.nat(88), column: fc.nat(179) });
    fc.assert(
      fc.property(cell, cell, (a, b) => {
        const box = boxBetween(a, b);
        const degrees = degreesOf(box, world);
        expect(degrees && boxOfDegrees(degrees, world)).toEqual(box);
      }),
    );
  });

  it('cross the date line with west greater than east', () => {
    const box = boxBetween({ row: 24, column: 80 }, { row: 63, column: 139 });
    expect(toRegion(box, world)).toEqual({ kind: 'box', north: 40, south: -38, west: 160, east: -82 });
  });

  it('are named whole when they are, and cells where there are no degrees', () => {
    expect(toRegion(wholeGrid(world), world)).toEqual({ kind: 'whole' });
    const index = new MapGeometry({ height: 5, width: 5, latitudes: null, longitudes: null });
    const box = { firstRow: 1, lastRow: 2, firstColumn: 0, lastColumn: 3 };
    expect(toRegion(box, index)).toEqual({ kind: 'cells', ...box });
  });

  it('are refused inside out', () => {
    expect(boxOfDegrees({ south: 10, north: -10, west: 0, east: 20 }, world)).toBeNull();
    expect(boxOfDegrees({ south: -10, north: 10, west: -20, east: 20 }, world)).toBeNull();
  });
});
