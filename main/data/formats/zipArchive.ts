/** A zip archive whose entries are read when they are asked for, never more of them than the caller allows. */
import { createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import yauzl from 'yauzl';
import { damaged } from './dataFile.ts';

const mostEntries = 250_000;

export class ZipArchive {
  private constructor(
    readonly path: string,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  /** Reads the archive's table of contents. Throws `damaged-file`. */
  static async open(path: string): Promise<ZipArchive> {
    try {
      const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
        yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
          error ? reject(error) : resolve(opened),
        ),
      );
      try {
        return new ZipArchive(path, zip, await entriesOf(zip));
      } catch (error) {
        zip.close();
        throw error;
      }
    } catch (cause) {
      throw damaged(path, 'it is not a whole zip archive', cause);
    }
  }

  /** Names of all files, in the order of the archive. */
  names(): string[] {
    return [...this.entries.keys()].filter((name) => !name.endsWith('/'));
  }

  /** Bytes of an entry once unpacked, as the archive states them; null for an entry that is not there. */
  size(name: string): number | null {
    return this.entries.get(name)?.uncompressedSize ?? null;
  }

  /** Bytes that an entry takes in the archive; null for an entry that is not there. */
  packedSize(name: string): number | null {
    return this.entries.get(name)?.compressedSize ?? null;
  }

  /**
   * The first bytes of an entry, `limit` at most, whatever its header claims. Throws what the archive's reader throws;
   * entries must be there.
   */
  async beginning(name: string, limit: number): Promise<Uint8Array> {
    return this.part(name, 0, limit);
  }

  /** Bytes of an entry from `start` on, `length` at most; of a compressed entry, what lies before is unpacked as well. */
  async part(name: string, start: number, length: number): Promise<Uint8Array> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`The archive has no entry ${name}.`);
    // Stored as they are, entries can be read in part; compressed ones are left where enough is there.
    const stored = entry.compressionMethod === 0;
    const size = entry.compressedSize;
    const range = stored
      ? { start: Math.min(start, size), end: Math.min(start + length, size) }
      : { start: null, end: null };
    const stream = await new Promise<Readable>((resolve, reject) =>
      this.zip.openReadStream(entry, { decompress: null, decrypt: null, ...range }, (error, opened) =>
        error ? reject(error) : resolve(opened),
      ),
    );
    return stored ? collect(stream, 0, length) : collect(stream, start, length);
  }

  /** Writes an entry to a file, never more than its header says. Throws what the archive's reader and the disk throw. */
  async unpack(name: string, path: string): Promise<void> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw new Error(`The archive has no entry ${name}.`);
    const stream = await new Promise<Readable>((resolve, reject) =>
      this.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
    );
    await pipeline(stream, createWriteStream(path));
  }

  close(): void {
    this.zip.close();
  }
}

function collect(stream: Readable, skip: number, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let passed = 0;
    let kept = 0;
    const done = (): void => resolve(Buffer.concat(parts, Math.min(kept, length)));
    stream.on('data', (part: Buffer) => {
      const from = Math.max(0, Math.min(part.length, skip - passed));
      passed += part.length;
      if (from < part.length) parts.push(part.subarray(from));
      kept += part.length - from;
      if (kept < length) return;
      done();
      stream.destroy();
    });
    stream.on('end', done);
    stream.on('error', reject);
    // Closed before its end, and without a word: what was settled above stays so.
    stream.on('close', () => reject(new Error('The entry is cut short.')));
  });
}

function entriesOf(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    if (zip.entryCount > mostEntries) reject(new Error(`The archive has ${zip.entryCount} entries.`));
    const entries = new Map<string, yauzl.Entry>();
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName, entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });
}
