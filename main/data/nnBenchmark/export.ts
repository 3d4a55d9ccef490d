/**
 * Writes a file of simulated trajectories as a folder in the layout of nn-benchmark, for programs that train on it.
 * Nodes are listed column by column, as there: index = column · rows + row.
 */
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { finished } from 'node:stream/promises';
import { Zip, ZipPassThrough } from 'fflate';
import { writeNewFolder } from '#main/workspace/atomic.ts';
import { DriftcastError } from '#shared/errors.ts';
import { breathe, type WorkOptions } from '../background.ts';
import type { DataFile } from '../formats/dataFile.ts';
import { withFile } from '../openFile.ts';
import { arraysFile, metaFile } from './meta.ts';
import { npyFile } from './npy.ts';
import { type BenchmarkSource, benchmarkSource } from './source.ts';

/** The zip format without its 64-bit extension ends here. */
const largestArchive = 0xffff_ffff;
/** One date for every entry, so that the same trajectories make the same archive. */
const entryDate = '1980-01-01T00:00:00';

type Arrays = Parameters<typeof npyFile>;

/** Streams arrays into a zip file, uncompressed as NumPy's savez does. */
class NpzWriter {
  private readonly zip: Zip;
  private readonly file;
  private problem: Error | null = null;
  bytes = 0;

  constructor(path: string) {
    this.file = createWriteStream(path, { flags: 'wx' });
    this.file.on('error', (error) => {
      this.problem ??= error;
    });
    this.zip = new Zip((error, chunk) => {
      if (error) this.problem ??= error;
      this.bytes += chunk.length;
      this.file.write(chunk);
    });
  }

  async add(name: string, ...array: Arrays): Promise<void> {
    const entry = new ZipPassThrough(`${name}.npy`);
    entry.mtime = entryDate;
    this.zip.add(entry);
    entry.push(npyFile(...array), true);
    if (this.bytes > largestArchive)
      throw new DriftcastError(
        'unsupported',
        'The trajectories take more than 4 GiB, which an archive of this layout cannot hold.',
        'Write fewer trajectories, or several folders.',
      );
    if (this.problem === null && this.file.writableNeedDrain) await this.drained();
    if (this.problem !== null) throw this.problem;
  }

  /** Or closed, because the disk refused. */
  private async drained(): Promise<void> {
    const heard = new AbortController();
    const { signal } = heard;
    await Promise.race([once(this.file, 'drain', { signal }), once(this.file, 'close', { signal })]);
    // The other one is no longer listened for.
    heard.abort();
  }

  async end(): Promise<void> {
    this.zip.end();
    this.file.end();
    await finished(this.file);
    if (this.problem !== null) throw this.problem;
  }

  async abort(): Promise<void> {
    this.file.destroy();
    if (!this.file.closed) await once(this.file, 'close').catch(() => undefined);
  }
}

/** Second-order differences in time of [time, …]; one-sided at the ends. Units per unit of time. */
function derivative(values: Float32Array, frame: number, times: Float64Array): Float32Array {
  const last = times.length - 1;
  const result = new Float32Array(values.length);
  for (let t = 0; t <= last; t++) {
    const [before, after] = [Math.max(0, t - 1), Math.min(last, t + 1)];
    const span = times[after]! - times[before]!;
    for (let i = 0; i < frame; i++)
      result[t * frame + i] =
        span === 0 ? 0 : (values[after * frame + i]! - values[before * frame + i]!) / span;
  }
  return result;
}

/** The masks of a trajectory under the names that the benchmark's own programs look for. */
async function writeMasks(npz: NpzWriter, source: BenchmarkSource, name: string, trajectory: number) {
  const { nodes, components } = source;
  const keys: Record<string, string> = {};
  if (source.masks.length === 0) return keys;
  const masks: Uint8Array[] = [];
  for (const mask of source.masks) masks.push(await source.mask(mask, trajectory));
  const fixed = masks[0]!;
  const add = async (key: string, width: number | null, value: (node: number, c: number) => number) => {
    const flags = Uint8Array.from({ length: nodes * (width ?? 1) }, (_, i) =>
      value(Math.floor(i / (width ?? 1)), i % (width ?? 1)),
    );
    keys[key] = `${name}_${key}`;
    await npz.add(keys[key], 'bool', width === null ? [nodes] : [nodes, width], flags);
  };
  await add('fixed_mask', null, (node) => fixed[node]!);
  await add('extra_fixed_mask', masks.length === 1 ? null : masks.length, (node, c) => masks[c]![node]!);
  await add('fixed_mask_p', components.p, (node) => fixed[node]!);
  // Pressure is prescribed nowhere but inside of obstacles, positions where momenta are.
  const positions = masks[source.system === 'navier-stokes' ? 1 : 0] ?? fixed;
  await add('fixed_mask_q', components.q === 1 ? null : components.q, (node) => positions[node]!);
  return keys;
}

async function writeTrajectory(npz: NpzWriter, source: BenchmarkSource, trajectory: number) {
  const name = `traj_${String(trajectory).padStart(5, '0')}`;
  const { nodes, components, times, system } = source;
  const keys: Record<string, string> = {};
  const add = async (key: string, ...array: Arrays) => {
    keys[key] = `${name}_${key}`;
    await npz.add(keys[key], ...array);
  };
  for (const array of ['p', 'q'] as const) {
    const values = await source.field(array, trajectory);
    const width = components[array];
    const shape = width === 1 ? [times.length, nodes] : [times.length, nodes, width];
    await add(array, 'float32', shape, values);
    await add(`d${array}dt`, 'float32', shape, derivative(values, nodes * width, times));
    keys[`${array}_noiseless`] = keys[array]!;
  }
  await add('t', 'float64', [times.length], times);
  Object.assign(keys, await writeMasks(npz, source, name, trajectory));
  if (system === 'spring-mesh')
    await add('masses', 'float64', [nodes], new Float64Array(nodes).fill(source.mass));
  return {
    name,
    num_time_steps: times.length,
    time_step_size: (times[1] ?? 0) - (times[0] ?? 0),
    noise_sigma: 0,
    ...(source.inflow === null ? {} : { in_velocity: source.inflow }),
    field_keys: { ...keys, vertices: 'vertices', edge_indices: 'edge_indices' },
  };
}

async function write(source: BenchmarkSource, folder: string, options: WorkOptions): Promise<number> {
  const npz = new NpzWriter(join(folder, arraysFile));
  try {
    const { nodes, edges, vertices, system, trajectories } = source;
    await npz.add('vertices', 'float64', [nodes, 2], vertices);
    await npz.add('edge_indices', 'int64', [2, edges.length / 2], BigInt64Array.from(edges, BigInt));
    const described = [];
    for (let trajectory = 0; trajectory < trajectories; trajectory++) {
      described.push(await writeTrajectory(npz, source, trajectory));
      options.onProgress?.((trajectory + 1) / trajectories);
      await breathe(options.signal);
    }
    await npz.end();
    const meta = {
      system,
      system_args: {
        comment: 'Derivatives are finite differences of the output frames.',
        ...(source.simulation === null ? {} : { driftcast_simulation: source.simulation }),
      },
      metadata: source.metadata,
      trajectories: described,
    };
    const text = JSON.stringify(meta);
    await writeFile(join(folder, metaFile), text);
    return npz.bytes + Buffer.byteLength(text);
  } catch (error) {
    await npz.abort();
    throw error;
  }
}

/**
 * Writes the trajectories of a file into a new folder. Answers its bytes.
 * @throws DriftcastError `conflict` where the folder exists, `unsupported` for files without p and q of one of the
 * benchmark's systems on rows and columns, `disk`, `cancelled`; nothing is left behind then
 */
export async function exportNnBenchmark(
  file: string | DataFile,
  folder: string,
  options: WorkOptions = {},
): Promise<number> {
  return writeNewFolder(folder, (temporary) =>
    withFile(file, async (opened) => write(await benchmarkSource(opened), temporary, options)),
  );
}
