/**
 * Keeps velocities free of divergence: the pressure is whatever makes the volume that flows into each cell equal to
 * the volume that flows out. Divergence is the negative transpose of the gradient, so the equation is symmetric and
 * positive definite (the outflow holds p = 0), and its factor is computed once for a geometry.
 */
import { SparseCholesky, type UpperTriangle } from './cholesky.ts';
import type { Geometry } from './geometry.ts';
import type { Velocity } from './momentum.ts';
import { nestedDissection } from './nested-dissection.ts';
import type { Operators } from './operators.ts';

export class Projection {
  readonly #geometry: Geometry;
  readonly #operators: Operators;
  readonly #cells: Int32Array;
  readonly #factor: SparseCholesky;
  readonly #unknowns: Float64Array;

  private constructor(geometry: Geometry, operators: Operators, cells: Int32Array, factor: SparseCholesky) {
    this.#geometry = geometry;
    this.#operators = operators;
    this.#cells = cells;
    this.#factor = factor;
    this.#unknowns = new Float64Array(cells.length);
  }

  static async create(
    geometry: Geometry,
    operators: Operators,
    breathe: () => Promise<void>,
  ): Promise<Projection> {
    const cells = nestedDissection(geometry.grid, geometry.fluid);
    const factor = await SparseCholesky.factorise(assemble(geometry, operators, cells), breathe);
    return new Projection(geometry, operators, cells, factor);
  }

  /**
   * Potential φ in m/s·m/h such that subtracting its gradient (see {@link subtractGradient}) leaves `velocity` with
   * no divergence. Also solves for a pressure, if velocities are accelerations.
   */
  potential(velocity: Velocity, potential: Float64Array): void {
    const { openU, openV, grid } = this.#geometry;
    const { u, v } = velocity;
    const { stride } = grid;
    const cells = this.#cells;
    const x = this.#unknowns;
    for (let n = 0; n < cells.length; n++) {
      const k = cells[n]!;
      const above = k + stride;
      x[n] = openU[k]! * u[k]! - openU[k + 1]! * u[k + 1]! + openV[k]! * v[k]! - openV[above]! * v[above]!;
    }
    this.#factor.solve(x);
    for (let n = 0; n < cells.length; n++) potential[cells[n]!] = x[n]!;
  }

  subtractGradient({ u, v }: Velocity, potential: Float64Array): void {
    const { openU, openV, grid } = this.#geometry;
    const { inverseMassU, inverseMassV } = this.#operators;
    const { stride, size } = grid;
    for (let k = stride; k < size - stride; k++) {
      u[k]! -= inverseMassU[k]! * openU[k]! * (potential[k]! - potential[k - 1]!);
      v[k]! -= inverseMassV[k]! * openV[k]! * (potential[k]! - potential[k - stride]!);
    }
  }

  /** Largest divergence of all cells, in 1/s: volume that leaves a cell, per area of a whole cell. */
  largestDivergence({ u, v }: Velocity): number {
    const { openU, openV, grid } = this.#geometry;
    let largest = 0;
    for (const k of this.#cells) {
      const n = k + grid.stride;
      const out = openU[k + 1]! * u[k + 1]! - openU[k]! * u[k]! + openV[n]! * v[n]! - openV[k]! * v[k]!;
      largest = Math.max(largest, Math.abs(out));
    }
    return largest / grid.spacing;
  }
}

/** Open, movable faces couple the cells on both sides; at the outflow the pressure outside is 0. */
function assemble(geometry: Geometry, operators: Operators, cells: Int32Array): UpperTriangle {
  const { openU, openV, grid } = geometry;
  const { inverseMassU, inverseMassV } = operators;
  const { stride, size } = grid;
  const order = cells.length;
  const place = new Int32Array(size).fill(-1);
  for (let n = 0; n < order; n++) place[cells[n]!] = n;
  const starts = new Int32Array(order + 1);
  const rows = new Int32Array(3 * order);
  const values = new Float64Array(3 * order);
  let filled = 0;
  for (let n = 0; n < order; n++) {
    const k = cells[n]!;
    let diagonal = 0;
    const couple = (neighbour: number, open: number, inverseMass: number): void => {
      const value = open * open * inverseMass;
      diagonal += value;
      const row = place[neighbour]!;
      if (value === 0 || row < 0 || row > n) return;
      rows[filled] = row;
      values[filled++] = -value;
    };
    couple(k - 1, openU[k]!, inverseMassU[k]!);
    couple(k + 1, openU[k + 1]!, inverseMassU[k + 1]!);
    couple(k - stride, openV[k]!, inverseMassV[k]!);
    couple(k + stride, openV[k + stride]!, inverseMassV[k + stride]!);
    rows[filled] = n;
    values[filled++] = diagonal;
    starts[n + 1] = filled;
  }
  return { order, starts, rows: rows.subarray(0, filled), values: values.subarray(0, filled) };
}
