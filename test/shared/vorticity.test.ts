/** The vorticity of flows whose vorticity is known. */
import { describe, expect, it } from 'vitest';
import { evenGrid, partOfGrid, speed, sphereGrid, vorticity } from '#shared/vorticity.ts';

const size = { height: 6, width: 7 };
const field = (value: (row: number, column: number) => number, { height, width } = size) =>
  Float32Array.from({ length: height * width }, (_, i) => value(Math.floor(i / width), i % width));

describe('vorticity on a plane', () => {
  it('is twice the rate of a solid rotation, rims included, whichever way rows count', () => {
    for (const y of [0.5, -0.5]) {
      const spin = vorticity(
        field((row) => -3 * row * y),
        field((_, column) => 3 * column * 0.2),
        evenGrid(size, { x: 0.2, y }),
      );
      for (const value of spin) expect(value).toBeCloseTo(6, 4);
    }
  });

  it('is exact for a parabolic shear on unequal rows, away from the rims', () => {
    const y = [0, 0.1, 0.3, 0.4, 0.8, 1];
    const grid = { ...evenGrid(size, { x: 1, y: 1 }), y };
    const spin = vorticity(
      field((row) => y[row]! ** 2),
      field(() => 0),
      grid,
    );
    for (let row = 1; row < 5; row++) expect(spin[row * 7 + 3]).toBeCloseTo(-2 * y[row]!, 5);
  });

  it('is one-sided beside solid and missing cells, and missing in them', () => {
    const turning = [field((row) => -3 * row), field((_, column) => 3 * column)] as const;
    const stone = 2 * 7 + 3;
    const solid = field((row, column) => Number(row * 7 + column === stone));
    // What lies in a solid cell is no flow: it must not be used.
    const [u, v] = turning.map((values) => values.map((value, cell) => (cell === stone ? 1e6 : value)));
    const gap = turning.map((values) => values.map((value, cell) => (cell === stone ? Number.NaN : value)));
    const grid = evenGrid(size, { x: 1, y: 1 });
    for (const spin of [vorticity(u!, v!, grid, solid), vorticity(gap[0]!, gap[1]!, grid)])
      for (const [cell, value] of spin.entries())
        if (cell === stone) expect(value).toBeNaN();
        else expect(value).toBeCloseTo(6, 4);
    expect(speed(u!, v!, solid)[stone]).toBeNaN();
  });

  it('is not known between two walls', () => {
    const spin = vorticity([1, 1, 1], [1, 1, 1], evenGrid({ height: 3, width: 1 }, { x: 1, y: 1 }));
    expect(spin[1]).toBeNaN();
  });

  it('is the same in a part of the grid, inside of its rim', () => {
    const grid = evenGrid(size, { x: 0.2, y: 0.5 });
    const u = field((row, column) => Math.sin(row + 2 * column));
    const v = field((row, column) => Math.cos(row * column));
    const part = partOfGrid(grid, { rows: { first: 1, count: 3 }, columns: { first: 2, count: 4 } });
    const cut = (values: Float32Array) =>
      field((row, column) => values[(row + 1) * 7 + column + 2]!, { height: 3, width: 4 });
    expect(vorticity(cut(u), cut(v), part)[5]).toBeCloseTo(vorticity(u, v, grid)[2 * 7 + 3]!, 5);
  });
});

describe('vorticity on a sphere', () => {
  it('is 2 ω sin φ in a sphere that turns as a whole, also across the date line', () => {
    const [radius, omega] = [6.371e6, 1e-5];
    const latitudes = Array.from({ length: 61 }, (_, row) => -30 + row);
    const longitudes = [178, 179, -180, -179, -178];
    const shape = { height: 61, width: 5 };
    const grid = sphereGrid(latitudes, longitudes, radius);
    const u = field((row) => omega * radius * Math.cos((latitudes[row]! * Math.PI) / 180), shape);
    const spin = vorticity(
      u,
      u.map(() => 0),
      grid,
    );
    for (let row = 1; row < 60; row++)
      for (let column = 0; column < 5; column++)
        expect(spin[row * 5 + column]! / omega).toBeCloseTo(
          2 * Math.sin((latitudes[row]! * Math.PI) / 180),
          2,
        );
  });

  it('takes the shorter way along a parallel', () => {
    const grid = sphereGrid([60, 61, 62], [0, 1, 2], 1);
    const v = field((_, column) => column, { height: 3, width: 3 });
    const spin = vorticity(
      v.map(() => 0),
      v,
      grid,
    );
    expect(spin[4]).toBeCloseTo(180 / Math.PI / Math.cos((61 * Math.PI) / 180), 2);
  });

  it('has no value at the poles', () => {
    const none = field(() => 1, { height: 3, width: 3 });
    expect(vorticity(none, none, sphereGrid([88, 89, 90], [0, 1, 2], 1))[7]).toBeNaN();
  });
});
