/**
 * Reads folders in the layout of nn-benchmark as one file of trajectories on rows and columns: p and q component by
 * component, with the masks that networks get as inputs.
 */
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type Content, contentOf, maskOf, simulationOf } from '../nnBenchmark/content.ts';
import { type BenchmarkVariable, benchmarkUnits, benchmarkVariables } from '../nnBenchmark/fields.ts';
import { arraysFile, nnBenchmarkFolder, readMeta } from '../nnBenchmark/meta.ts';
import { type NpyArray, Npz } from '../nnBenchmark/npz.ts';
import {
  type Attributes,
  checkBlock,
  type DataAttribute,
  type DataDimension,
  type DataFile,
  type DataVariable,
  product,
  type RawArray,
} from './dataFile.ts';

/** Arrays of the trajectories read last, so that going through one reads it once. */
const keptArrays = 8;

const attributes = (texts: Record<string, string>): Attributes =>
  new Map(
    Object.entries(texts).map(([name, value]): [string, DataAttribute] => [name, { type: 'string', value }]),
  );

class NnBenchmarkFile implements DataFile {
  readonly name: string;
  readonly format = 'nn-benchmark' as const;
  readonly attributes: Attributes;
  readonly variables: readonly DataVariable[];
  readonly warnings: readonly string[];
  private readonly fields = new Map<DataVariable, BenchmarkVariable>();
  private readonly coordinates = new Map<DataVariable, Float64Array>();
  private kept: { key: string; array: Promise<NpyArray> }[] = [];

  constructor(
    readonly path: string,
    folder: string,
    readonly bytes: number,
    private readonly npz: Npz,
    private readonly content: Content,
  ) {
    this.name = basename(folder);
    this.warnings = content.warnings;
    const { meta, masks } = content;
    const known = ['spring-mesh', 'navier-stokes'].includes(meta.system);
    this.attributes = attributes({
      title: `nn-benchmark: ${meta.system}, ${meta.trajectories.length} trajectories`,
      ...(known ? { driftcast_system: meta.system } : {}),
      ...(masks.length > 0 ? { driftcast_masks: masks.join(' ') } : {}),
      ...simulationOf(meta),
    });
    this.variables = this.describe();
  }

  private describe(): DataVariable[] {
    const { meta, times, grid, shapes, masks } = this.content;
    const units = benchmarkUnits(meta.system);
    const dimension = (name: string, size: number): DataDimension => ({
      name,
      path: name,
      size,
      unlimited: false,
    });
    const dims = [
      dimension('trajectory', meta.trajectories.length),
      dimension('time', times.length),
      dimension('y', grid.y.length),
      dimension('x', grid.x.length),
    ];
    const make = (path: string, type: string, own: DataDimension[], texts: Record<string, string>) => ({
      path,
      dims: own,
      shape: own.map((dim) => dim.size),
      type,
      attributes: attributes(texts),
      chunks: null,
    });
    const coordinate = (dim: DataDimension, axis: string, unit: string, values: Float64Array) => {
      const variable = make(dim.name, 'float64', [dim], { axis, units: unit });
      this.coordinates.set(variable, values);
      return variable;
    };
    const components = { p: shapes.p.components, q: shapes.q.components };
    const fields = benchmarkVariables(meta.system, components).map((field) => {
      const variable = make(field.name, 'float64', dims, { long_name: field.longName, units: field.units });
      this.fields.set(variable, field);
      return variable;
    });
    return [
      coordinate(dims[1]!, 'T', units.time, times),
      coordinate(dims[2]!, 'Y', units.length, grid.y),
      coordinate(dims[3]!, 'X', units.length, grid.x),
      ...fields,
      ...masks.map((name) =>
        make(name, 'uint8', [dims[0]!, dims[2]!, dims[3]!], { long_name: '1 where masked', units: '1' }),
      ),
    ];
  }

  async read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray> {
    checkBlock(this, variable, start, count);
    const coordinate = this.coordinates.get(variable);
    if (coordinate) return coordinate.slice(start[0]!, start[0]! + count[0]!);
    const field = this.fields.get(variable);
    return field ? this.readField(field, start, count) : this.readMask(variable.path, start, count);
  }

  private async readField(field: BenchmarkVariable, start: readonly number[], count: readonly number[]) {
    const [firstTrajectory, firstTime, firstRow, firstColumn] = start as [number, number, number, number];
    const [trajectories, times, rows, columns] = count as [number, number, number, number];
    const { grid, shapes } = this.content;
    const { components, nodes } = shapes[field.array];
    const values = new Float64Array(product(count));
    let at = 0;
    for (let t = 0; t < trajectories; t++) {
      const trajectory = this.content.meta.trajectories[firstTrajectory + t]!;
      const array = await this.array(trajectory.field_keys[field.array]!);
      for (let time = firstTime; time < firstTime + times; time++) {
        for (let row = firstRow; row < firstRow + rows; row++) {
          for (let column = firstColumn; column < firstColumn + columns; column++) {
            const node = grid.nodes[row * grid.x.length + column]!;
            values[at++] = array.values[(time * nodes + node) * components + field.component]!;
          }
        }
      }
    }
    return values;
  }

  private async readMask(name: string, start: readonly number[], count: readonly number[]) {
    const [firstTrajectory, firstRow, firstColumn] = start as [number, number, number];
    const [trajectories, rows, columns] = count as [number, number, number];
    const { grid, meta, masks } = this.content;
    const values = new Uint8Array(product(count));
    let at = 0;
    for (let t = 0; t < trajectories; t++) {
      const mask = await maskOf(this.npz, meta.trajectories[firstTrajectory + t]!, grid.nodes.length);
      const component = mask?.components === 1 ? 0 : masks.indexOf(name);
      for (let row = firstRow; row < firstRow + rows; row++) {
        for (let column = firstColumn; column < firstColumn + columns; column++) {
          const node = grid.nodes[row * grid.x.length + column]!;
          values[at++] = mask && mask.values[node * mask.components + component] !== 0 ? 1 : 0;
        }
      }
    }
    return values;
  }

  private array(key: string): Promise<NpyArray> {
    const known = this.kept.find((entry) => entry.key === key);
    const entry = known ?? { key, array: this.npz.read(key) };
    this.kept = [entry, ...this.kept.filter((other) => other !== entry)].slice(0, keptArrays);
    return entry.array;
  }

  async close(): Promise<void> {
    this.kept = [];
    this.npz.close();
  }
}

/** Opens a folder in this layout, or one of its two files. Throws `damaged-file` and `unsupported`. */
export async function openNnBenchmark(path: string): Promise<DataFile> {
  const folder = (await nnBenchmarkFolder(path)) ?? path;
  const meta = await readMeta(folder);
  const arrays = join(folder, arraysFile);
  const npz = await Npz.open(arrays);
  try {
    return new NnBenchmarkFile(
      path,
      folder,
      (await stat(arrays)).size,
      npz,
      await contentOf(npz, meta, arrays),
    );
  } catch (error) {
    npz.close();
    throw error;
  }
}
