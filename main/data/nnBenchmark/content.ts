/** What an nn-benchmark folder holds as a whole: shapes that all its trajectories share, their grid, times and masks. */
import { basename } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { damaged, product } from '../formats/dataFile.ts';
import { gridOfDisplaced, gridOfList, gridOfPositions, type NodeGrid } from './grid.ts';
import type { SystemMeta, TrajectoryMeta } from './meta.ts';
import type { Npz } from './npz.ts';

export interface Shape {
  readonly times: number;
  readonly nodes: number;
  readonly components: number;
}

/** Arrays are [time, node] or [time, node, component]. */
function shapeOf(path: string, name: string, shape: readonly number[]): Shape {
  const [times, nodes, components = 1] = shape;
  if (times === undefined || nodes === undefined || shape.length > 3 || product(shape) === 0)
    throw damaged(path, `its array ${name} of shape ${shape.join(' × ')} is no trajectory`);
  return { times, nodes, components };
}

/** Extra masks by the number of components that they have. */
const maskNames: readonly (readonly string[])[] = [[], ['fixed_mask'], ['fixed_mask', 'obstacle_mask']];

export interface Content {
  readonly meta: SystemMeta;
  readonly shapes: Record<'p' | 'q', Shape>;
  readonly times: Float64Array;
  readonly grid: NodeGrid;
  readonly masks: readonly string[];
  readonly warnings: readonly string[];
}

/** What boundary conditions need to know: as our exporter wrote it, else the inflow that the benchmark states. */
export function simulationOf({ system, system_args, trajectories }: SystemMeta): Record<string, string> {
  const own = system_args?.driftcast_simulation;
  if (own !== undefined) return { driftcast_simulation: JSON.stringify(own) };
  const inflow = trajectories[0]!.in_velocity;
  if (system !== 'navier-stokes' || inflow === undefined) return {};
  const simulation = {
    simulator: system,
    settings: { peakVelocity: inflow },
    trajectories: trajectories.length,
  };
  return { driftcast_simulation: JSON.stringify(simulation) };
}

/** Extra masks of a trajectory, [node, component]; else where p is fixed at all; null without masks. */
export async function maskOf(npz: Npz, { field_keys }: TrajectoryMeta, nodes: number) {
  const extra = field_keys.extra_fixed_mask;
  const key = [extra, field_keys.fixed_mask, field_keys.fixed_mask_p].find((name) => name && npz.has(name));
  if (key === undefined) return null;
  const { values } = await npz.read(key);
  const components = values.length / nodes;
  if (!Number.isInteger(components) || components === 0) return null;
  if (key === extra) return { values, components };
  const any = Float64Array.from({ length: nodes }, (_, node) =>
    Math.max(...values.subarray(node * components, (node + 1) * components)),
  );
  return { values: any, components: 1 };
}

async function gridFor(npz: Npz, meta: SystemMeta, { nodes, components }: Shape): Promise<NodeGrid | null> {
  const { field_keys } = meta.trajectories[0]!;
  const { vertices, q } = field_keys;
  if (vertices !== undefined && npz.has(vertices)) {
    const { shape, values } = await npz.read(vertices);
    if (shape.length === 2 && shape[0] === nodes && shape[1] === 2) return gridOfPositions(values);
  }
  if (meta.system !== 'spring-mesh' || components !== 2 || q === undefined) return null;
  const { values } = await npz.read(q);
  return gridOfDisplaced(values.slice(0, nodes * 2));
}

/** Times of the first trajectory, which must be those of all; else steps of its own size. */
async function timesOf(npz: Npz, { field_keys, time_step_size }: TrajectoryMeta, length: number) {
  const key = field_keys.t;
  if (key !== undefined && npz.has(key)) {
    const { values } = await npz.read(key);
    if (values.length >= length) return Float64Array.from(values.subarray(0, length));
  }
  return Float64Array.from({ length }, (_, i) => i * (time_step_size ?? 1));
}

/** Looks through all trajectories. Throws `damaged-file` and `unsupported`. */
export async function contentOf(npz: Npz, meta: SystemMeta, path: string): Promise<Content> {
  const warnings: string[] = [];
  const shapes: Partial<Record<'p' | 'q', Shape>> = {};
  let times = Number.POSITIVE_INFINITY;
  let longest = 0;
  for (const { name, field_keys } of meta.trajectories) {
    for (const array of ['p', 'q'] as const) {
      const key = field_keys[array];
      if (key === undefined) throw damaged(path, `its trajectory ${name} names no array for ${array}`);
      const shape = shapeOf(path, key, (await npz.header(key)).shape);
      const first = shapes[array] ?? shape;
      shapes[array] = first;
      if (
        shape.nodes !== first.nodes ||
        shape.components !== first.components ||
        shape.nodes !== shapes.p!.nodes
      )
        throw new DriftcastError(
          'unsupported',
          `The trajectories in ${basename(path)} differ in their nodes or components (${name}).`,
          'Import trajectories of one kind together.',
        );
      times = Math.min(times, shape.times);
      longest = Math.max(longest, shape.times);
    }
  }
  if (longest > times)
    warnings.push(`The trajectories are of different lengths; of each the first ${times} times are shown.`);
  const grid = await gridFor(npz, meta, shapes.q!);
  if (grid === null && shapes.p!.nodes > 1)
    warnings.push(
      'The nodes lie on no grid of rows and columns; they are shown as one row in their own order.',
    );
  const masks = await Promise.all(meta.trajectories.map((one) => maskOf(npz, one, shapes.p!.nodes)));
  const most = Math.max(...masks.map((mask) => mask?.components ?? 0));
  const names = maskNames[most] ?? Array.from({ length: most }, (_, i) => `extra_fixed_mask_${i}`);
  if (most > 0 && masks.some((mask) => mask === null))
    warnings.push('Some trajectories have no mask; nothing counts as fixed in them.');
  return {
    meta,
    shapes: { p: shapes.p!, q: shapes.q! },
    times: await timesOf(npz, meta.trajectories[0]!, times),
    grid: grid ?? gridOfList(shapes.p!.nodes),
    masks: names,
    warnings,
  };
}
