/**
 * What every file format looks like to the rest of the application: variables with attributes and raw values
 * that are read by hyperslab. Values are as stored; `cf/decode.ts` makes physical numbers of them.
 */
import { basename } from 'node:path';
import type { FileFormat } from '#shared/domain/file.ts';
import { DriftcastError } from '#shared/errors.ts';

export type RawArray =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array
  | Float32Array
  | Float64Array;

export const arrayTypes = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type NumericType = keyof typeof arrayTypes;

export function isNumericType(type: string): type is NumericType {
  return Object.hasOwn(arrayTypes, type);
}

export interface DataAttribute {
  /** A numeric type, or `string`; decides whether a valid range is meant packed or unpacked. */
  readonly type: string;
  readonly value: string | readonly number[];
}

export type Attributes = ReadonlyMap<string, DataAttribute>;

export interface DataDimension {
  /** Last part of the path, as people know it. */
  readonly name: string;
  /** Group path and name without a leading slash: two groups may each have a dimension "time". */
  readonly path: string;
  readonly size: number;
  readonly unlimited: boolean;
}

export interface DataVariable {
  /** Group path and name without a leading slash, e.g. "forecast/sst". */
  readonly path: string;
  readonly dims: readonly DataDimension[];
  readonly shape: readonly number[];
  /** A {@link NumericType}, or what it is instead: char, string, compound, enum, vlen, … */
  readonly type: string;
  readonly attributes: Attributes;
  /** Stored blocks that are cheapest to read whole; null where values lie in one piece. */
  readonly chunks: readonly number[] | null;
  /** Why values cannot be read although the type is numeric, as the end of a sentence. */
  readonly unreadable?: string;
}

/** One of the files that were joined to a series. */
export interface JoinedPart {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Time of change in milliseconds. */
  readonly modified: number;
  /** Those that say what was simulated. */
  readonly attributes: Attributes;
}

export interface DataFile {
  readonly path: string;
  readonly name: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly attributes: Attributes;
  readonly variables: readonly DataVariable[];
  /** Sentences about parts that were left out. */
  readonly warnings: readonly string[];
  /** Of several files that were joined to one: what was done in words, and the files. */
  readonly joined?: {
    readonly words: string;
    /** The dimension along which files lie side by side; null where they follow each other in time. */
    readonly beside: string | null;
    readonly files: readonly JoinedPart[];
  };
  /**
   * Raw values of a block, row-major in the variable's own dimension order. `start` and `count` have one entry a
   * dimension. Throws `damaged-file` where the file cannot deliver, `unsupported` for unreadable variables.
   */
  read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray>;
  close(): Promise<void>;
}

/**
 * Whether the NetCDF library's default fill values mean "never written" in a file; in plain HDF5 files and in Zarr
 * stores they are ordinary numbers.
 */
export const hasDefaultFill = ({ format }: Pick<DataFile, 'format'>): boolean =>
  format !== 'hdf5' && format !== 'zarr';

/** More than any map needs and far less than would hurt; callers that want more read block by block. */
export const largestRead = 512 * 1024 * 1024;

export const product = (values: readonly number[]) => values.reduce((a, b) => a * b, 1);

export function bytesPerValue(type: string): number {
  return isNumericType(type) ? arrayTypes[type].BYTES_PER_ELEMENT : 0;
}

/** "time 8–15, lat 0–17", for messages. */
export function describeBlock(
  variable: DataVariable,
  start: readonly number[],
  count: readonly number[],
): string {
  return variable.dims
    .map((dim, i) => {
      const first = start[i]!;
      const last = first + count[i]! - 1;
      return `${dim.name} ${first === last ? first : `${first}–${last}`}`;
    })
    .join(', ');
}

/** Refuses what must never reach a reader: unknown types, blocks outside of the variable, absurd sizes. */
export function checkBlock(
  file: { name: string },
  variable: DataVariable,
  start: readonly number[],
  count: readonly number[],
): void {
  if (!isNumericType(variable.type)) {
    throw new DriftcastError(
      'unsupported',
      `"${variable.path}" in ${file.name} holds values of type ${variable.type}, which are not numbers.`,
      'Choose a numeric variable.',
    );
  }
  if (variable.unreadable !== undefined) {
    throw new DriftcastError(
      'unsupported',
      `"${variable.path}" in ${file.name} ${variable.unreadable}.`,
      'Choose another variable, or rewrite the file with common compression (deflate).',
    );
  }
  const inside = variable.shape.every((size, i) => {
    const [first, n] = [start[i], count[i]];
    if (!Number.isInteger(first) || !Number.isInteger(n)) return false;
    return first! >= 0 && n! >= 0 && first! + n! <= size;
  });
  if (!inside || start.length !== variable.shape.length || count.length !== variable.shape.length) {
    throw new DriftcastError(
      'bad-input',
      `The block asked for lies outside of "${variable.path}" in ${file.name} (${variable.shape.join(' × ')}).`,
      'Choose times and cells inside of the variable.',
    );
  }
  const bytes = product(count) * bytesPerValue(variable.type);
  if (bytes > largestRead) {
    throw new DriftcastError(
      'out-of-memory',
      `One block of "${variable.path}" in ${file.name} takes ${Math.round(bytes / 2 ** 20)} MiB, more than can be read at once.`,
      'Choose a smaller region.',
    );
  }
}

/** The text of an attribute, '' where it is missing; numbers are joined by spaces. */
export function attributeText(attributes: Attributes, name: string): string {
  const value = attributes.get(name)?.value;
  if (value === undefined) return '';
  return typeof value === 'string' ? value : value.join(' ');
}

/** The numbers of an attribute; texts that are numbers count, as some writers leave them. */
export function attributeNumbers(attributes: Attributes, name: string): readonly number[] {
  const value = attributes.get(name)?.value;
  if (value === undefined) return [];
  if (typeof value !== 'string') return value;
  const numbers = value
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  return value.trim() === '' || numbers.some(Number.isNaN) ? [] : numbers;
}

export function damaged(path: string, what: string, cause?: unknown): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `${basename(path)} cannot be read: ${what}.`,
    'Download or copy the file again; it may have been cut short or altered on the way.',
    cause === undefined ? {} : { cause },
  );
}
