import { describe, expect, it } from 'vitest';
import { SparseCholesky, type UpperTriangle } from '#main/engine/simulators/navier-stokes/cholesky.ts';
import { createGrid } from '#main/engine/simulators/navier-stokes/grid.ts';
import { nestedDissection } from '#main/engine/simulators/navier-stokes/nested-dissection.ts';
import { Random } from '#shared/random.ts';

/** Laplacian of all marked cells, fixed to 0 outside, in the order of `cells`. */
function laplacian(cells: Int32Array, stride: number): UpperTriangle {
  const place = new Map([...cells].map((k, n) => [k, n]));
  const rows: number[] = [];
  const values: number[] = [];
  const starts = [0];
  for (const [n, k] of cells.entries()) {
    for (const neighbour of [k - 1, k + 1, k - stride, k + stride]) {
      const row = place.get(neighbour);
      if (row === undefined || row > n) continue;
      rows.push(row);
      values.push(-1);
    }
    rows.push(n);
    values.push(4);
    starts.push(rows.length);
  }
  return {
    order: cells.length,
    starts: Int32Array.from(starts),
    rows: Int32Array.from(rows),
    values: Float64Array.from(values),
  };
}

describe('sparse direct solver', () => {
  it('solves to rounding error, with far fewer entries than a banded factor', async () => {
    const grid = createGrid(60, 33, 1);
    const marked = new Uint8Array(grid.size);
    const random = new Random(3);
    for (let j = 0; j < grid.rows; j++)
      for (let i = 0; i < grid.columns; i++)
        if (Math.hypot(i - 30, j - 15) > 6) marked[(j + 1) * grid.stride + i + 1] = 1;
    const cells = nestedDissection(grid, marked);
    expect([...cells].sort((a, b) => a - b)).toEqual([...marked.keys()].filter((k) => marked[k] === 1));

    const matrix = laplacian(cells, grid.stride);
    const factor = await SparseCholesky.factorise(matrix, async () => {});
    expect(factor.entries).toBeLessThan(cells.length * 20);
    const right = Float64Array.from(cells, () => random.uniform() - 0.5);
    const x = right.slice();
    factor.solve(x);
    const residual = right.map((value) => -value);
    for (let column = 0; column < matrix.order; column++) {
      for (let p = matrix.starts[column]!; p < matrix.starts[column + 1]!; p++) {
        const row = matrix.rows[p]!;
        residual[row]! += matrix.values[p]! * x[column]!;
        if (row !== column) residual[column]! += matrix.values[p]! * x[row]!;
      }
    }
    expect(Math.max(...residual.map(Math.abs))).toBeLessThan(1e-12);
  });
});
