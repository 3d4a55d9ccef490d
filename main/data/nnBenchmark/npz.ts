/** Arrays in a NumPy archive (.npz, a zip of .npy files), each read when it is asked for; large archives stay on disk. */
import { basename } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { damaged, largestRead, product } from '../formats/dataFile.ts';
import { ZipArchive } from '../formats/zipArchive.ts';
import { longestHeader, type NpyHeader, npyValueBytes, npyValues, parseNpyHeader } from './npy.ts';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array;
}

const sizeOf = ({ shape, type }: NpyHeader) => product(shape) * npyValueBytes[type];

export class Npz {
  private readonly headers = new Map<string, Promise<NpyHeader>>();

  constructor(private readonly zip: ZipArchive) {}

  /** Reads the archive's table of contents. Throws `damaged-file`. */
  static async open(path: string): Promise<Npz> {
    return new Npz(await ZipArchive.open(path));
  }

  /** Arrays in the order of the archive. */
  names(): string[] {
    return this.zip.names().flatMap((name) => /^(.*)\.npy$/.exec(name)?.[1] ?? []);
  }

  has(name: string): boolean {
    return this.zip.size(`${name}.npy`) !== null;
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
      if (header.offset + size !== this.zip.size(`${name}.npy`)) throw new Error('is cut short or too long');
      if (size > largestRead)
        throw new DriftcastError(
          'out-of-memory',
          `The array ${name} in ${basename(this.zip.path)} takes more than can be read at once.`,
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
      throw damaged(this.zip.path, `its array ${name} ${(cause as Error).message}`, cause);
    }
  }

  private async bytes(name: string, limit: number): Promise<Uint8Array> {
    if (!this.has(name)) throw damaged(this.zip.path, `it lacks the array ${name}`);
    try {
      return await this.zip.beginning(`${name}.npy`, limit);
    } catch (cause) {
      throw damaged(this.zip.path, `its array ${name} is damaged`, cause);
    }
  }
}
