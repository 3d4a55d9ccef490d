/**
 * Creates NetCDF-4 files through h5wasm: dimensions as HDF5 dimension scales, fixed-length text attributes that
 * every NetCDF program reads, and variables that are written slab by slab, so that memory does not grow with them.
 * Source: NetCDF-4 file format specification.
 */
import { open, rename, rm } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Dataset, File } from 'h5wasm/node';
import { syncFolder, temporaryPath } from '#main/workspace/atomic.ts';
import { DriftcastError } from '#shared/errors.ts';
import { hdf5Library } from './hdf5Library.ts';

export type AttributeValue = string | number | Int32Array | Float32Array | Float64Array;

export interface VariableOptions {
  /** Names of dimensions, which must exist already. */
  readonly dims: readonly string[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
}

export interface SlabVariableOptions extends VariableOptions {
  readonly chunks: readonly number[];
  /** Level of deflate, 1–9. */
  readonly deflate?: number;
}

const deflateLevel = 4;

export class Netcdf4Writer {
  private readonly sizes = new Map<string, number>();
  private closed = false;

  private constructor(
    private readonly path: string,
    private readonly temporary: string,
    private readonly file: File,
  ) {}

  /** Starts a file under a temporary name; it takes its place when closed. Throws `disk`. */
  static async create(path: string): Promise<Netcdf4Writer> {
    const { h5 } = await hdf5Library();
    const temporary = temporaryPath(resolve(path));
    try {
      return new Netcdf4Writer(resolve(path), temporary, new h5.File(temporary, 'w', { track_order: true }));
    } catch (cause) {
      throw new DriftcastError(
        'disk',
        `The file ${path} cannot be created.`,
        'Check that the folder exists, can be written and has room.',
        { cause },
      );
    }
  }

  attributes(attributes: Readonly<Record<string, AttributeValue>>): void {
    this.setAttributes(this.file, attributes);
  }

  /** A dimension with its coordinate values. */
  dimension(
    name: string,
    values: Float64Array | Int32Array,
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    this.sizes.set(name, values.length);
    const dataset = this.file.create_dataset({
      name,
      data: values,
      shape: [values.length],
      track_order: true,
    });
    this.setAttributes(dataset, attributes);
    dataset.make_scale(name);
  }

  /** A small variable that is written at once; no dimensions make it a scalar. */
  variable(
    name: string,
    values: Float64Array | Float32Array | Int32Array,
    { dims, attributes = {} }: VariableOptions,
  ): void {
    const shape = dims.map((dim) => this.sizes.get(dim)!);
    const dataset = this.file.create_dataset({ name, data: values, shape, track_order: true });
    this.finishVariable(dataset, dims, attributes);
  }

  /** A float32 variable that is filled by {@link writeSlab}, chunked and deflated. */
  slabVariable(
    name: string,
    { dims, chunks, deflate = deflateLevel, attributes = {} }: SlabVariableOptions,
  ): void {
    const shape = dims.map((dim) => this.sizes.get(dim)!);
    const dataset = this.file.create_dataset({
      name,
      data: new Float32Array(0),
      // Created empty and then stretched: the library writes a whole initial extent from memory.
      shape: [0, ...shape.slice(1)],
      maxshape: shape,
      chunks: [...chunks],
      compression: 'gzip',
      compression_opts: deflate,
      track_order: true,
    });
    dataset.resize(shape);
    this.finishVariable(dataset, dims, attributes);
  }

  /** Throws `disk` where the file system refuses. */
  writeSlab(name: string, start: readonly number[], count: readonly number[], values: Float32Array): void {
    try {
      const dataset = this.file.get(name) as Dataset;
      dataset.write_slice(
        start.map((first, i) => [first, first + count[i]!]),
        values,
      );
    } catch (cause) {
      throw this.failed(cause);
    }
  }

  /** Completes the file and puts it in its place at once. Throws `disk`; nothing is left behind then. */
  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      this.file.flush();
      this.file.close();
      const handle = await open(this.temporary, 'r+');
      try {
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(this.temporary, this.path);
      await syncFolder(dirname(this.path));
    } catch (cause) {
      await rm(this.temporary, { force: true });
      throw this.failed(cause);
    }
  }

  /** Gives the file up and removes what was written. */
  async abort(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    try {
      this.file.close();
    } catch {
      // What cannot be completed need not be: the file is removed.
    }
    await rm(this.temporary, { force: true });
  }

  private failed(cause: unknown): DriftcastError {
    return new DriftcastError(
      'disk',
      `The file ${this.path} could not be written to its end.`,
      'Check that the disk has room, then try again.',
      { cause },
    );
  }

  private finishVariable(
    dataset: Dataset,
    dims: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    for (const [i, dim] of dims.entries()) dataset.attach_scale(i, `/${dim}`);
    this.setAttributes(dataset, attributes);
  }

  private setAttributes(owner: File | Dataset, attributes: Readonly<Record<string, AttributeValue>>): void {
    for (const [name, value] of Object.entries(attributes)) {
      if (typeof value === 'string') {
        const bytes = new TextEncoder().encode(value).byteLength;
        owner.create_attribute(name, value, [], `S${Math.max(1, bytes)}`);
      } else if (typeof value === 'number') {
        owner.create_attribute(name, new Float64Array([value]), [1]);
      } else {
        owner.create_attribute(name, value, [value.length]);
      }
    }
  }
}
