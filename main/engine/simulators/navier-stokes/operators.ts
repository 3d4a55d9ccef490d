/**
 * The discrete viscous terms and the inertia of the flow solver, as coefficients on the staggered grid: cut cells are
 * told apart here, once, so that the loops over time have no branches. Discretisation after Cheny and Botella (2010,
 * J. Comput. Phys. 229, "LS-STAG"), simplified: velocities live in the middle of the open part of their face, fluxes
 * count open lengths only, walls pull with the distance to that middle. All coefficients are free of units: lengths
 * are in cells, forces per area of a cell.
 */
import type { Geometry } from './geometry.ts';
import { at } from './grid.ts';

export interface Operators {
  /** 1 / inertia of each face's control volume; 0 where the velocity is prescribed or the face closed. */
  readonly inverseMassU: Float64Array;
  readonly inverseMassV: Float64Array;
  /** 1 / open area of each cell, for normal stresses; 0 where there is no fluid. */
  readonly inverseVolume: Float64Array;
  /** At each corner: shear between the u faces below and above it, and between the v faces left and right of it. */
  readonly shearU: Float64Array;
  readonly shearV: Float64Array;
  /** Friction of each face against the solid next to it. */
  readonly frictionU: Float64Array;
  readonly frictionV: Float64Array;
}

/** Control volumes get at least this inertia, in cells; steady flows do not depend on it. */
const leastMass = 0.4;

/**
 * @param diffusion largest ν Δt / h² that the scheme will be run with: small control volumes get more inertia than
 * their fluid has, just enough to keep the explicit viscous terms stable
 */
export function createOperators(geometry: Geometry, diffusion: number): Operators {
  const { grid, openU, openV, volume, fluid, openCorner } = geometry;
  const { columns, rows, stride, size } = grid;
  const inverseMassU = new Float64Array(size);
  const inverseMassV = new Float64Array(size);
  const inverseVolume = new Float64Array(size);
  const shearU = new Float64Array(size);
  const shearV = new Float64Array(size);
  const frictionU = new Float64Array(size);
  const frictionV = new Float64Array(size);

  for (let k = 0; k < size; k++) if (fluid[k] === 1 && volume[k]! > 0) inverseVolume[k] = 1 / volume[k]!;

  for (let j = 0; j <= rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const k = at(grid, i, j);
      const south = openU[k - stride]!;
      const north = openU[k]!;
      const width = 0.5 * (openV[k - 1]! + openV[k]!);
      if (openCorner[k] === 1 && south > 0 && north > 0) shearU[k] = width / (0.5 * (south + north));
      const west = openV[k - 1]!;
      const east = openV[k]!;
      const height = 0.5 * (openU[k - stride]! + openU[k]!);
      if (i > 0 && i < columns && openCorner[k] === 1 && west > 0 && east > 0)
        shearV[k] = height / (0.5 * (west + east));
    }
  }

  // Solid seen from a face: what of its control volume's ends is not shared with the next face over.
  const wall = (here: number, across: number, shared: boolean): number =>
    shared ? Math.max(0, across - here) : Math.max(here, across);
  const inverseMass = (area: number, least: number, viscous: number): number =>
    1 / Math.max(area, least, diffusion * viscous);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const k = at(grid, i, j);
      const n = k + stride;
      if (openU[k]! > 0) {
        const below = 0.5 * (openV[k - 1]! + openV[k]!);
        const above = 0.5 * (openV[n - 1]! + openV[n]!);
        const ends = i === columns ? 0.5 : 1;
        const south = j === 0 ? ends : wall(below, above, shearU[k]! > 0);
        const north = j === rows - 1 ? ends : wall(above, below, shearU[n]! > 0);
        frictionU[k] = (south + north) / (0.5 * openU[k]!);
        if (i > 0)
          inverseMassU[k] = inverseMass(
            0.5 * (volume[k - 1]! + volume[k]!),
            i === columns ? 0.5 * leastMass : leastMass,
            openU[k]! ** 2 * (inverseVolume[k]! + inverseVolume[k - 1]!) +
              shearU[k]! +
              shearU[n]! +
              frictionU[k]!,
          );
      }
      if (openV[k]! > 0 && i < columns && j > 0) {
        const left = 0.5 * (openU[k - stride]! + openU[k]!);
        const right = 0.5 * (openU[k + 1 - stride]! + openU[k + 1]!);
        const west = i === 0 ? left : wall(left, right, shearV[k]! > 0);
        const east = i === columns - 1 ? 0 : wall(right, left, shearV[k + 1]! > 0);
        frictionV[k] = (west + east) / (0.5 * openV[k]!);
        inverseMassV[k] = inverseMass(
          0.5 * (volume[k - stride]! + volume[k]!),
          leastMass,
          openV[k]! ** 2 * (inverseVolume[k]! + inverseVolume[k - stride]!) +
            shearV[k]! +
            shearV[k + 1]! +
            frictionV[k]!,
        );
      }
    }
  }
  return { inverseMassU, inverseMassV, inverseVolume, shearU, shearV, frictionU, frictionV };
}
