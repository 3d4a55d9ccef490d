/**
 * Decides by a file's first bytes, or by what lies in a folder, which reader opens it. A new format is one line here.
 */
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { nnBenchmarkFolder } from '../nnBenchmark/meta.ts';
import type { DataFile } from './dataFile.ts';
import { openNetcdf3 } from './netcdf3.ts';
import { openNetcdf4 } from './netcdf4.ts';
import { openNnBenchmark } from './nnBenchmark.ts';
import { otherKind } from './unsupported.ts';
import { openZarrFolder, zarrFolder } from './zarr.ts';
import { openZip } from './zip.ts';

export interface Format {
  /** Whether a file that begins with these bytes (2056, or all there are) is of this format. */
  readonly matches: (head: Uint8Array) => boolean;
  /** @throws DriftcastError `damaged-file`, `unsupported` */
  readonly open: (path: string) => Promise<DataFile>;
}

const startsWith = (head: Uint8Array, bytes: readonly number[], at = 0) =>
  bytes.every((byte, i) => head[at + i] === byte);

const hdf5Signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

const formats: Format[] = [
  {
    matches: (head) => startsWith(head, [0x43, 0x44, 0x46]) && [1, 2, 5].includes(head[3] ?? 0),
    open: openNetcdf3,
  },
  {
    // HDF5 allows a block of the user's own before its signature, at 512 bytes and its doublings.
    matches: (head) => [0, 512, 1024, 2048].some((at) => startsWith(head, hdf5Signature, at)),
    open: openNetcdf4,
  },
  {
    matches: (head) => startsWith(head, [0x50, 0x4b]) && [3, 5].includes(head[2] ?? 0),
    open: openZip,
  },
];

/**
 * Adds a format from outside of this list; those before it are asked first.
 * @returns takes it away again
 */
export function registerFormat(format: Format): () => void {
  formats.push(format);
  return () => {
    const at = formats.indexOf(format);
    // Taken away already: -1 would take the last of the others.
    if (at >= 0) formats.splice(at, 1);
  };
}

const readableFormats =
  'Driftcast reads NetCDF-3 (classic, 64-bit offset, 64-bit data) and NetCDF-4/HDF5 files, Zarr stores, and nn-benchmark folders.';

async function firstBytes(path: string): Promise<Uint8Array> {
  const name = basename(path);
  try {
    const found = await stat(path);
    if (found.isDirectory()) {
      throw new DriftcastError('unsupported', `${name} is a folder, not a data file.`, readableFormats);
    }
    // A pipe or a device would be waited for without an end.
    if (!found.isFile())
      throw new DriftcastError('unsupported', `${name} is not a plain file.`, readableFormats);
    const handle = await open(path, 'r');
    try {
      const head = new Uint8Array(2056);
      const { bytesRead } = await handle.read(head, 0, head.length, 0);
      return head.subarray(0, bytesRead);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    if (cause instanceof DriftcastError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') {
      throw new DriftcastError('not-found', `There is no file ${path}.`, 'Check the path.', { cause });
    }
    const why =
      code === 'EACCES' || code === 'EPERM' ? 'permission was denied' : (code ?? 'it cannot be read');
    throw new DriftcastError('disk', `${name} cannot be opened: ${why}.`, 'Check the file and its rights.', {
      cause,
    });
  }
}

/** Opens a data file; the caller closes it. Throws `not-found`, `disk`, `unsupported` or `damaged-file`. */
export async function openDataFile(path: string): Promise<DataFile> {
  if ((await nnBenchmarkFolder(path)) !== null) return openNnBenchmark(path);
  const store = await zarrFolder(path);
  if (store !== null) return openZarrFolder(path, store);
  const head = await firstBytes(path);
  const format = formats.find(({ matches }) => matches(head));
  if (format) return format.open(path);
  const name = basename(path);
  if (head.length === 0) {
    throw new DriftcastError('damaged-file', `${name} is empty.`, 'Download or copy the file again.');
  }
  const other = otherKind(head);
  if (other) throw new DriftcastError('unsupported', `${name} is ${other.what}.`, other.hint);
  throw new DriftcastError(
    'unsupported',
    `${name} is not a data file that Driftcast can read; its first bytes fit no known format.`,
    readableFormats,
  );
}
