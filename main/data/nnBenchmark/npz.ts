/** Arrays in a NumPy archive (.npz, a zip of .npy files), each read when it is asked for; large archives stay on disk. */
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import yauzl from 'yauzl';
import { DriftcastError } from '#shared/errors.ts';
import { damaged, largestRead, product } from '../formats/dataFile.ts';
import { longestHeader, type NpyHeader, npyValueBytes, npyValues, parseNpyHeader } from './npy.ts';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

const mostEntries = 1_000_000;

const sizeOf = ({ shape, type }: NpyHeader) => product(shape) * npyValueBytes[type];

export class Npz {
  private readonly headers = new Map<string, Promise<NpyHeader>>();

  private constructor(
    private readonly path: string,
    private readonly zip: yauzl.ZipFile,
    private readonly entries: ReadonlyMap<string, yauzl.Entry>,
  ) {}

  /** Reads the archive's table of contents. Throws `damaged-file`. */
  static async open(path: string): Promise<Npz> {
    try {
      const zip = await new Promise<yauzl.ZipFile>((resolve, reject) =>
        yauzl.open(path, { lazyEntries: true, autoClose: false }, (error, opened) =>
          error ? reject(error) : resolve(opened),
        ),
      );
      try {
        return new Npz(path, zip, await entriesOf(zip));
      } catch (error) {
        zip.close();
        throw error;
      }
    } catch (cause) {
      throw damaged(path, 'it is not a whole zip archive', cause);
    }
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /**
   * What an array is, from its first bytes. Throws `damaged-file`, also for an array that is not there or whose size is
   * not what its shape says, and `out-of-memory` for one that is too large to hold.
   */
  header(name: string): Promise<NpyHeader> {
    const known = this.headers.get(name);
    const header = known ?? this.readHeader(name);
    if (!known) this.headers.set(name, header);
    return header;
  }

  /** A whole array. Throws as {@link header}. */
  async read(name: string): Promise<NpyArray> {
    const header = await this.header(name);
    const file = await this.bytes(name, header.offset + sizeOf(header) + 1);
    return { shape: header.shape, values: this.parsed(name, () => npyValues(header, file)) };
  }

  private async readHeader(name: string): Promise<NpyHeader> {
    const head = await this.bytes(name, longestHeader);
    return this.parsed(name, () => {
      const header = parseNpyHeader(head);
      const size = sizeOf(header);
      if (header.offset + size !== this.entries.get(name)?.uncompressedSize)
        throw new Error('is cut short or too long');
      if (size > largestRead)
        throw new DriftcastError(
          'out-of-memory',
          `The array ${name} in ${basename(this.path)} takes more than can be read at once.`,
          'Split its trajectories into shorter ones.',
        );
      return header;
    });
  }

  close(): void {
    this.zip.close();
  }

  private parsed<Result>(name: string, parse: () => Result): Result {
    try {
      return parse();
    } catch (cause) {
      if (cause instanceof DriftcastError) throw cause;
      throw damaged(this.path, `its array ${name} ${(cause as Error).message}`, cause);
    }
  }

  /** The first bytes of an entry, `limit` at most, whatever its header claims. */
  private async bytes(name: string, limit: number): Promise<Uint8Array> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw damaged(this.path, `it lacks the array ${name}`);
    try {
      // Stored as they are, entries can be read in part; compressed ones are left where enough is there.
      const stored = entry.compressionMethod === 0;
      const range = stored
        ? { start: 0, end: Math.min(limit, entry.compressedSize) }
        : { start: null, end: null };
      const stream = await new Promise<Readable>((resolve, reject) =>
        this.zip.openReadStream(entry, { decompress: null, decrypt: null, ...range }, (error, opened) =>
          error ? reject(error) : resolve(opened),
        ),
      );
      return await beginning(stream, limit);
    } catch (cause) {
      throw damaged(this.path, `its array ${name} is damaged`, cause);
    }
  }
}

function beginning(stream: Readable, limit: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    const done = (): void => resolve(Buffer.concat(parts, Math.min(length, limit)));
    stream.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length < limit) return;
      done();
      stream.destroy();
    });
    stream.on('end', done);
    stream.on('error', reject);
  });
}

/** Arrays by name, without the ending .npy. */
function entriesOf(zip: yauzl.ZipFile): Promise<Map<string, yauzl.Entry>> {
  return new Promise((resolve, reject) => {
    if (zip.entryCount > mostEntries) reject(new Error(`The archive has ${zip.entryCount} entries.`));
    const entries = new Map<string, yauzl.Entry>();
    zip.on('entry', (entry: yauzl.Entry) => {
      entries.set(entry.fileName.replace(/\.npy$/, ''), entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', reject);
    zip.readEntry();
  });
}
