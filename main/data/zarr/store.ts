/**
 * Where the documents and chunks of a Zarr hierarchy lie: a folder, or a zip archive of one. Keys are relative, with
 * slashes; a key that leads out of the store, or to anything but a plain file, has no value.
 */
import { type FileHandle, lstat, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { ZipArchive } from '../formats/zipArchive.ts';

export type ByteRange =
  | { readonly offset: number; readonly length: number }
  | { readonly suffixLength: number };

export interface ZarrStore {
  /** Of all files together, as far as they were counted. */
  readonly bytes: number;
  /** The value of a key; undefined where there is none. Throws where it is longer than `limit`, and what the disk throws. */
  get(key: string, limit: number): Promise<Uint8Array | undefined>;
  /** A part of it. Throws as {@link get} and where the value ends before the part does. */
  getRange(key: string, range: ByteRange, limit: number): Promise<Uint8Array | undefined>;
  /** Names of folders in a folder ('' is the root). */
  folders(key: string): Promise<string[]>;
  /** Bytes of the files below a folder; stops counting at `enough`. */
  bytesBelow(key: string, enough: number): Promise<number>;
  close(): Promise<void>;
}

/** Beyond this the size of a store is not counted to its end: opening must not take minutes. */
const mostCounted = 20_000;

export const isSafeKey = (key: string) =>
  key.split('/').every((part) => part !== '' && part !== '.' && part !== '..' && !/[\\\0]/.test(part));

function placeOf(range: ByteRange, size: number): { start: number; length: number } {
  const length = 'suffixLength' in range ? range.suffixLength : range.length;
  const start = 'suffixLength' in range ? size - range.suffixLength : range.offset;
  const whole = Number.isSafeInteger(start) && Number.isSafeInteger(length) && start >= 0 && length >= 0;
  if (!whole || start + length > size) throw new Error('The part asked for lies outside of its file.');
  return { start, length };
}

function refuseLonger(length: number, limit: number): void {
  if (length > limit) throw new Error(`${length} bytes where ${limit} are the most that can be.`);
}

async function readPart(handle: FileHandle, start: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, start + done);
    if (bytesRead === 0) throw new Error('The file ended while it was being read.');
    done += bytesRead;
  }
  return bytes;
}

class FolderStore implements ZarrStore {
  bytes = 0;

  constructor(private readonly root: string) {}

  get(key: string, limit: number): Promise<Uint8Array | undefined> {
    return this.read(key, (size) => ({ start: 0, length: size }), limit);
  }

  getRange(key: string, range: ByteRange, limit: number): Promise<Uint8Array | undefined> {
    return this.read(key, (size) => placeOf(range, size), limit);
  }

  private async read(
    key: string,
    place: (size: number) => { start: number; length: number },
    limit: number,
  ): Promise<Uint8Array | undefined> {
    if (!isSafeKey(key)) return undefined;
    const path = join(this.root, key);
    try {
      // Asked before opening: a pipe would be waited for.
      if (!(await stat(path)).isFile()) return undefined;
      const handle = await open(path, 'r');
      try {
        const { start, length } = place((await handle.stat()).size);
        refuseLonger(length, limit);
        return await readPart(handle, start, length);
      } finally {
        await handle.close();
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
      throw error;
    }
  }

  async folders(key: string): Promise<string[]> {
    const entries = await readdir(join(this.root, key), { withFileTypes: true });
    // Links are not followed: they may form circles.
    return entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  }

  async bytesBelow(key: string, enough: number): Promise<number> {
    let [bytes, counted] = [0, 0];
    const waiting = [join(this.root, key)];
    for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
      for (const entry of await readdir(folder, { withFileTypes: true })) {
        if (bytes >= enough || ++counted > mostCounted) return bytes;
        const path = join(folder, entry.name);
        if (entry.isDirectory()) waiting.push(path);
        else if (entry.isFile()) bytes += (await lstat(path)).size;
      }
    }
    return bytes;
  }

  async close(): Promise<void> {}
}

class ZipStore implements ZarrStore {
  constructor(
    private readonly zip: ZipArchive,
    private readonly prefix: string,
    readonly bytes: number,
  ) {}

  async get(key: string, limit: number): Promise<Uint8Array | undefined> {
    const size = this.zip.size(this.prefix + key);
    if (size === null) return undefined;
    refuseLonger(size, limit);
    const bytes = await this.zip.beginning(this.prefix + key, size + 1);
    if (bytes.byteLength !== size) throw new Error('The entry is not as long as the archive says.');
    return bytes;
  }

  async getRange(key: string, range: ByteRange, limit: number): Promise<Uint8Array | undefined> {
    const size = this.zip.size(this.prefix + key);
    if (size === null) return undefined;
    const { start, length } = placeOf(range, size);
    refuseLonger(length, limit);
    const bytes = await this.zip.part(this.prefix + key, start, length);
    if (bytes.byteLength !== length) throw new Error('The entry is not as long as the archive says.');
    return bytes;
  }

  async folders(key: string): Promise<string[]> {
    const start = this.prefix + (key === '' ? '' : `${key}/`);
    const names = this.zip.names().filter((name) => name.startsWith(start));
    return [...new Set(names.flatMap((name) => /^([^/]+)\//.exec(name.slice(start.length))?.[1] ?? []))];
  }

  async bytesBelow(key: string, enough: number): Promise<number> {
    let bytes = 0;
    for (const name of this.zip.names()) {
      if (name.startsWith(`${this.prefix}${key}/`)) bytes += this.zip.size(name) ?? 0;
      if (bytes >= enough) break;
    }
    return bytes;
  }

  async close(): Promise<void> {
    this.zip.close();
  }
}

export const rootDocuments = ['zarr.json', '.zgroup', '.zarray', '.zmetadata'];

/** The store in a folder that is known to be one. */
export async function openFolderStore(root: string): Promise<ZarrStore> {
  const store = new FolderStore(root);
  store.bytes = await store.bytesBelow('', Number.POSITIVE_INFINITY);
  return store;
}

/** Where in an archive a hierarchy begins: at its root or in its only folder; null where there is none. */
export function zarrPrefix(zip: ZipArchive): string | null {
  const tops = new Set(zip.names().map((name) => /^[^/]+\//.exec(name)?.[0] ?? ''));
  const candidates = tops.size === 1 ? ['', ...tops] : [''];
  return candidates.find((prefix) => rootDocuments.some((name) => zip.size(prefix + name) !== null)) ?? null;
}

export function zipStore(zip: ZipArchive, prefix: string, bytes: number): ZarrStore {
  return new ZipStore(zip, prefix, bytes);
}
