/** A file of simulated trajectories seen as nn-benchmark stores them: nodes in a list, components last. */
import { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { gridOf } from '../cf/grid.ts';
import { attributeText, type DataFile, type DataVariable, product } from '../formats/dataFile.ts';
import { findVariable } from '../openFile.ts';
import { benchmarkVariables } from './fields.ts';

export interface BenchmarkSource {
  readonly system: 'spring-mesh' | 'navier-stokes';
  readonly trajectories: number;
  readonly times: Float64Array;
  readonly nodes: number;
  readonly components: Readonly<Record<'p' | 'q', number>>;
  readonly masks: readonly string[];
  /** Position of every node, [node, 2]. */
  readonly vertices: Float64Array;
  /** Nodes joined to each other, both ways, [2, edge]. */
  readonly edges: Int32Array;
  /** Of each node of a mesh. */
  readonly mass: number;
  /** Peak of a channel's inflow, m s-1; null for others. */
  readonly inflow: number | null;
  readonly simulation: unknown;
  /** Of the system, as the benchmark describes it. */
  readonly metadata: Record<string, unknown>;
  /** [time, node, component] */
  field(array: 'p' | 'q', trajectory: number): Promise<Float32Array>;
  /** [node] of 0 and 1 */
  mask(name: string, trajectory: number): Promise<Uint8Array>;
}

const components = { 'spring-mesh': { p: 2, q: 2 }, 'navier-stokes': { p: 2, q: 1 } } as const;

const simulationSchema = z.object({
  settings: z.object({
    peakVelocity: z.number().optional(),
    mass: z.number().optional(),
    damping: z.number().optional(),
    stiffness: z.number().optional(),
    viscosity: z.number().optional(),
  }),
});

function unsupported(file: DataFile, why: string): DriftcastError {
  return new DriftcastError(
    'unsupported',
    `${file.name} cannot be written in the layout of nn-benchmark: ${why}.`,
    'The layout is for trajectories of spring-mesh and navier-stokes.',
  );
}

function readSimulation(file: DataFile) {
  try {
    const simulation: unknown = JSON.parse(attributeText(file.attributes, 'driftcast_simulation'));
    return { simulation, settings: simulationSchema.parse(simulation).settings };
  } catch {
    return { simulation: null, settings: {} };
  }
}

/** Neighbours on rows and columns, both ways, [2, edge]. */
function gridEdges(rows: number, columns: number): [number, number][] {
  const pairs: [number, number][] = [];
  for (let column = 0; column < columns; column++) {
    for (let row = 0; row < rows; row++) {
      const node = column * rows + row;
      if (row + 1 < rows) pairs.push([node, node + 1]);
      if (column + 1 < columns) pairs.push([node, node + rows]);
    }
  }
  return pairs;
}

/** Throws `unsupported` for files that do not fit, and what reading throws. */
export async function benchmarkSource(file: DataFile): Promise<BenchmarkSource> {
  const system = attributeText(file.attributes, 'driftcast_system');
  if (system !== 'spring-mesh' && system !== 'navier-stokes')
    throw unsupported(file, 'it holds no trajectories of a system that the layout knows');
  const fields = benchmarkVariables(system, components[system]);
  const missing = fields.find(({ name }) => !file.variables.some((variable) => variable.path === name));
  if (missing) throw unsupported(file, `it has no variable ${missing.name}`);
  const first = findVariable(file, fields[0]!.name);
  if (first.dims.length !== 4 || first.dims[0]!.name !== 'trajectory')
    throw unsupported(file, `${first.path} is not of trajectory, time, rows and columns`);
  const [trajectories, frames, rows, columns] = first.shape as [number, number, number, number];
  const { axes } = await gridOf(file, first);
  const coordinate = (place: number, size: number) =>
    axes[place]!.values ?? Float64Array.from({ length: size }, (_, i) => i);
  const [times, y, x] = [coordinate(1, frames), coordinate(2, rows), coordinate(3, columns)];
  const nodes = rows * columns;
  /** Cell [row, column] of each node, which are listed column by column. */
  const cells = Int32Array.from(
    { length: nodes },
    (_, node) => (node % rows) * columns + Math.floor(node / rows),
  );
  const nodeOf = new Int32Array(nodes);
  for (const [node, cell] of cells.entries()) nodeOf[cell] = node;

  const read = async (variable: DataVariable, start: number[], count: number[]) =>
    Float32Array.from((await file.read(variable, start, count)) as Float32Array);
  const table = file.variables.find((variable) => variable.path === 'edges');
  const stored = table ? await read(table, [0, 0], [...table.shape]) : null;
  const pairs = stored
    ? Array.from({ length: stored.length / 2 }, (_, i): [number, number] => [
        nodeOf[stored[2 * i]!]!,
        nodeOf[stored[2 * i + 1]!]!,
      ])
    : gridEdges(rows, columns);
  const both = [...pairs, ...pairs.map(([a, b]): [number, number] => [b, a])];
  const { simulation, settings } = readSimulation(file);
  const masks = attributeText(file.attributes, 'driftcast_masks')
    .split(/\s+/)
    .filter((name) => file.variables.some((variable) => variable.path === name));

  return {
    system,
    trajectories,
    times,
    nodes,
    components: components[system],
    masks,
    vertices: Float64Array.from({ length: nodes * 2 }, (_, i) => {
      const node = Math.floor(i / 2);
      return i % 2 === 0 ? x[Math.floor(node / rows)]! : y[node % rows]!;
    }),
    edges: Int32Array.from([...both.map(([a]) => a), ...both.map(([, b]) => b)]),
    mass: settings.mass ?? 1,
    inflow: system === 'navier-stokes' ? (settings.peakVelocity ?? 1) : null,
    simulation,
    metadata:
      system === 'spring-mesh'
        ? { n_grid: 2, n_dim: 2, n_particles: nodes, system_type: system, vel_decay: settings.damping ?? 0 }
        : { grid_resolution: Math.abs((x[1] ?? 0) - x[0]!), viscosity: settings.viscosity ?? 0.001 },
    async field(array, trajectory) {
      const own = fields.filter((field) => field.array === array);
      const values = new Float32Array(frames * nodes * own.length);
      for (const [component, { name }] of own.entries()) {
        const variable = findVariable(file, name);
        if (product(variable.shape) !== product(first.shape))
          throw unsupported(file, `${name} and ${first.path} differ in shape`);
        const block = await read(variable, [trajectory, 0, 0, 0], [1, frames, rows, columns]);
        for (let frame = 0; frame < frames; frame++)
          for (let node = 0; node < nodes; node++)
            values[(frame * nodes + node) * own.length + component] = block[frame * nodes + cells[node]!]!;
      }
      return values;
    },
    async mask(name, trajectory) {
      const variable = findVariable(file, name);
      const own = variable.dims[0]!.name === 'trajectory';
      const block = own
        ? await read(variable, [trajectory, 0, 0], [1, rows, columns])
        : await read(variable, [0, 0], [rows, columns]);
      return Uint8Array.from(cells, (cell) => (block[cell]! > 0 ? 1 : 0));
    },
  };
}
