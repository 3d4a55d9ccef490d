/**
 * The benchmark of Schäfer and Turek (1996, cases 2D-1 and 2D-2): a cylinder of diameter 0.1 m at (0.2, 0.2) in the
 * channel, for which drag, lift and frequency are known. Shared by the tests, which run it coarse, and the bench.
 */
import { Flow } from '#main/engine/simulators/navier-stokes/flow.ts';
import { force } from '#main/engine/simulators/navier-stokes/forces.ts';
import { createGeometry } from '#main/engine/simulators/navier-stokes/geometry.ts';
import { at, createGrid, type Grid } from '#main/engine/simulators/navier-stokes/grid.ts';

export const cylinder = { x: 0.2, y: 0.2, radius: 0.05 } as const;
const diameter = 2 * cylinder.radius;

/** Published: the steady values by Nabh (1998); the ranges of the benchmark's participants for the unsteady case. */
export const published = {
  steady: { drag: 5.57954, lift: 0.010619, pressureDifference: 0.11752 },
  unsteady: {
    drag: [3.22, 3.24],
    lift: [0.99, 1.01],
    strouhal: [0.295, 0.305],
    pressureDifference: [2.46, 2.5],
  },
} as const;

export interface Coefficients {
  readonly time: number;
  readonly drag: number;
  readonly lift: number;
  /** Between the front and the back of the cylinder, in m²/s². */
  readonly pressureDifference: number;
}

export interface UnsteadyResult {
  readonly drag: number;
  readonly lift: number;
  readonly pressureDifference: number;
  readonly strouhal: number;
  readonly periods: number;
}

/** @param refinement cells per 0.01 m */
export async function cylinderFlow(refinement: number, peakVelocity: number): Promise<Flow> {
  const grid = createGrid(220 * refinement, 41 * refinement, 0.01 / refinement);
  const inflow = { peakVelocity, rampRate: 5 };
  return Flow.create(createGeometry(grid, [cylinder]), { viscosity: 0.001, inflow }, async () => {});
}

export function coefficients(flow: Flow): Coefficients {
  const pressure = flow.pressureNow();
  const mean = (2 / 3) * flow.settings.inflow.peakVelocity;
  const scale = 2 / (mean * mean * diameter);
  const [x, y] = force(flow, pressure, cylinder);
  const { grid } = flow.geometry;
  const front = beside(grid, pressure, cylinder.x - cylinder.radius, -1);
  const back = beside(grid, pressure, cylinder.x + cylinder.radius, 1);
  return { time: flow.time, drag: scale * x, lift: scale * y, pressureDifference: front - back };
}

/** Pressure at (x, centre of the cylinder), extrapolated from the two nearest columns on one side. */
function beside(grid: Grid, pressure: Float64Array, x: number, side: -1 | 1): number {
  const j = Math.round(cylinder.y / grid.spacing);
  const i = Math.round(x / grid.spacing) - (side < 0 ? 1 : 0);
  const column = (n: number): number =>
    0.5 * (pressure[at(grid, i + side * n, j)]! + pressure[at(grid, i + side * n, j - 1)]!);
  return 1.5 * column(0) - 0.5 * column(1);
}

/** Largest coefficients, and Strouhal number from the lift's period, between two times in seconds. */
export async function unsteady(flow: Flow, from: number, until: number): Promise<UnsteadyResult> {
  await flow.advanceTo(from, async () => {});
  const history: Coefficients[] = [];
  for (let time = from; time < until; time += 0.005) {
    await flow.advanceTo(time, async () => {});
    history.push(coefficients(flow));
  }
  const lifts = history.map(({ lift }) => lift);
  const middle = (Math.max(...lifts) + Math.min(...lifts)) / 2;
  const crossings: number[] = [];
  for (let n = 1; n < history.length; n++) {
    const before = history[n - 1]!;
    const after = history[n]!;
    if (before.lift >= middle || after.lift < middle) continue;
    const share = (middle - before.lift) / (after.lift - before.lift);
    crossings.push(before.time + share * (after.time - before.time));
  }
  const periods = crossings.length - 1;
  const period = (crossings.at(-1)! - crossings[0]!) / periods;
  const mean = (2 / 3) * flow.settings.inflow.peakVelocity;
  return {
    drag: Math.max(...history.map(({ drag }) => drag)),
    lift: Math.max(...lifts),
    pressureDifference: Math.max(...history.map(({ pressureDifference }) => pressureDifference)),
    strouhal: diameter / mean / period,
    periods,
  };
}
