/** NumPy's array files, as far as numbers go. Source: NumPy Enhancement Proposal 1, format versions 1.0 to 3.0. */
import { type NumericType, product } from '../formats/dataFile.ts';

export interface NpyHeader {
  readonly type: NumericType;
  readonly littleEndian: boolean;
  readonly shape: readonly number[];
  /** Bytes before the values. */
  readonly offset: number;
}

/** Longest beginning of a file that a header takes up, in practice a single block of 128 bytes. */
export const longestHeader = 65_536;

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

const types: Record<string, NumericType> = {
  b1: 'uint8',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f4: 'float32',
  f8: 'float64',
};

/** @throws Error whose message is the end of a sentence: "is not …" */
export function parseNpyHeader(head: Uint8Array): NpyHeader {
  if (!magic.every((byte, i) => head[i] === byte)) throw new Error('is not a NumPy array');
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const long = view.getUint8(6) >= 2;
  const start = long ? 12 : 10;
  const length = head.byteLength < start ? 0 : long ? view.getUint32(8, true) : view.getUint16(8, true);
  if (length === 0 || start + length > head.byteLength) throw new Error('has a header that is cut short');
  const text = new TextDecoder('latin1').decode(head.subarray(start, start + length));
  const descr = /'descr'\s*:\s*'([<>|=])(\w+)'/.exec(text);
  const type = types[descr?.[2] ?? ''];
  if (!descr || type === undefined) throw new Error('holds values that are not plain numbers');
  if (/'fortran_order'\s*:\s*True/.test(text)) throw new Error('is stored in Fortran order');
  const shape = /'shape'\s*:\s*\(([\d\s,]*)\)/.exec(text)?.[1];
  if (shape === undefined) throw new Error('does not state its shape');
  return {
    type,
    littleEndian: descr[1] !== '>',
    shape: shape
      .split(',')
      .filter((size) => size.trim() !== '')
      .map(Number),
    offset: start + length,
  };
}

const readers = {
  int8: (view: DataView, at: number) => view.getInt8(at),
  uint8: (view: DataView, at: number) => view.getUint8(at),
  int16: (view: DataView, at: number, little: boolean) => view.getInt16(at, little),
  uint16: (view: DataView, at: number, little: boolean) => view.getUint16(at, little),
  int32: (view: DataView, at: number, little: boolean) => view.getInt32(at, little),
  uint32: (view: DataView, at: number, little: boolean) => view.getUint32(at, little),
  int64: (view: DataView, at: number, little: boolean) => Number(view.getBigInt64(at, little)),
  uint64: (view: DataView, at: number, little: boolean) => Number(view.getBigUint64(at, little)),
  float32: (view: DataView, at: number, little: boolean) => view.getFloat32(at, little),
  float64: (view: DataView, at: number, little: boolean) => view.getFloat64(at, little),
} satisfies Record<NumericType, (view: DataView, at: number, little: boolean) => number>;

export const npyValueBytes: Record<NumericType, number> = {
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  int32: 4,
  uint32: 4,
  int64: 8,
  uint64: 8,
  float32: 4,
  float64: 8,
};

/** The values, row-major: float32 as such, all other numbers as float64. @throws Error like {@link parseNpyHeader} */
export function npyValues({ type, littleEndian, shape, offset }: NpyHeader, file: Uint8Array) {
  const count = product(shape);
  const size = npyValueBytes[type];
  if (file.byteLength - offset !== count * size) throw new Error('is cut short or too long');
  const view = new DataView(file.buffer, file.byteOffset + offset, count * size);
  const values = type === 'float32' ? new Float32Array(count) : new Float64Array(count);
  const read = readers[type];
  for (let i = 0; i < count; i++) values[i] = read(view, i * size, littleEndian);
  return values;
}

const descriptions = { float32: '<f4', float64: '<f8', int32: '<i4', int64: '<i8', bool: '|b1' } as const;

/** A whole file of values of this shape, version 1.0; booleans as bytes of 0 and 1. */
export function npyFile(
  kind: keyof typeof descriptions,
  shape: readonly number[],
  values: Float32Array | Float64Array | Int32Array | BigInt64Array | Uint8Array,
): Uint8Array<ArrayBuffer> {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  const dictionary = `{'descr': '${descriptions[kind]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // The values begin at a multiple of 64 bytes, after a line end.
  const total = Math.ceil((10 + dictionary.length + 1) / 64) * 64;
  const file = new Uint8Array(total + values.byteLength);
  file.set([...magic, 1, 0]);
  new DataView(file.buffer).setUint16(8, total - 10, true);
  file.set(new TextEncoder().encode(`${dictionary.padEnd(total - 11)}\n`), 10);
  file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), total);
  return file;
}
