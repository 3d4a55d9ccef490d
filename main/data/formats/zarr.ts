/** Reads Zarr stores (folders, or zip archives of them) chunk by chunk through zarrita: no array is loaded whole. */
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { type Chunk, type DataType, open, root, type Array as ZarritaArray } from 'zarrita';
import { DriftcastError } from '#shared/errors.ts';
import { zarrAttributes } from '../zarr/attributes.ts';
import { installCodecs } from '../zarr/codecs.ts';
import { type Hierarchy, readHierarchy, type ZarrArray } from '../zarr/nodes.ts';
import { type ByteRange, openFolderStore, rootDocuments, type ZarrStore } from '../zarr/store.ts';
import {
  type Attributes,
  arrayTypes,
  bytesPerValue,
  checkBlock,
  type DataDimension,
  type DataFile,
  type DataVariable,
  damaged,
  describeBlock,
  type NumericType,
  product,
  type RawArray,
} from './dataFile.ts';

/** Decoded chunks are kept up to this size: a chunk often holds many of the times that are shown one after the other. */
const keptBytes = 64 * 1024 * 1024;
const chunksAtOnce = 4;
/** Values never written take no room; nobody wants to wait for terabytes of them. */
const sparse = { from: 2 ** 30, ratio: 20_000 };

type Opened = ZarritaArray<DataType, ArrayStore>;

/** One array as a store of its own for zarrita: checked metadata, and chunks no longer than a chunk can be. */
class ArrayStore {
  private readonly limit: number;

  constructor(
    private readonly store: ZarrStore,
    private readonly array: ZarrArray,
  ) {
    this.limit = 4 * product(array.chunks) * Math.max(8, bytesPerValue(array.type)) + 2 ** 20;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const name = key.slice(1);
    if (name === (this.array.version === 2 ? '.zarray' : 'zarr.json')) return this.array.document;
    return rootDocuments.includes(name) || name === '.zattrs'
      ? undefined
      : this.store.get(this.at(name), this.limit);
  }

  async getRange(key: string, range: ByteRange): Promise<Uint8Array | undefined> {
    return this.store.getRange(this.at(key.slice(1)), range, Math.max(this.limit, 2 ** 26));
  }

  private at(name: string): string {
    return this.array.path === '' ? name : `${this.array.path}/${name}`;
  }
}

/** Copies the part that chunk and block share; strides and counts are in values. */
function copyPart(
  source: RawArray,
  from: number,
  steps: readonly number[],
  target: RawArray,
  at: number,
  strides: readonly number[],
  count: readonly number[],
): void {
  const [step = 1, ...innerSteps] = steps;
  const [stride = 1, ...innerStrides] = strides;
  const [n = 1, ...inner] = count;
  if (inner.length > 0) {
    for (let i = 0; i < n; i++)
      copyPart(source, from + i * step, innerSteps, target, at + i * stride, innerStrides, inner);
  } else if (step === 1) {
    // Both arrays have the variable's own type.
    (target as Float64Array).set(source.subarray(from, from + n) as Float64Array, at);
  } else {
    for (let i = 0; i < n; i++) target[at + i] = source[from + i * step]!;
  }
}

class ZarrFile implements DataFile {
  readonly format = 'zarr' as const;
  readonly attributes: Attributes;
  readonly variables: readonly DataVariable[];
  readonly warnings: readonly string[];
  private readonly arrays = new Map<DataVariable, ZarrArray>();
  private readonly opened = new Map<ZarrArray, Promise<Opened>>();
  private kept: { key: string; chunk: Promise<Chunk<DataType>>; bytes: number }[] = [];

  constructor(
    readonly path: string,
    readonly name: string,
    private readonly store: ZarrStore,
    hierarchy: Hierarchy,
    sizes: ReadonlyMap<ZarrArray, string>,
  ) {
    this.warnings = hierarchy.warnings;
    this.attributes = zarrAttributes(hierarchy.attributes, 'float64');
    const byPath = new Map(hierarchy.arrays.map((array) => [array.path, array]));
    const single = name.replace(/\.(zarr|zip)/g, '') || name;
    this.variables = hierarchy.arrays.map((array): DataVariable => {
      const unreadable = array.unreadable ?? sizes.get(array);
      const variable = {
        path: array.path || single,
        dims: array.shape.map((size, i) => dimensionOf(array, i, size, byPath)),
        shape: array.shape,
        type: array.type,
        attributes: zarrAttributes(array.attributes, array.type, array),
        chunks: array.chunks,
        ...(unreadable === undefined ? {} : { unreadable }),
      };
      this.arrays.set(variable, array);
      return variable;
    });
  }

  get bytes(): number {
    return this.store.bytes;
  }

  async read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray> {
    checkBlock(this, variable, start, count);
    const type = variable.type as NumericType;
    const target = new arrayTypes[type](product(count));
    if (target.length === 0) return target;
    const array = this.arrays.get(variable)!;
    const strides = count.map((_, i) => product(count.slice(i + 1)));
    const first = start.map((at, i) => Math.floor(at / array.chunks[i]!));
    const spans = start.map((at, i) => Math.floor((at + count[i]! - 1) / array.chunks[i]!) - first[i]! + 1);
    const total = product(spans);
    for (let done = 0; done < total; done += chunksAtOnce) {
      const numbers = Array.from({ length: Math.min(chunksAtOnce, total - done) }, (_, i) => done + i);
      await Promise.all(
        numbers.map(async (number) => {
          const place = placeOf(number, spans).map((at, i) => at + first[i]!);
          const origin = place.map((at, i) => at * array.chunks[i]!);
          const low = origin.map((at, i) => Math.max(at, start[i]!));
          const high = origin.map((at, i) => Math.min(at + array.chunks[i]!, start[i]! + count[i]!));
          const chunk = await this.chunk(variable, array, place, low, high);
          const within = (at: readonly number[], from: readonly number[], steps: readonly number[]) =>
            at.reduce((sum, value, i) => sum + (value - from[i]!) * steps[i]!, 0);
          copyPart(
            valuesOf(chunk, type),
            within(low, origin, chunk.stride),
            chunk.stride,
            target,
            within(low, start, strides),
            strides,
            high.map((end, i) => end - low[i]!),
          );
        }),
      );
    }
    return target;
  }

  private async chunk(
    variable: DataVariable,
    array: ZarrArray,
    place: readonly number[],
    low: readonly number[],
    high: readonly number[],
  ): Promise<Chunk<DataType>> {
    const key = `${variable.path} ${place}`;
    const known = this.kept.find((entry) => entry.key === key);
    const entry = known ?? {
      key,
      chunk: this.decode(array, place),
      bytes: product(array.chunks) * bytesPerValue(array.type),
    };
    this.keep(entry);
    try {
      return await entry.chunk;
    } catch (cause) {
      this.kept = this.kept.filter((other) => other !== entry);
      const where = describeBlock(
        variable,
        low,
        high.map((end, i) => end - low[i]!),
      );
      throw new DriftcastError(
        'damaged-file',
        `"${variable.path}" in ${this.name} cannot be read at ${where || 'its only value'}: the stored data are damaged.`,
        'Download or copy the store again; other variables and times may still be readable.',
        { cause },
      );
    }
  }

  private keep(entry: (typeof this.kept)[number]): void {
    let bytes = 0;
    this.kept = [entry, ...this.kept.filter((other) => other !== entry)].filter((other, i) => {
      bytes += other.bytes;
      return i < chunksAtOnce || bytes <= keptBytes;
    });
  }

  private async decode(array: ZarrArray, place: readonly number[]): Promise<Chunk<DataType>> {
    let opened = this.opened.get(array);
    if (!opened) {
      const location = root(new ArrayStore(this.store, array));
      opened = (array.version === 2 ? open.v2 : open.v3)(location, { kind: 'array' });
      this.opened.set(array, opened);
    }
    const chunk = await (await opened).getChunk([...place]);
    // A chunk that is cut short would leave zeros behind.
    if ((chunk.data as RawArray).length !== product(array.chunks))
      throw new Error('A chunk is not of its full length.');
    return chunk;
  }

  async close(): Promise<void> {
    this.kept = [];
    await this.store.close();
  }
}

function valuesOf({ data }: Chunk<DataType>, type: NumericType): RawArray {
  if (ArrayBuffer.isView(data)) return data as unknown as RawArray;
  // Truth values come in a wrapper of bytes.
  const { buffer, byteOffset, length } = data as unknown as {
    buffer: ArrayBuffer;
    byteOffset: number;
    length: number;
  };
  return new arrayTypes[type](buffer, byteOffset, length);
}

function placeOf(number: number, spans: readonly number[]): number[] {
  const place = spans.map(() => 0);
  let rest = number;
  for (let i = spans.length - 1; i >= 0; i--) {
    place[i] = rest % spans[i]!;
    rest = Math.floor(rest / spans[i]!);
  }
  return place;
}

/** A dimension by its name; it belongs to the nearest group whose array of that name and length is its coordinate. */
function dimensionOf(
  array: ZarrArray,
  place: number,
  size: number,
  byPath: ReadonlyMap<string, ZarrArray>,
): DataDimension {
  const name = array.dimensionNames?.[place];
  if (!name) return { name: `dim_${place}`, path: `${array.path}#${place}`, size, unlimited: false };
  const groups = array.path.split('/').slice(0, -1);
  for (let depth = groups.length; depth >= 0; depth--) {
    const path = [...groups.slice(0, depth), name].join('/');
    const candidate = byPath.get(path);
    if (candidate?.shape.length === 1 && candidate.shape[0] === size)
      return { name, path, size, unlimited: false };
  }
  return { name, path: [...groups, name].join('/'), size, unlimited: false };
}

/** Arrays that claim far more than their chunks could hold, with the end of a sentence about it. */
async function claims(store: ZarrStore, arrays: readonly ZarrArray[]): Promise<Map<ZarrArray, string>> {
  const found = new Map<ZarrArray, string>();
  for (const array of arrays) {
    const bytes = product(array.shape) * bytesPerValue(array.type);
    if (bytes <= sparse.from) continue;
    const stored = await store.bytesBelow(array.path, bytes / sparse.ratio);
    if (!(bytes <= sparse.ratio * stored))
      found.set(array, `claims to hold ${Math.round(bytes / 2 ** 20)} MiB, in chunks of ${stored} bytes`);
  }
  return found;
}

/** The folder of a store, where `path` is one or one of its root documents; null for anything else. */
export async function zarrFolder(path: string): Promise<string | null> {
  const whole = resolve(path);
  const folder = rootDocuments.includes(basename(whole)) ? dirname(whole) : whole;
  for (const name of rootDocuments) {
    const isFile = await stat(`${folder}/${name}`).then(
      (found) => found.isFile(),
      () => false,
    );
    if (isFile) return folder;
  }
  return null;
}

/** Reads what a store holds and closes it where that fails. Throws `damaged-file`. */
export async function openZarrStore(path: string, name: string, store: ZarrStore): Promise<DataFile> {
  try {
    installCodecs();
    const hierarchy = await readHierarchy(store, name);
    return new ZarrFile(path, name, store, hierarchy, await claims(store, hierarchy.arrays));
  } catch (cause) {
    await store.close();
    if (cause instanceof DriftcastError) throw cause;
    throw damaged(name, 'its metadata cannot be read', cause);
  }
}

/** Opens a folder that {@link zarrFolder} found. Throws `damaged-file`. */
export async function openZarrFolder(path: string, folder: string): Promise<DataFile> {
  return openZarrStore(path, basename(folder), await openFolderStore(folder));
}
