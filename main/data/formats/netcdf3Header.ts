/**
 * The header of NetCDF-3 files in all three versions: classic (CDF-1), 64-bit offset (CDF-2) and 64-bit data
 * (CDF-5). Written here because no library reads all of them, and because a header from a stranger must be
 * checked against the length of its file before anything is allocated.
 * Source: NetCDF classic format specification (Unidata), CDF-5 specification (PnetCDF).
 */
import {
  type Attributes,
  bytesPerValue,
  type DataAttribute,
  type DataDimension,
  damaged,
  product,
} from './dataFile.ts';

export interface Netcdf3Variable {
  readonly name: string;
  readonly dims: readonly DataDimension[];
  readonly shape: readonly number[];
  readonly type: string;
  readonly attributes: Attributes;
  /** Where the first value lies, in bytes from the start of the file. */
  readonly begin: number;
  readonly isRecord: boolean;
}

export interface Netcdf3Header {
  readonly version: 1 | 2 | 5;
  readonly attributes: Attributes;
  readonly variables: readonly Netcdf3Variable[];
  /** Bytes from one record to the next. */
  readonly recordSize: number;
}

/** Thrown when the header goes on beyond the bytes at hand; the caller reads more of the file. */
export class HeaderTooShort extends Error {}

const types = [
  '',
  'int8',
  'char',
  'int16',
  'int32',
  'float32',
  'float64',
  'uint8',
  'uint16',
  'uint32',
  'int64',
  'uint64',
];

const typeBytes = (type: string) => (type === 'char' ? 1 : bytesPerValue(type));
const padded = (bytes: number) => Math.ceil(bytes / 4) * 4;

/** A cursor over the header's bytes that knows the length of the whole file. */
class Cursor {
  position = 4;
  readonly view: DataView;

  constructor(
    readonly bytes: Uint8Array,
    readonly path: string,
    readonly fileBytes: number,
    readonly version: 1 | 2 | 5,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  fail(what: string): never {
    throw damaged(this.path, `its header ${what} (at byte ${this.position})`);
  }

  need(bytes: number): void {
    if (this.position + bytes > this.fileBytes) this.fail('goes on beyond the end of the file');
    if (this.position + bytes > this.bytes.byteLength) throw new HeaderTooShort();
  }

  uint32(): number {
    this.need(4);
    const value = this.view.getUint32(this.position);
    this.position += 4;
    return value;
  }

  uint64(): number {
    this.need(8);
    const value = this.view.getBigUint64(this.position);
    this.position += 8;
    if (value > BigInt(Number.MAX_SAFE_INTEGER) && value !== 0xffff_ffff_ffff_ffffn) {
      this.fail('states an impossible size');
    }
    return Number(value);
  }

  /** NON_NEG of the specification: 8 bytes in CDF-5. */
  size(): number {
    return this.version === 5 ? this.uint64() : this.uint32();
  }

  /** Number of entries of a list, of which each takes at least `least` bytes. */
  list(tag: number, what: string, least: number): number {
    const found = this.uint32();
    const count = this.size();
    if (found === 0 && count === 0) return 0;
    if (found !== tag) this.fail(`has no list of ${what} where one must be`);
    if (count * least > this.fileBytes - this.position) {
      this.fail(`announces ${count} ${what}, more than the file can hold`);
    }
    return count;
  }

  padding(length: number): void {
    const bytes = padded(length) - length;
    this.need(bytes);
    for (let i = 0; i < bytes; i++) {
      if (this.bytes[this.position + i] !== 0) this.fail('is not padded with zeros after a name or a value');
    }
    this.position += bytes;
  }

  text(): string {
    const length = this.size();
    this.need(length);
    const text = new TextDecoder().decode(this.bytes.subarray(this.position, this.position + length));
    this.position += length;
    this.padding(length);
    // Names are C strings; some writers count the closing zero.
    return text.replace(/\0.*$/s, '');
  }

  type(): string {
    const code = this.uint32();
    const type = types[code];
    if (!type || (this.version !== 5 && code > 6)) this.fail(`names the unknown type ${code}`);
    return type;
  }

  attribute(): DataAttribute {
    const type = this.type();
    const count = this.size();
    const bytes = count * typeBytes(type);
    this.need(bytes);
    const at = this.position;
    this.position += bytes;
    const value =
      type === 'char'
        ? new TextDecoder().decode(this.bytes.subarray(at, at + count)).replace(/\0+$/, '')
        : Array.from({ length: count }, (_, i) => this.number(type, at + i * typeBytes(type)));
    // Some writers fill up numeric attributes with other bytes than zeros; nothing depends on them.
    this.need(padded(bytes) - bytes);
    this.position += padded(bytes) - bytes;
    return { type: type === 'char' ? 'string' : type, value };
  }

  number(type: string, at: number): number {
    const { view } = this;
    if (type === 'int8') return view.getInt8(at);
    if (type === 'uint8') return view.getUint8(at);
    if (type === 'int16') return view.getInt16(at);
    if (type === 'uint16') return view.getUint16(at);
    if (type === 'int32') return view.getInt32(at);
    if (type === 'uint32') return view.getUint32(at);
    if (type === 'float32') return view.getFloat32(at);
    if (type === 'float64') return view.getFloat64(at);
    return Number(type === 'int64' ? view.getBigInt64(at) : view.getBigUint64(at));
  }

  attributes(): Attributes {
    const count = this.list(0x0c, 'attributes', 12);
    const attributes = new Map<string, DataAttribute>();
    for (let i = 0; i < count; i++) attributes.set(this.text(), this.attribute());
    return attributes;
  }
}

function readDimensions(cursor: Cursor): { name: string; size: number }[] {
  const count = cursor.list(0x0a, 'dimensions', 8);
  const dims: { name: string; size: number }[] = [];
  for (let i = 0; i < count; i++) dims.push({ name: cursor.text(), size: cursor.size() });
  if (dims.filter((dim) => dim.size === 0).length > 1) {
    cursor.fail('has more than one unlimited dimension');
  }
  return dims;
}

interface RawVariable {
  name: string;
  ids: number[];
  attributes: Attributes;
  type: string;
  begin: number;
}

function readVariables(cursor: Cursor, dims: readonly { name: string; size: number }[]): RawVariable[] {
  const count = cursor.list(0x0b, 'variables', 28);
  const variables: RawVariable[] = [];
  for (let i = 0; i < count; i++) {
    const name = cursor.text();
    const rank = cursor.size();
    if (rank > 1024) cursor.fail(`gives "${name}" ${rank} dimensions`);
    const ids = Array.from({ length: rank }, () => cursor.size());
    for (const [place, id] of ids.entries()) {
      if (id >= dims.length) cursor.fail(`gives "${name}" a dimension that does not exist`);
      if (dims[id]!.size === 0 && place > 0)
        cursor.fail(`puts the unlimited dimension of "${name}" not first`);
    }
    const attributes = cursor.attributes();
    const type = cursor.type();
    // The stored size overflows for large variables; it follows from the dimensions anyway.
    cursor.size();
    const begin = cursor.version === 1 ? cursor.uint32() : cursor.uint64();
    variables.push({ name, ids, attributes, type, begin });
  }
  return variables;
}

/**
 * Parses the header from the first bytes of a file of `fileBytes` bytes, and refuses files that are shorter than
 * their header says: most readers would deliver zeros for the missing tail.
 * Throws {@link HeaderTooShort} where `bytes` ends too early, and `damaged-file`.
 */
export function parseNetcdf3Header(bytes: Uint8Array, path: string, fileBytes: number): Netcdf3Header {
  const version = bytes[3];
  if (version !== 1 && version !== 2 && version !== 5) throw damaged(path, 'it is of no known version');
  const cursor = new Cursor(bytes, path, fileBytes, version);
  const stated = cursor.size();
  const rawDims = readDimensions(cursor);
  const attributes = cursor.attributes();
  const raw = readVariables(cursor, rawDims);
  const headerBytes = cursor.position;

  const isRecord = (variable: RawVariable) =>
    variable.ids.length > 0 && rawDims[variable.ids[0]!]!.size === 0;
  const sizes = raw.map(
    (variable) =>
      product(variable.ids.map((id) => rawDims[id]!.size).filter((size, i) => i > 0 || size > 0)) *
      typeBytes(variable.type),
  );
  const records = raw
    .map((variable, i) => ({ variable, bytes: sizes[i]! }))
    .filter((r) => isRecord(r.variable));
  // A single record variable is packed without padding (format specification, "Note on padding").
  const recordSize =
    records.length === 1 ? records[0]!.bytes : records.reduce((sum, record) => sum + padded(record.bytes), 0);

  const streaming = version === 5 ? Number(0xffff_ffff_ffff_ffffn) : 0xffff_ffff;
  const firstRecord = records.reduce((least, { variable }) => Math.min(least, variable.begin), Infinity);
  let recordCount = stated;
  if (stated === streaming) {
    recordCount =
      records.length === 0 || recordSize === 0
        ? 0
        : Math.max(0, Math.floor((fileBytes - firstRecord) / recordSize));
  }
  for (const [i, variable] of raw.entries()) {
    if (variable.begin < headerBytes) cursor.fail(`places "${variable.name}" inside of itself`);
    const end =
      isRecord(variable) && recordCount > 0
        ? variable.begin + (recordCount - 1) * recordSize + sizes[i]!
        : variable.begin + (isRecord(variable) ? 0 : sizes[i]!);
    if (!(end <= fileBytes)) {
      throw damaged(
        path,
        `it is cut short: "${variable.name}" goes on to byte ${end}, but the file ends at byte ${fileBytes}`,
      );
    }
  }

  const dims: DataDimension[] = rawDims.map((dim) => ({
    name: dim.name,
    path: dim.name,
    size: dim.size === 0 ? recordCount : dim.size,
    unlimited: dim.size === 0,
  }));
  const variables = raw.map((variable): Netcdf3Variable => {
    const own = variable.ids.map((id) => dims[id]!);
    return {
      name: variable.name,
      dims: own,
      shape: own.map((dim) => dim.size),
      type: variable.type,
      attributes: variable.attributes,
      begin: variable.begin,
      isRecord: isRecord(variable),
    };
  });
  return { version, attributes, variables, recordSize };
}
