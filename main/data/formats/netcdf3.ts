/** Reads NetCDF-3 files of any size by positioned reads: nothing but the header and the asked block is loaded. */
import { type FileHandle, open } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  arrayTypes,
  bytesPerValue,
  checkBlock,
  type DataFile,
  type DataVariable,
  damaged,
  type NumericType,
  product,
  type RawArray,
} from './dataFile.ts';
import {
  HeaderTooShort,
  type Netcdf3Header,
  type Netcdf3Variable,
  parseNetcdf3Header,
} from './netcdf3Header.ts';

/** Blocks that touch most of a stretch of the file are read with it in one go, up to this many bytes. */
const stretchLimit = 8 * 1024 * 1024;
/** About what is read in the time that asking for another piece takes. */
const bytesPerAsking = 64 * 1024;
const littleEndianHost = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

async function readExactly(handle: FileHandle, path: string, position: number, length: number) {
  const bytes = Buffer.from(new ArrayBuffer(length));
  for (let done = 0; done < length; ) {
    const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
    if (bytesRead === 0) throw damaged(path, `it ended at byte ${position + done} while it was being read`);
    done += bytesRead;
  }
  return bytes;
}

async function readHeader(handle: FileHandle, path: string, fileBytes: number): Promise<Netcdf3Header> {
  for (let length = Math.min(65_536, fileBytes); ; length = Math.min(length * 4, fileBytes)) {
    const bytes = await readExactly(handle, path, 0, length);
    try {
      return parseNetcdf3Header(bytes, path, fileBytes);
    } catch (error) {
      if (!(error instanceof HeaderTooShort)) throw error;
      if (length === fileBytes) throw damaged(path, 'its header goes on beyond the end of the file');
    }
  }
}

function toNative(bytes: Buffer, type: NumericType): RawArray {
  const size = bytesPerValue(type);
  if (littleEndianHost) {
    if (size === 2) bytes.swap16();
    if (size === 4) bytes.swap32();
    if (size === 8) bytes.swap64();
  }
  return new arrayTypes[type](bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.byteLength / size);
}

/** Copies a block out of a stretch of the file that holds `shape`, both row-major; `from` is in values. */
function gather(
  source: RawArray,
  from: number,
  target: RawArray,
  at: number,
  strides: readonly number[],
  count: readonly number[],
): number {
  if (count.length <= 1) {
    const length = count[0] ?? 1;
    // Both arrays have the variable's own type.
    (target as Float64Array).set(source.subarray(from, from + length) as Float64Array, at);
    return at + length;
  }
  let next = at;
  for (let i = 0; i < count[0]!; i++) {
    next = gather(source, from + i * strides[0]!, target, next, strides.slice(1), count.slice(1));
  }
  return next;
}

class Netcdf3File implements DataFile {
  readonly name: string;
  readonly format;
  readonly attributes;
  readonly variables: readonly DataVariable[];
  readonly warnings: readonly string[] = [];
  private readonly layout = new Map<DataVariable, Netcdf3Variable>();

  constructor(
    readonly path: string,
    readonly bytes: number,
    private readonly handle: FileHandle,
    private readonly header: Netcdf3Header,
  ) {
    this.name = basename(path);
    this.format = ({ 1: 'netcdf3-classic', 2: 'netcdf3-64bit-offset', 5: 'netcdf3-cdf5' } as const)[
      header.version
    ];
    this.attributes = header.attributes;
    this.variables = header.variables.map((layout) => {
      const { name, dims, shape, type, attributes } = layout;
      const variable = { path: name, dims, shape, type, attributes, chunks: null };
      this.layout.set(variable, layout);
      return variable;
    });
  }

  async read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray> {
    checkBlock(this, variable, start, count);
    const layout = this.layout.get(variable)!;
    const type = variable.type as NumericType;
    const target = new arrayTypes[type](product(count));
    if (target.length === 0) return target;
    const size = target.BYTES_PER_ELEMENT;
    const strides = variable.shape.map((_, i) => product(variable.shape.slice(i + 1)));
    const interleaved = layout.isRecord && this.header.recordSize !== strides[0]! * size;
    const steps = strides.map((stride, i) =>
      i === 0 && interleaved ? this.header.recordSize : stride * size,
    );
    let at = 0;
    const walk = async (level: number, position: number): Promise<void> => {
      const rest = count.slice(level);
      const stretch = rest.reduce((sum, n, i) => sum + (n - 1) * strides[level + i]!, 1);
      const values = product(rest);
      const pieces = product(rest.slice(0, -1));
      const worth = Math.max(4 * values * size, pieces > 1 ? pieces * bytesPerAsking : 0);
      const dense = stretch * size <= Math.min(stretchLimit, worth);
      if ((dense || stretch === values) && !(level === 0 && interleaved)) {
        const bytes = await readExactly(this.handle, this.path, position, stretch * size);
        at = gather(toNative(bytes, type), 0, target, at, strides.slice(level), rest);
        return;
      }
      for (let i = 0; i < count[level]!; i++) await walk(level + 1, position + i * steps[level]!);
    };
    await walk(
      0,
      start.reduce((sum, first, i) => sum + first * steps[i]!, layout.begin),
    );
    return target;
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}

/** Opens a file whose first bytes say that it is NetCDF-3. Throws `damaged-file`. */
export async function openNetcdf3(path: string): Promise<DataFile> {
  const handle = await open(path, 'r');
  try {
    const { size } = await handle.stat();
    return new Netcdf3File(path, size, handle, await readHeader(handle, path, size));
  } catch (error) {
    await handle.close();
    throw error;
  }
}
