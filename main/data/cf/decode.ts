/**
 * From stored numbers to physical values: packing, unsigned integers, fill values and valid ranges.
 * Sources: CF conventions 1.11, sections 2.5.1 and 8.1; NetCDF Users Guide, "Attribute conventions".
 */
import {
  type Attributes,
  attributeNumbers,
  attributeText,
  type DataVariable,
  type RawArray,
} from '../formats/dataFile.ts';

export interface Decoder {
  /** Physical values, NaN where missing, computed in float64; written from `at` on. */
  decode<T extends Float32Array | Float64Array>(raw: RawArray, out: T, at?: number): T;
}

/** What the NetCDF library writes where nothing was written; bytes have no such value (every byte is data). */
const defaultFill: Record<string, number> = {
  int16: -32767,
  uint16: 65535,
  int32: -2147483647,
  uint32: 4294967295,
  int64: Number(-9223372036854775806n),
  uint64: Number(18446744073709551614n),
  float32: Math.fround(9.969209968386869e36),
  float64: 9.969209968386869e36,
};

const typeWidth: Record<string, number> = { float64: 8, float32: 4 };

/** Integers stored in the other signedness, as `_Unsigned` says (NetCDF-3 has no unsigned types). */
function reinterpretation(variable: DataVariable): (value: number) => number {
  const wanted = attributeText(variable.attributes, '_Unsigned').toLowerCase();
  const match = /^(u?)int(8|16|32)$/.exec(variable.type);
  if (!match || (wanted !== 'true' && wanted !== 'false')) return (value) => value;
  const span = 2 ** Number(match[2]);
  if (wanted === 'true') return (value) => (value < 0 ? value + span : value);
  return (value) => (value >= span / 2 ? value - span : value);
}

interface Range {
  readonly low: number;
  readonly high: number;
  /** Stated for values after unpacking. */
  readonly unpacked: boolean;
}

/** A range is meant for packed values, unless its type is the wider one of the packing factors (Users Guide). */
function validRange(attributes: Attributes, type: string, read: (value: number) => number): Range {
  const range = attributeNumbers(attributes, 'valid_range');
  const name = range.length === 2 ? 'valid_range' : attributes.has('valid_min') ? 'valid_min' : 'valid_max';
  const low = range.length === 2 ? range[0]! : (attributeNumbers(attributes, 'valid_min')[0] ?? -Infinity);
  const high = range.length === 2 ? range[1]! : (attributeNumbers(attributes, 'valid_max')[0] ?? Infinity);
  const factors = ['scale_factor', 'add_offset'].map((key) => attributes.get(key)?.type);
  const rangeType = attributes.get(name)?.type ?? type;
  const unpacked =
    factors.some((factor) => factor !== undefined) &&
    typeWidth[rangeType] !== undefined &&
    typeWidth[type] === undefined;
  const convert = (value: number) =>
    unpacked ? value : read(type === 'float32' ? Math.fround(value) : value);
  return { low: convert(low), high: convert(high), unpacked };
}

/**
 * The decoder of a variable. `netcdf`: whether the NetCDF library's default fill values mean "never written";
 * in plain HDF5 files they are ordinary numbers.
 */
export function decoderOf(variable: DataVariable, netcdf = true): Decoder {
  const { attributes, type } = variable;
  const read = reinterpretation(variable);
  const scale = attributeNumbers(attributes, 'scale_factor')[0] ?? 1;
  const offset = attributeNumbers(attributes, 'add_offset')[0] ?? 0;
  const stored = (value: number) => read(type === 'float32' ? Math.fround(value) : value);
  const fills = [
    ...attributeNumbers(attributes, '_FillValue'),
    ...attributeNumbers(attributes, 'missing_value'),
  ]
    .filter((value) => !Number.isNaN(value))
    .map(stored);
  const automatic = defaultFill[type];
  if (netcdf && !attributes.has('_FillValue') && automatic !== undefined) fills.push(read(automatic));
  const { low, high, unpacked } = validRange(attributes, type, read);
  const [fill = Number.NaN, secondFill = Number.NaN, ...moreFills] = fills;
  const asStored = !attributes.has('_Unsigned');
  const packed = scale !== 1 || offset !== 0;
  const ranged = low !== -Infinity || high !== Infinity;

  return {
    decode(raw, out, at = 0) {
      const { length } = raw;
      // Millions of values pass here for every map: the usual case is kept free of calls, and of accesses that
      // depend on the type of what is stored.
      if (asStored && moreFills.length === 0 && !ranged && fitsExactly(raw, out)) {
        out.set(raw, at);
        unpack(out, at, at + length, [fill, secondFill], packed ? { scale, offset } : null);
        return out;
      }
      if (asStored && moreFills.length === 0 && !ranged && !isBig(raw)) {
        for (let i = 0; i < length; i++) {
          const value = raw[i]!;
          const missing = value === fill || value === secondFill;
          out[at + i] = missing ? Number.NaN : packed ? value * scale + offset : value;
        }
        return out;
      }
      for (let i = 0; i < length; i++) {
        const value = read(Number(raw[i]));
        const physical = value * scale + offset;
        const judged = unpacked ? physical : value;
        const missing = value === fill || value === secondFill || moreFills.includes(value);
        out[at + i] = missing || judged < low || judged > high ? Number.NaN : physical;
      }
      return out;
    },
  };
}

/** Whether every stored number is one of the target's. */
function fitsExactly(
  raw: RawArray,
  out: Float32Array | Float64Array,
): raw is Exclude<RawArray, BigInt64Array | BigUint64Array> {
  if (isBig(raw)) return false;
  return out instanceof Float64Array || raw instanceof Float32Array || raw.BYTES_PER_ELEMENT < 4;
}

function unpack(
  values: Float32Array | Float64Array,
  first: number,
  end: number,
  [fill, secondFill]: readonly [number, number],
  packing: { scale: number; offset: number } | null,
): void {
  const { scale, offset } = packing ?? { scale: 1, offset: 0 };
  for (let i = first; i < end; i++) {
    const value = values[i]!;
    if (value === fill || value === secondFill) values[i] = Number.NaN;
    else if (packing) values[i] = value * scale + offset;
  }
}

function isBig(raw: RawArray): raw is BigInt64Array | BigUint64Array {
  return raw instanceof BigInt64Array || raw instanceof BigUint64Array;
}
