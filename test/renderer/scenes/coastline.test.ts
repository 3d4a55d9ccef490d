/** A coast has to appear wherever the map shows its longitude, whichever turn it is written in. */
import { describe, expect, it } from 'vitest';
import { coastlineSegments, segmentsOf } from '../../../renderer/scenes/coastline.ts';
import { MapGeometry } from '../../../renderer/scenes/map-geometry.ts';

const pacific = new MapGeometry({
  height: 40,
  width: 60,
  latitudes: Array.from({ length: 40 }, (_, row) => 40 - 2 * row),
  longitudes: Array.from({ length: 60 }, (_, column) => 160 + 2 * column),
});

describe('coastlines', () => {
  it('turns a western coast to where the map shows it', () => {
    const points = segmentsOf(
      [
        [
          [-120, 0],
          [-118, 0],
        ],
      ],
      pacific,
    );
    expect(points.length).toBe(6);
    // 120° W is 240° E, 81 degrees from the western edge at 159° E of a map 120 degrees wide.
    expect(points[0]).toBeCloseTo(81 / 120, 5);
    expect(points[1]).toBeCloseTo(1 - 41 / 80, 5);
  });

  it('leaves out the seams that close polygons and what lies off the map', () => {
    const lines: [number, number][][] = [
      [
        [180, -20],
        [180, -25],
      ],
      [
        [-179.99, -20],
        [-180, -25],
      ],
      [
        [10, 0],
        [12, 0],
      ],
      [
        [-120, 80],
        [-118, 82],
      ],
    ];
    expect(segmentsOf(lines, pacific).length).toBe(0);
  });

  it('crosses the date line in one stroke', () => {
    const points = segmentsOf(
      [
        [
          [179, 0],
          [-179, 0],
        ],
      ],
      pacific,
    );
    expect(points.length).toBe(6);
    expect((points[3] ?? 0) - (points[0] ?? 0)).toBeCloseTo(2 / 120, 5);
  });

  it('knows the coast of America and nothing of grids without geography', async () => {
    const real = await coastlineSegments(pacific);
    expect(real?.length).toBeGreaterThan(1000);
    const index = new MapGeometry({ height: 4, width: 4, latitudes: null, longitudes: null });
    expect(await coastlineSegments(index)).toBeNull();
  });
});
