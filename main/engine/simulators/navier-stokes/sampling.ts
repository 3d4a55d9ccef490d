/** Reads the staggered flow off at the output points, which are corners of its cells. */
import { channel } from '#shared/domain/simulations/navier-stokes.ts';
import type { Flow } from './flow.ts';
import { type Geometry, insideAny } from './geometry.ts';
import { at } from './grid.ts';
import { profile, ramp } from './inflow.ts';

/** Output points per metre, and their number along x and y, both ends among them. */
export const outputPerMetre = Math.round(1 / channel.spacing);
export const outputColumns = Math.round(channel.length * outputPerMetre) + 1;
export const outputRows = Math.round(channel.height * outputPerMetre) + 1;

const points = outputColumns * outputRows;

/** Every point's value is a weighted sum of a few entries of a grid array; [points, width]. */
interface Stencil {
  readonly width: number;
  readonly places: Int32Array;
  readonly weights: Float64Array;
}

export class Sampler {
  /** 1 at walls, at the inflow, in obstacles and where obstacles shut the fluid in: velocity is prescribed there. */
  readonly fixedMask = new Float32Array(points);
  /** 1 in obstacles, their rim among them. */
  readonly obstacleMask = new Float32Array(points);
  readonly #geometry: Geometry;
  readonly #u: Stencil;
  readonly #v: Stencil;
  readonly #p: Stencil;

  constructor(geometry: Geometry) {
    this.#geometry = geometry;
    const { grid } = geometry;
    const refinement = Math.round(channel.spacing / grid.spacing);
    const make = (width: number): Stencil => ({
      width,
      places: new Int32Array(points * width),
      weights: new Float64Array(points * width),
    });
    this.#u = make(2);
    this.#v = make(2);
    this.#p = make(4);
    for (let row = 0; row < outputRows; row++) {
      for (let column = 0; column < outputColumns; column++) {
        const point = row * outputColumns + column;
        const isWall = row === 0 || row === outputRows - 1;
        const isObstacle = insideAny(geometry.circles, column / outputPerMetre, row / outputPerMetre);
        const i = column * refinement;
        const j = row * refinement;
        const isReached = this.#setPressure(point, i, j, isObstacle);
        if (isObstacle) this.obstacleMask[point] = 1;
        if (isWall || column === 0 || isObstacle || !isReached) this.fixedMask[point] = 1;
        else this.#setVelocity(point, at(grid, i, j), column === outputColumns - 1);
      }
    }
  }

  /**
   * Writes velocity and pressure at all points, [rows, columns] each, in m/s and m²/s²; 0 in obstacles.
   * @param pressure of cells, as of {@link Flow.pressureNow}
   */
  sample(
    flow: Flow,
    pressure: Float64Array,
    [vx, vy, p]: readonly [Float32Array, Float32Array, Float32Array],
  ) {
    apply(this.#u, flow.velocity.u, vx);
    apply(this.#v, flow.velocity.v, vy);
    apply(this.#p, pressure, p);
    const { inflow } = flow.settings;
    const peak = inflow.peakVelocity * ramp(inflow, flow.time);
    for (let row = 1; row < outputRows - 1; row++)
      vx[row * outputColumns] = peak * profile(row / outputPerMetre);
  }

  /** Linear between the middles of the open parts of the two faces that meet at the corner. */
  #setVelocity(point: number, k: number, isOutflow: boolean): void {
    const { openU, openV, grid } = this.#geometry;
    setPair(this.#u, point, k - grid.stride, openU[k - grid.stride]!, k, openU[k]!);
    // Beyond the outflow, v goes on unchanged.
    if (isOutflow) setPair(this.#v, point, k - 1, 1, k - 1, 1);
    else setPair(this.#v, point, k - 1, openV[k - 1]!, k, openV[k]!);
  }

  /**
   * Bilinear, extrapolated to walls and inflow; next to obstacles the mean of the fluid around; 0 at the outflow.
   * @returns whether there is any fluid around the point
   */
  #setPressure(point: number, i: number, j: number, isObstacle: boolean): boolean {
    const { grid, volume } = this.#geometry;
    const along = (index: number, count: number): [number, number][] => {
      if (index === 0)
        return [
          [0, 1.5],
          [1, -0.5],
        ];
      if (index === count)
        return [
          [count - 1, 1.5],
          [count - 2, -0.5],
        ];
      return [
        [index - 1, 0.5],
        [index, 0.5],
      ];
    };
    const cells = along(j, grid.rows).flatMap(([y, wy]) =>
      along(i, grid.columns).map(([x, wx]) => ({ k: at(grid, x, y), weight: wx * wy })),
    );
    const isWhole = cells.every(({ k }) => volume[k] === 1);
    const touching = isWhole ? cells : cells.filter(({ weight }) => weight > 0);
    const total = touching.reduce((sum, { k }) => sum + volume[k]!, 0);
    if (total === 0) return false;
    if (isObstacle || i === grid.columns) return true;
    touching.forEach(({ k, weight }, n) => {
      this.#p.places[4 * point + n] = k;
      this.#p.weights[4 * point + n] = isWhole ? weight : volume[k]! / total;
    });
    return true;
  }
}

/** Between two faces whose middles are half their open length away, on either side; 0 if one is closed. */
function setPair(
  { places, weights }: Stencil,
  point: number,
  a: number,
  openA: number,
  b: number,
  openB: number,
) {
  if (openA === 0 || openB === 0) return;
  places[2 * point] = a;
  places[2 * point + 1] = b;
  weights[2 * point] = openB / (openA + openB);
  weights[2 * point + 1] = openA / (openA + openB);
}

function apply({ width, places, weights }: Stencil, values: Float64Array, out: Float32Array): void {
  for (let point = 0; point < out.length; point++) {
    let sum = 0;
    for (let n = point * width; n < (point + 1) * width; n++) sum += weights[n]! * values[places[n]!]!;
    out[point] = sum;
  }
}
