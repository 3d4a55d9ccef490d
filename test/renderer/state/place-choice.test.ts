/** Places on the map come back from the address as they were, and begin inside of the grid. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MapGeometry } from '../../../renderer/scenes/map-geometry.ts';
import {
  cellsOf,
  formatPlace,
  type Place,
  parsePlace,
  placeTools,
  usualPlace,
} from '../../../renderer/state/place-choice.ts';
import { boxBetween } from '../../../renderer/state/region.ts';
import { placeName } from '../../../renderer/text/places.ts';

const [height, width] = [30, 40];
const plane = new MapGeometry({ height, width, latitudes: null, longitudes: null });
const world = new MapGeometry({
  height,
  width,
  latitudes: Array.from({ length: height }, (_, row) => -58 + 4 * row),
  longitudes: Array.from({ length: width }, (_, column) => 100 + 4 * column),
});
const cells = fc.record({ row: fc.nat(height - 1), column: fc.nat(width - 1) });
const places: fc.Arbitrary<Place> = fc.oneof(
  cells.map((cell): Place => ({ tool: 'point', cell })),
  fc.tuple(cells, cells).map(([a, b]): Place => ({ tool: 'box', box: boxBetween(a, b) })),
  fc.tuple(cells, cells).map(([from, to]): Place => ({ tool: 'line', from, to })),
);

describe('a place', () => {
  it('comes back from the address', () => {
    fc.assert(
      fc.property(places, (place) => {
        expect(parsePlace(formatPlace(place), plane)).toEqual(place);
      }),
    );
  });

  it('of another grid, or of none, is dropped', () => {
    for (const text of [null, '', 'point-30-0', 'box-0-0-5-40', 'line-1-2', 'circle-1-2', 'point--1-2'])
      expect(parsePlace(text, plane)).toBeNull();
  });

  it('begins inside of every grid, however small, with a line of some length', () => {
    const grid = fc.record({ height: fc.integer({ min: 1, max: 9 }), width: fc.integer({ min: 2, max: 9 }) });
    fc.assert(
      fc.property(grid, (size) => {
        const geometry = new MapGeometry({ ...size, latitudes: null, longitudes: null });
        for (const tool of placeTools) {
          const place = usualPlace(tool, geometry, null);
          expect(parsePlace(formatPlace(place), geometry)).toEqual(place);
          if (place.tool === 'line') expect(place.to.column).toBeGreaterThan(place.from.column);
        }
      }),
    );
  });

  it('is a box of one cell where it is a point', () => {
    expect(cellsOf({ tool: 'point', cell: { row: 3, column: 5 } })).toEqual({
      firstRow: 3,
      lastRow: 3,
      firstColumn: 5,
      lastColumn: 5,
    });
  });

  it('is named in degrees where there are some, else in cells', () => {
    const line: Place = { tool: 'line', from: { row: 0, column: 1 }, to: { row: 14, column: 25 } };
    expect(placeName(world, line)).toBe('from 58.0° S, 104.0° E to 2.0° S, 160.0° W');
    expect(placeName(plane, line)).toBe('from row 0, column 1 to row 14, column 25');
    const box: Place = { tool: 'box', box: boxBetween({ row: 15, column: 0 }, { row: 16, column: 24 }) };
    expect(placeName(world, box)).toBe('over 2.0° N – 6.0° N, 100.0° E – 164.0° W');
    expect(placeName(plane, box)).toBe('over rows 15–16, columns 0–24');
  });
});
