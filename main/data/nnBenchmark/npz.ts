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

  /** What an array is, from its first bytes. Throws `damaged-file`, also for an array that is not there. */
  header(name: string): Promise<NpyHeader> {
    let header = this.headers.get(name);
    if (!header) {
      header = this.bytes(name, longestHeader).then((head) => this.parsed(name, () => parseNpyHeader(head)));
      this.headers.set(name, header);
    }
    return header;
  }

  /** A whole array. Throws `damaged-file`, and `out-of-memory` for one that is too large to hold. */
  async read(name: string): Promise<NpyArray> {
    const header = await this.header(name);
    const size = product(header.shape) * npyValueBytes[header.type];
    if (!(size <= largestRead))
      throw new DriftcastError(
        'out-of-memory',
        `The array ${name} in ${basename(this.path)} takes more than can be read at once.`,
        'Split its trajectories into smaller ones.',
      );
    const file = await this.bytes(name, header.offset + size + 1);
    return { shape: header.shape, values: this.parsed(name, () => npyValues(header, file)) };
  }

  close(): void {
    this.zip.close();
  }

  private parsed<Result>(name: string, parse: () => Result): Result {
    try {
      return parse();
    } catch (cause) {
      throw damaged(this.path, `its array ${name} ${(cause as Error).message}`, cause);
    }
  }

  /** The first bytes of an entry, `limit` at most, whatever its header claims. */
  private async bytes(name: string, limit: number): Promise<Uint8Array> {
    const entry = this.entries.get(name);
    if (entry === undefined) throw damaged(this.path, `it lacks the array ${name}`);
    try {
      const stream = await new Promise<Readable>((resolve, reject) =>
        this.zip.openReadStream(entry, (error, opened) => (error ? reject(error) : resolve(opened))),
      );
      const parts: Buffer[] = [];
      let length = 0;
      for await (const part of stream as AsyncIterable<Buffer>) {
        parts.push(part);
        length += part.length;
        if (length >= limit) break;
      }
      return Buffer.concat(parts, Math.min(length, limit));
    } catch (cause) {
      throw damaged(this.path, `its array ${name} is damaged`, cause);
    }
  }
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
