/**
 * Moves velocities on by convection, friction and pressure. Convection is central and in flux form, which on
 * divergence-free velocities neither makes nor destroys energy; the stresses are symmetric and only destroy it
 * (Verstappen and Veldman 2003, J. Comput. Phys. 187). So the flow cannot blow up for want of resolution.
 */
import type { Geometry } from './geometry.ts';
import { at, type Grid } from './grid.ts';
import type { Operators } from './operators.ts';

/** Velocities on the faces of the grid, in m/s. */
export interface Velocity {
  readonly u: Float64Array;
  readonly v: Float64Array;
}

export function createVelocity(grid: Grid): Velocity {
  return { u: new Float64Array(grid.size), v: new Float64Array(grid.size) };
}

/** Result = start · a + from · b + acceleration of `from` · c, on all faces where the velocity is free. */
export interface Combination {
  readonly start: Velocity;
  readonly a: number;
  readonly from: Velocity;
  readonly b: number;
  readonly c: number;
}

export class Momentum {
  readonly #geometry: Geometry;
  readonly #operators: Operators;
  readonly #viscosity: number;
  readonly #facesU: Faces;
  readonly #facesV: Faces;

  /** @param viscosity kinematic, in m²/s */
  constructor(geometry: Geometry, operators: Operators, viscosity: number) {
    this.#geometry = geometry;
    this.#operators = operators;
    this.#viscosity = viscosity;
    this.#facesU = sortFaces(geometry, operators, 'u');
    this.#facesV = sortFaces(geometry, operators, 'v');
  }

  /**
   * Writes the combination to `to`, which may be its start but not what it comes from; sets the padding of `from`,
   * which stands for the boundary.
   * @param pressure kinematic, at cell centres, in m²/s²
   */
  advance(combination: Combination, pressure: Float64Array, to: Velocity): void {
    this.#setOpenEnds(combination.from);
    this.#advanceU(combination, pressure, to.u);
    this.#advanceV(combination, pressure, to.v);
    this.#advanceCutU(combination, pressure, to.u);
    this.#advanceCutV(combination, pressure, to.v);
  }

  #advanceU({ start, a, from, b, c }: Combination, p: Float64Array, to: Float64Array): void {
    const { stride: s, spacing: h } = this.#geometry.grid;
    const { u, v } = from;
    const { runs } = this.#facesU;
    const convective = (0.25 * c) / h;
    const viscous = (this.#viscosity * c) / (h * h);
    const pressing = c / h;
    for (let run = 0; run < runs.length; run += 2) {
      const end = runs[run + 1]!;
      let k = runs[run]!;
      let west = u[k - 1]!;
      let here = u[k]!;
      let behind = p[k - 1]!;
      let v0 = v[k - 1]!;
      let v1 = v[k + s - 1]!;
      let fluxWest = (west + here) * (west + here);
      for (; k < end; k++) {
        const east = u[k + 1]!;
        const north = u[k + s]!;
        const south = u[k - s]!;
        const v2 = v[k]!;
        const v3 = v[k + s]!;
        const ahead = p[k]!;
        const fluxEast = (here + east) * (here + east);
        const flux = fluxEast - fluxWest + (v1 + v3) * (here + north) - (v0 + v2) * (south + here);
        const change =
          viscous * (east + west + north + south - 4 * here) -
          convective * flux -
          pressing * (ahead - behind);
        to[k] = a * start.u[k]! + b * here + change;
        west = here;
        here = east;
        behind = ahead;
        fluxWest = fluxEast;
        v0 = v2;
        v1 = v3;
      }
    }
  }

  #advanceV({ start, a, from, b, c }: Combination, p: Float64Array, to: Float64Array): void {
    const { stride: s, spacing: h } = this.#geometry.grid;
    const { u, v } = from;
    const { runs } = this.#facesV;
    const convective = (0.25 * c) / h;
    const viscous = (this.#viscosity * c) / (h * h);
    const pressing = c / h;
    for (let run = 0; run < runs.length; run += 2) {
      const end = runs[run + 1]!;
      let k = runs[run]!;
      let west = v[k - 1]!;
      let here = v[k]!;
      let fluxWest = (u[k - s]! + u[k]!) * (west + here);
      for (; k < end; k++) {
        const east = v[k + 1]!;
        const north = v[k + s]!;
        const south = v[k - s]!;
        const fluxEast = (u[k + 1 - s]! + u[k + 1]!) * (here + east);
        const flux = fluxEast - fluxWest + (here + north) * (here + north) - (south + here) * (south + here);
        const change =
          viscous * (east + west + north + south - 4 * here) -
          convective * flux -
          pressing * (p[k]! - p[k - s]!);
        to[k] = a * start.v[k]! + b * here + change;
        west = here;
        here = east;
        fluxWest = fluxEast;
      }
    }
  }

  #advanceCutU({ start, a, from, b, c }: Combination, p: Float64Array, to: Float64Array): void {
    const { grid, openU, openV } = this.#geometry;
    const { inverseMassU, inverseVolume, shearU, frictionU } = this.#operators;
    const { stride: s, spacing: h } = grid;
    const { u, v } = from;
    for (const k of this.#facesU.cut) {
      const here = u[k]!;
      const w = openU[k - 1]! * u[k - 1]!;
      const m = openU[k]! * here;
      const e = openU[k + 1]! * u[k + 1]!;
      const n = openV[k + s - 1]! * v[k + s - 1]! + openV[k + s]! * v[k + s]!;
      const f = openV[k - 1]! * v[k - 1]! + openV[k]! * v[k]!;
      const flux =
        (m + e) * (here + u[k + 1]!) -
        (w + m) * (u[k - 1]! + here) +
        n * (here + u[k + s]!) -
        f * (u[k - s]! + here);
      const stress =
        openU[k]! * ((e - m) * inverseVolume[k]! - (m - w) * inverseVolume[k - 1]!) +
        shearU[k + s]! * (u[k + s]! - here) -
        shearU[k]! * (here - u[k - s]!) -
        frictionU[k]! * here;
      const force =
        (this.#viscosity / (h * h)) * stress - (0.25 / h) * flux - (openU[k]! / h) * (p[k]! - p[k - 1]!);
      to[k] = a * start.u[k]! + b * here + c * inverseMassU[k]! * force;
    }
  }

  #advanceCutV({ start, a, from, b, c }: Combination, p: Float64Array, to: Float64Array): void {
    const { grid, openU, openV } = this.#geometry;
    const { inverseMassV, inverseVolume, shearV, frictionV } = this.#operators;
    const { stride: s, spacing: h } = grid;
    const { u, v } = from;
    for (const k of this.#facesV.cut) {
      const here = v[k]!;
      const w = openV[k - s]! * v[k - s]!;
      const m = openV[k]! * here;
      const e = openV[k + s]! * v[k + s]!;
      const n = openU[k + 1 - s]! * u[k + 1 - s]! + openU[k + 1]! * u[k + 1]!;
      const f = openU[k - s]! * u[k - s]! + openU[k]! * u[k]!;
      const flux =
        (m + e) * (here + v[k + s]!) -
        (w + m) * (v[k - s]! + here) +
        n * (here + v[k + 1]!) -
        f * (v[k - 1]! + here);
      const stress =
        openV[k]! * ((e - m) * inverseVolume[k]! - (m - w) * inverseVolume[k - s]!) +
        shearV[k + 1]! * (v[k + 1]! - here) -
        shearV[k]! * (here - v[k - 1]!) -
        frictionV[k]! * here;
      const force =
        (this.#viscosity / (h * h)) * stress - (0.25 / h) * flux - (openV[k]! / h) * (p[k]! - p[k - s]!);
      to[k] = a * start.v[k]! + b * here + c * inverseMassV[k]! * force;
    }
  }

  /**
   * Padding left and right, such that the central flux through the inflow carries no v, and the flux through the
   * outflow carries the velocity there, or none where fluid comes back in: it brings no momentum, which keeps
   * vortices that cross the end of the channel from feeding on it.
   */
  #setOpenEnds({ u, v }: Velocity): void {
    const { grid } = this.#geometry;
    const { columns, rows, stride } = grid;
    for (let j = 0; j < rows; j++) {
      const inflow = at(grid, 0, j);
      v[inflow - 1] = -v[inflow]!;
      const out = inflow + columns;
      u[out + 1] = Math.abs(u[out]!);
      v[out] = u[out]! + u[out - stride]! > 0 ? v[out - 1]! : -v[out - 1]!;
    }
  }
}

/** Faces on which the velocity is free. */
interface Faces {
  /** Starts and ends of runs along x, far from every wall, where all coefficients are 1 and friction 0. */
  readonly runs: Int32Array;
  /** All others. */
  readonly cut: Int32Array;
}

function sortFaces(geometry: Geometry, operators: Operators, which: 'u' | 'v'): Faces {
  const { grid, openU, openV } = geometry;
  const { inverseVolume } = operators;
  const s = grid.stride;
  const horizontal = which === 'u';
  const [open, across] = horizontal ? [openU, openV] : [openV, openU];
  const [along, aside] = horizontal ? [1, s] : [s, 1];
  const inverseMass = horizontal ? operators.inverseMassU : operators.inverseMassV;
  const shear = horizontal ? operators.shearU : operators.shearV;
  const friction = horizontal ? operators.frictionU : operators.frictionV;
  const isRegular = (k: number): boolean =>
    friction[k] === 0 &&
    [open[k - along], open[k], open[k + along], shear[k], shear[k + aside], inverseMass[k]].every(
      (x) => x === 1,
    ) &&
    [across[k - along], across[k], across[k - along + aside], across[k + aside]].every((x) => x === 1) &&
    inverseVolume[k] === 1 &&
    inverseVolume[k - along] === 1;
  const runs: number[] = [];
  const cut: number[] = [];
  for (let k = s; k < grid.size - s; k++) {
    if (inverseMass[k] === 0) continue;
    if (!isRegular(k)) cut.push(k);
    else if (runs.at(-1) === k) runs[runs.length - 1] = k + 1;
    else runs.push(k, k + 1);
  }
  return { runs: Int32Array.from(runs), cut: Int32Array.from(cut) };
}
