/**
 * Writes a data file as a Zarr 3 store: a folder that xarray and our own reader open, with the same variables, dimensions
 * and attributes. Read and written chunk by chunk, so that memory does not grow with the file.
 * Sources: Zarr core specification 3.0; xarray, "Zarr encoding specification"; zarr-python's consolidated metadata.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { create, root, set } from 'zarrita';
import { writeNewFolder } from '#main/workspace/atomic.ts';
import { DriftcastError } from '#shared/errors.ts';
import { breathe, type WorkOptions } from '../background.ts';
import {
  type Attributes,
  bytesPerValue,
  type DataFile,
  type DataVariable,
  isNumericType,
  product,
} from '../formats/dataFile.ts';
import { withFile } from '../openFile.ts';
import { installCodecs } from './codecs.ts';

/** About what one request over a network should bring. */
const chunkBytes = 1024 * 1024;
const compression = { name: 'zstd', configuration: { level: 3, checksum: false } };
/** What other formats keep for themselves. */
const bookkeeping = new Set([
  'CLASS',
  'NAME',
  'REFERENCE_LIST',
  'DIMENSION_LIST',
  '_Netcdf4Coordinates',
  '_Netcdf4Dimid',
  '_NCProperties',
  '_nc3_strict',
  '_FillValue',
]);

/** Keys of a store as files of a folder; notes the documents, which the root repeats. */
class FolderTarget {
  readonly documents = new Map<string, unknown>();
  bytes = 0;

  constructor(private readonly folder: string) {}

  async get(): Promise<undefined> {
    // Chunks are written whole, so nothing is there to be read first.
    return undefined;
  }

  async set(key: string, value: Uint8Array): Promise<void> {
    const path = join(this.folder, key);
    if (key.endsWith('/zarr.json'))
      this.documents.set(dirname(key).slice(1), JSON.parse(new TextDecoder().decode(value)));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, value);
    this.bytes += value.byteLength;
  }
}

/**
 * Writes all variables of numbers into a new folder. Answers its bytes.
 * @throws DriftcastError `conflict` where the folder exists, `unsupported` for files with variables in groups, `disk`,
 * `cancelled`; nothing is left behind then
 */
export async function exportZarr(
  file: string | DataFile,
  folder: string,
  options: WorkOptions = {},
): Promise<number> {
  installCodecs();
  return writeNewFolder(folder, (temporary) => withFile(file, (opened) => write(opened, temporary, options)));
}

async function write(file: DataFile, folder: string, options: WorkOptions): Promise<number> {
  const target = new FolderTarget(folder);
  const variables = file.variables.filter(({ type }) => isNumericType(type));
  const grouped = variables.find(({ path }) => path.includes('/'));
  if (grouped)
    throw new DriftcastError(
      'unsupported',
      `${file.name} keeps "${grouped.path}" in a group, which is not written as Zarr.`,
      'Write a file without groups.',
    );
  const attributes = plain(file.attributes);
  await create(root(target), { attributes });
  const total = variables.reduce((sum, { shape }) => sum + product(shape), 0);
  let done = 0;
  for (const variable of variables) {
    for await (const values of writeVariable(file, variable, target)) {
      done += values;
      options.onProgress?.(done / total);
      await breathe(options.signal);
    }
  }
  // Other programs need one request for all documents then.
  const metadata = Object.fromEntries([...target.documents].filter(([path]) => path !== ''));
  const consolidated = { kind: 'inline', must_understand: false, metadata };
  const whole = { zarr_format: 3, node_type: 'group', attributes, consolidated_metadata: consolidated };
  await target.set('/zarr.json', new TextEncoder().encode(JSON.stringify(whole)));
  return target.bytes;
}

/** Yields the number of values after each chunk. */
async function* writeVariable(
  file: DataFile,
  variable: DataVariable,
  target: FolderTarget,
): AsyncGenerator<number> {
  const { path, shape, dims, type, attributes } = variable;
  if (!isNumericType(type)) return;
  const chunks = chunkShape(shape, bytesPerValue(type));
  const fill = attributes.get('_FillValue')?.value[0];
  const array = await create(root(target).resolve(path), {
    shape: [...shape],
    chunkShape: chunks,
    dtype: type,
    dimensionNames: dims.map(({ name }) => name),
    codecs: [{ name: 'bytes', configuration: { endian: 'little' } }, compression],
    fillValue: (type.endsWith('64') && type.includes('int')
      ? 0n
      : type.startsWith('float')
        ? Number.NaN
        : 0) as never,
    attributes: {
      ...plain(attributes),
      ...(typeof fill === 'number' ? { _FillValue: encodedFill(fill, type) } : {}),
    },
  });
  for (const start of starts(shape, chunks)) {
    const count = start.map((first, i) => Math.min(chunks[i]!, shape[i]! - first));
    const data = await file.read(variable, start, count);
    const selection = start.map((first, i) => ({ start: first, stop: first + count[i]!, step: 1 }));
    if (shape.length === 0) await set(array, null, data[0] as never);
    else await set(array, selection as never, { data, shape: count, stride: strides(count) } as never);
    yield data.length;
  }
}

/** Whole along the last dimensions, one along the first, about {@link chunkBytes} in all. */
function chunkShape(shape: readonly number[], bytesPer: number): number[] {
  const chunks = shape.map(() => 1);
  let bytes = bytesPer;
  for (let i = shape.length - 1; i >= 0; i--) {
    chunks[i] = Math.max(1, Math.min(shape[i]!, Math.floor(chunkBytes / bytes)));
    bytes *= chunks[i]!;
  }
  return chunks;
}

/** First indices of all chunks, the last dimension fastest. */
function* starts(shape: readonly number[], chunks: readonly number[]): Generator<number[]> {
  const counts = shape.map((size, i) => Math.ceil(size / chunks[i]!));
  for (let number = 0; number < product(counts); number++) {
    let rest = number;
    const at = counts.map(() => 0);
    for (let i = counts.length - 1; i >= 0; i--) {
      at[i] = (rest % counts[i]!) * chunks[i]!;
      rest = Math.floor(rest / counts[i]!);
    }
    yield at;
  }
}

const strides = (count: readonly number[]) => count.map((_, i) => product(count.slice(i + 1)));

/** JSON has no number for NaN and the infinities. */
const finite = (value: number) => (Number.isFinite(value) ? value : String(value));

/** As JSON has them: one number stands by itself. */
function plain(attributes: Attributes): Record<string, unknown> {
  return Object.fromEntries(
    [...attributes]
      .filter(([name]) => !bookkeeping.has(name))
      .map(([name, { value }]) => [
        name,
        typeof value === 'string' ? value : value.length === 1 ? finite(value[0]!) : value.map(finite),
      ]),
  );
}

/** The mark of missing values as xarray keeps it in version 3: a float's eight bytes in base64, whole numbers as they are. */
function encodedFill(fill: number, type: string): string | number {
  if (!type.startsWith('float')) return fill;
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(fill);
  return bytes.toString('base64');
}
