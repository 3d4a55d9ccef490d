import { rmSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type Grid, gridOf } from '#main/data/cf/grid.ts';
import { resolveRegion } from '#main/data/cf/region.ts';
import { SlabReader } from '#main/data/cf/slab.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { temporaryFolder, writeFieldFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const range = (n: number, first: number, step: number) =>
  Array.from({ length: n }, (_, i) => first + i * step);

async function withGrid<T>(longitudes: number[], latitudes: number[], use: (grid: Grid) => Promise<T> | T) {
  const path = writeFieldFile(folder, 'grid.nc', {
    times: 2,
    height: latitudes.length,
    width: longitudes.length,
    latitudes,
    longitudes,
    value: (t, y, x) => t * 10_000 + y * 100 + x,
  });
  const file = await openDataFile(path);
  try {
    return await use(await gridOf(file, file.variables.find((v) => v.path === 'sst')!));
  } finally {
    await file.close();
  }
}

const pacific = { kind: 'box', south: -38, north: 40, west: 160, east: -82 } as const;

describe('boxes in degrees', () => {
  it('take the cells whose centres lie in the closed box, in either convention of longitude', async () => {
    const descending = range(89, 88, -2);
    const eastern = await withGrid(range(180, 0, 2), descending, (grid) => resolveRegion(grid, pacific));
    const signed = await withGrid(range(180, -180, 2), descending, (grid) => resolveRegion(grid, pacific));
    for (const region of [eastern, signed]) {
      expect([region.height, region.width]).toEqual([40, 60]);
      expect([region.latitudes![0], region.latitudes![39]]).toEqual([40, -38]);
      expect([region.longitudes![0], region.longitudes![59]]).toEqual([160, 278]);
    }
    expect(eastern.window.columns.length).toBe(1);
    expect(signed.window.columns.length).toBe(2);
  });

  it('hold a cell exactly when it is inside, whatever the convention and the order of rows', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(-180, 0),
        fc.boolean(),
        fc.integer({ min: -90, max: 90 }),
        fc.integer({ min: -90, max: 90 }),
        fc.integer({ min: -180, max: 359 }),
        fc.integer({ min: 1, max: 359 }),
        async (firstLongitude, north, a, b, west, span) => {
          const latitudes = north ? range(19, 90, -10) : range(19, -90, 10);
          const longitudes = range(36, firstLongitude, 10);
          const box = {
            kind: 'box',
            south: Math.min(a, b),
            north: Math.max(a, b),
            west,
            east: west + span,
          } as const;
          const rows = latitudes.filter((v) => v >= box.south && v <= box.north);
          const columns = longitudes.filter((v) => (((v - west) % 360) + 360) % 360 <= span);
          await withGrid(longitudes, latitudes, (grid) => {
            if (rows.length === 0 || columns.length === 0) {
              expect(() => resolveRegion(grid, box)).toThrow(/no cell/);
              return;
            }
            const region = resolveRegion(grid, box);
            expect(region.latitudes).toEqual(rows);
            expect(region.width).toBe(columns.length);
            const turned = region.longitudes!.map((v) => (((v - west) % 360) + 360) % 360);
            expect(turned).toEqual([...turned].sort((p, q) => p - q));
            expect(region.longitudes!.every((v, i, all) => i === 0 || v > all[i - 1]!)).toBe(true);
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('are read in the order of their longitudes across the edge of the map', async () => {
    const path = writeFieldFile(folder, 'edge.nc', {
      times: 3,
      height: 2,
      width: 4,
      longitudes: [-180, -90, 0, 90],
      latitudes: [10, 20],
      value: (t, y, x) => t * 100 + y * 10 + x,
    });
    const file = await openDataFile(path);
    const grid = await gridOf(file, file.variables.find((v) => v.path === 'sst')!);
    const region = resolveRegion(grid, { kind: 'box', south: 0, north: 90, west: 80, east: -80 });
    expect(region.longitudes).toEqual([90, 180, 270]);
    const reader = new SlabReader(file, grid, region.window);
    expect([...(await reader.read(1, 2, new Float32Array(12)))]).toEqual([
      103, 100, 101, 113, 110, 111, 203, 200, 201, 213, 210, 211,
    ]);
    await file.close();
  });

  it('and regions in cells are refused outside of the grid', async () => {
    await withGrid([0, 10], [0, 10], (grid) => {
      const cells = { kind: 'cells', firstRow: 0, lastRow: 2, firstColumn: 0, lastColumn: 1 } as const;
      expect(() => resolveRegion(grid, cells)).toThrow(/not inside/);
      expect(() => resolveRegion(grid, { ...pacific, south: 50 })).toThrow(/lies north/);
      expect(() => resolveRegion(grid, pacific)).toThrow(/covers 0°N to 10°N/);
    });
  });
});
