/** Small data files for the tests, made in memory byte by byte or through our own writer. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'driftcast-data-'));
}

interface Variable {
  name: string;
  dims: string[];
  type: 'int8' | 'int16' | 'int32' | 'float32' | 'float64';
  values: ArrayLike<number>;
  attributes?: Record<string, string | { type: 'int16' | 'float32' | 'float64'; values: number[] }>;
}

interface Options {
  version?: 1 | 2 | 5;
  /** A size of 0 is the unlimited dimension. */
  dims: Record<string, number>;
  records?: number;
  variables: Variable[];
  /** Write the mark of a stream instead of the number of records. */
  streaming?: boolean;
  /** Global ones. */
  attributes?: Record<string, string>;
}

const codes = { int8: 1, char: 2, int16: 3, int32: 4, float32: 5, float64: 6 };
const sizes = { int8: 1, int16: 2, int32: 4, float32: 4, float64: 8 };

function encode(type: keyof typeof sizes, values: ArrayLike<number>): Buffer {
  const size = sizes[type];
  const bytes = Buffer.alloc(values.length * size);
  for (let i = 0; i < values.length; i++) {
    const at = i * size;
    if (type === 'int8') bytes.writeInt8(values[i]!, at);
    else if (type === 'int16') bytes.writeInt16BE(values[i]!, at);
    else if (type === 'int32') bytes.writeInt32BE(values[i]!, at);
    else if (type === 'float32') bytes.writeFloatBE(values[i]!, at);
    else bytes.writeDoubleBE(values[i]!, at);
  }
  return bytes;
}

const pad = (bytes: Buffer) => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)]);

/** A NetCDF-3 file, written from the format specification and independently of the reader. */
export function netcdf3({
  version = 1,
  dims,
  records = 0,
  variables,
  streaming,
  attributes = {},
}: Options): Buffer {
  const int = (n: number) => {
    const b = Buffer.alloc(4);
    b.writeUInt32BE(n);
    return b;
  };
  const long = (n: number) => {
    const b = Buffer.alloc(8);
    b.writeBigUInt64BE(BigInt(n));
    return b;
  };
  const size = version === 5 ? long : int;
  const text = (s: string) => Buffer.concat([size(Buffer.byteLength(s)), pad(Buffer.from(s))]);
  const list = (tag: number, items: Buffer[]) =>
    Buffer.concat([int(items.length ? tag : 0), size(items.length), ...items]);
  const attribute = ([name, value]: [string, string | { type: keyof typeof sizes; values: number[] }]) =>
    typeof value === 'string'
      ? Buffer.concat([text(name), int(codes.char), text(value)])
      : Buffer.concat([
          text(name),
          int(codes[value.type]),
          size(value.values.length),
          pad(encode(value.type, value.values)),
        ]);
  const names = Object.keys(dims);
  const isRecord = (v: Variable) => v.dims.length > 0 && dims[v.dims[0]!] === 0;
  const slab = (v: Variable) =>
    v.dims
      .map((d) => dims[d]!)
      .filter((n) => n > 0)
      .reduce((a, b) => a * b, 1) * sizes[v.type];
  const recordVariables = variables.filter(isRecord);
  const padded = (n: number) => Math.ceil(n / 4) * 4;
  const recordSlab = (v: Variable) => (recordVariables.length === 1 ? slab(v) : padded(slab(v)));
  const header = (begins: number[]) =>
    Buffer.concat([
      Buffer.from([0x43, 0x44, 0x46, version]),
      streaming ? Buffer.alloc(version === 5 ? 8 : 4, 0xff) : size(records),
      list(
        0x0a,
        names.map((name) => Buffer.concat([text(name), size(dims[name]!)])),
      ),
      list(0x0c, Object.entries({ title: 'made for a test', ...attributes }).map(attribute)),
      list(
        0x0b,
        variables.map((v, i) =>
          Buffer.concat([
            text(v.name),
            size(v.dims.length),
            ...v.dims.map((d) => size(names.indexOf(d))),
            list(0x0c, Object.entries(v.attributes ?? {}).map(attribute)),
            int(codes[v.type]),
            size(padded(slab(v))),
            version === 1 ? int(begins[i]!) : long(begins[i]!),
          ]),
        ),
      ),
    ]);
  let at = header(variables.map(() => 0)).length;
  const begins = variables.map(() => 0);
  for (const record of [false, true]) {
    for (const [i, v] of variables.entries()) {
      if (isRecord(v) !== record) continue;
      begins[i] = at;
      at += record ? recordSlab(v) : padded(slab(v));
    }
  }
  const parts: Buffer[] = [header(begins)];
  for (const v of variables) if (!isRecord(v)) parts.push(pad(encode(v.type, v.values)));
  for (let r = 0; r < records; r++) {
    for (const v of recordVariables) {
      const n = slab(v) / sizes[v.type];
      const bytes = encode(
        v.type,
        Array.from({ length: n }, (_, i) => v.values[r * n + i]!),
      );
      parts.push(recordVariables.length === 1 ? bytes : pad(bytes));
    }
  }
  return Buffer.concat(parts);
}

export interface FieldFile {
  times: number;
  height: number;
  width: number;
  /** Value at time, row, column; NaN is stored as the fill value. */
  value: (t: number, y: number, x: number) => number;
  timeUnits?: string;
  calendar?: string;
  timeValues?: number[];
  latitudes?: number[];
  longitudes?: number[];
}

/** Writes a file with one field `sst` [time, lat, lon]; answers its path. */
export function writeFieldFile(folder: string, name: string, file: FieldFile): string {
  const { times, height, width, value } = file;
  const values: number[] = [];
  for (let t = 0; t < times; t++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const v = value(t, y, x);
        values.push(Number.isNaN(v) ? -999 : v);
      }
    }
  }
  const index = (n: number) => Array.from({ length: n }, (_, i) => i);
  const path = join(folder, name);
  const bytes = netcdf3({
    version: 2,
    dims: { time: 0, lat: height, lon: width },
    records: times,
    variables: [
      {
        name: 'time',
        dims: ['time'],
        type: 'float64',
        values: file.timeValues ?? index(times),
        attributes: {
          units: file.timeUnits ?? 'days since 2001-01-01',
          ...(file.calendar ? { calendar: file.calendar } : {}),
        },
      },
      {
        name: 'lat',
        dims: ['lat'],
        type: 'float32',
        values: file.latitudes ?? index(height),
        attributes: { units: 'degrees_north' },
      },
      {
        name: 'lon',
        dims: ['lon'],
        type: 'float32',
        values: file.longitudes ?? index(width),
        attributes: { units: 'degrees_east' },
      },
      {
        name: 'sst',
        dims: ['time', 'lat', 'lon'],
        type: 'float32',
        values,
        attributes: { units: 'degC', _FillValue: { type: 'float32', values: [-999] } },
      },
    ],
  });
  writeFileSync(path, bytes);
  return path;
}

export interface TrajectoryFile {
  trajectories: number;
  times: number;
  height: number;
  width: number;
  /** By name; value at trajectory, time, row, column; NaN is stored as the fill value. */
  variables: Record<string, (k: number, t: number, y: number, x: number) => number>;
  /** By name; [trajectory, row, column], or [row, column] for functions of two arguments. */
  statics?: Record<
    string,
    ((k: number, y: number, x: number) => number) | ((y: number, x: number) => number)
  >;
  /** Name of the dimension of trajectories; null: the file has none. */
  dimension?: string | null;
  step?: number;
  units?: string;
  y?: number[];
  x?: number[];
  attributes?: Record<string, string>;
}

/** Writes a file as a simulator does, [trajectory, time, y, x]; answers its path. */
export function writeTrajectoryFile(folder: string, name: string, file: TrajectoryFile): string {
  const { trajectories, times, height, width, statics = {}, dimension = 'trajectory', step = 0.5 } = file;
  const index = (n: number) => Array.from({ length: n }, (_, i) => i);
  const runs = dimension === null ? [] : [dimension];
  const coordinate = (of: string, values: number[], attributes: Record<string, string>): Variable => ({
    name: of,
    dims: [of],
    type: 'float64',
    values,
    attributes,
  });
  const fields = Object.entries(file.variables).map(([of, value]): Variable => {
    const values = index(trajectories).flatMap((k) =>
      index(times).flatMap((t) => index(height).flatMap((y) => index(width).map((x) => value(k, t, y, x)))),
    );
    return {
      name: of,
      dims: [...runs, 'time', 'y', 'x'],
      type: 'float32',
      values: values.map((value) => (Number.isNaN(value) ? -999 : value)),
      attributes: { units: 'm s-1', _FillValue: { type: 'float32', values: [-999] } },
    };
  });
  const masks = Object.entries(statics).map(([of, value]): Variable => {
    const each = (k: number) =>
      index(height).flatMap((y) =>
        index(width).map((x) =>
          value.length === 3
            ? (value as (k: number, y: number, x: number) => number)(k, y, x)
            : (value as (y: number, x: number) => number)(y, x),
        ),
      );
    const own = value.length === 3 && dimension !== null;
    return {
      name: of,
      dims: [...(own ? runs : []), 'y', 'x'],
      type: 'float32',
      values: own ? index(trajectories).flatMap(each) : each(0),
    };
  });
  const path = join(folder, name);
  const dims = {
    ...(dimension === null ? {} : { [dimension]: trajectories }),
    time: times,
    y: height,
    x: width,
  };
  const bytes = netcdf3({
    version: 2,
    dims,
    variables: [
      coordinate(
        'time',
        index(times).map((t) => t * step),
        { units: file.units ?? 's', axis: 'T' },
      ),
      coordinate('y', file.y ?? index(height), { units: 'm', axis: 'Y' }),
      coordinate('x', file.x ?? index(width), { units: 'm', axis: 'X' }),
      ...fields,
      ...masks,
    ],
    ...(file.attributes ? { attributes: file.attributes } : {}),
  });
  writeFileSync(path, bytes);
  return path;
}
