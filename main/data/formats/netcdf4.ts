/** Reads NetCDF-4 and other HDF5 files by hyperslab through h5wasm; the file itself is never loaded whole. */
import { statSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import type { Dataset, File } from 'h5wasm/node';
import { DriftcastError } from '#shared/errors.ts';
import {
  type Attributes,
  arrayTypes,
  bytesPerValue,
  checkBlock,
  type DataFile,
  type DataVariable,
  damaged,
  describeBlock,
  type NumericType,
  product,
  type RawArray,
} from './dataFile.ts';
import { searchTimed } from './hdf5Clock.ts';
import { type Hdf5Library, hdf5Library } from './hdf5Library.ts';
import { type Hdf5Tree, readAttributes, readTree } from './hdf5Tree.ts';

/**
 * The library forgets its decompressed chunks after every read, so a file whose chunks hold many times would be
 * decompressed once a frame; blocks up to this size are therefore read to the end of their chunks and kept.
 */
const keptBlockBytes = 64 * 1024 * 1024;
const keptBlocks = 3;

interface KeptBlock {
  readonly key: string;
  readonly first: number;
  readonly length: number;
  readonly values: RawArray;
}

class Hdf5DataFile implements DataFile {
  readonly name: string;
  readonly format;
  readonly variables: readonly DataVariable[];
  private kept: KeptBlock[] = [];

  constructor(
    readonly path: string,
    readonly bytes: number,
    private readonly library: Hdf5Library,
    private readonly file: File,
    private readonly tree: Hdf5Tree,
    readonly attributes: Attributes,
    readonly warnings: readonly string[],
  ) {
    this.name = basename(path);
    this.format = tree.isNetcdf4 ? ('netcdf4' as const) : ('hdf5' as const);
    this.variables = tree.variables;
  }

  async read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray> {
    checkBlock(this, variable, start, count);
    const type = variable.type as NumericType;
    if (product(count) === 0) return new arrayTypes[type](0);
    const depth = variable.chunks?.[0] ?? 1;
    const inner = product(count.slice(1));
    const first = Math.floor(start[0]! / depth) * depth;
    const end = Math.min(variable.shape[0] ?? 1, Math.ceil((start[0]! + count[0]!) / depth) * depth);
    const alignedBytes = (end - first) * inner * bytesPerValue(type);
    if (depth <= 1 || end - first === count[0] || alignedBytes > keptBlockBytes) {
      return this.readNow(variable, start, count);
    }
    const block = this.aligned(variable, start, count, first, end - first);
    const offset = (start[0]! - block.first) * inner;
    return block.values.slice(offset, offset + count[0]! * inner);
  }

  private aligned(
    variable: DataVariable,
    start: readonly number[],
    count: readonly number[],
    first: number,
    length: number,
  ): KeptBlock {
    const key = `${variable.path} ${start.slice(1)} ${count.slice(1)}`;
    const hit = this.kept.find(
      (block) => block.key === key && block.first === first && block.length === length,
    );
    if (hit) return hit;
    const values = this.readNow(variable, [first, ...start.slice(1)], [length, ...count.slice(1)]);
    const block = { key, first, length, values };
    this.kept = [block, ...this.kept].slice(0, keptBlocks);
    return block;
  }

  private readNow(variable: DataVariable, start: readonly number[], count: readonly number[]): RawArray {
    try {
      return this.slice(variable, start, count);
    } catch (cause) {
      const bad = this.firstBadChunk(variable, start, count);
      const where = describeBlock(variable, bad.start, bad.count) || 'its only value';
      throw new DriftcastError(
        'damaged-file',
        `"${variable.path}" in ${this.name} cannot be read at ${where}: the stored data are damaged.`,
        'Download or copy the file again; other variables and times may still be readable.',
        { cause },
      );
    }
  }

  private slice(variable: DataVariable, start: readonly number[], count: readonly number[]): RawArray {
    const dataset: Dataset = new this.library.h5.Dataset(this.file.file_id, this.tree.paths.get(variable)!);
    const values =
      start.length === 0 ? dataset.value : dataset.slice(start.map((first, i) => [first, first + count[i]!]));
    if (ArrayBuffer.isView(values)) return values as RawArray;
    return new arrayTypes[variable.type as NumericType]([values] as never) as RawArray;
  }

  /** Narrows a failed read down to the stored block that is to blame, so that a person can avoid it. */
  private firstBadChunk(variable: DataVariable, start: readonly number[], count: readonly number[]) {
    const { chunks } = variable;
    if (!chunks) return { start, count };
    const whole = { start, count };
    const search = (block: typeof whole): typeof whole | null => {
      const level = block.count.findIndex((n, i) => n > chunks[i]! - (block.start[i]! % chunks[i]!));
      try {
        this.slice(variable, block.start, block.count);
        return null;
      } catch {
        if (level < 0) return block;
      }
      const size = chunks[level]!;
      const pieces = Math.ceil((block.count[level]! + (block.start[level]! % size)) / size);
      const middle = (Math.floor(block.start[level]! / size) + Math.floor(pieces / 2)) * size;
      const left = middle - block.start[level]!;
      const part = (first: number, n: number) => ({
        start: block.start.with(level, first),
        count: block.count.with(level, n),
      });
      return (
        search(part(block.start[level]!, left)) ?? search(part(middle, block.count[level]! - left)) ?? block
      );
    };
    return search(whole) ?? whole;
  }

  async close(): Promise<void> {
    this.kept = [];
    try {
      this.file.close();
    } catch {
      // After a failed read the library may refuse to close; the process frees the file at its end.
    }
  }
}

/** Opens a file whose first bytes say that it is HDF5. Throws `damaged-file`. */
export async function openNetcdf4(path: string): Promise<DataFile> {
  const library = await hdf5Library();
  const bytes = statSync(path).size;
  let file: File;
  try {
    file = searchTimed(() => new library.h5.File(resolve(path), 'r'));
  } catch (cause) {
    throw damaged(path, 'the file is incomplete or damaged', cause);
  }
  try {
    const warnings: string[] = [];
    const { tree, attributes } = searchTimed(() => ({
      tree: readTree(library, file, bytes, warnings),
      attributes: readAttributes(library, file, warnings),
    }));
    return new Hdf5DataFile(path, bytes, library, file, tree, attributes, warnings);
  } catch (cause) {
    try {
      file.close();
    } catch {
      // The first failure is the one to tell.
    }
    if (cause instanceof DriftcastError) throw cause;
    throw damaged(path, 'its table of contents is damaged', cause);
  }
}
