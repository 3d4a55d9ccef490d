import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decoderOf } from '#main/data/cf/decode.ts';
import { isVerticalOrStacked, roleFromAttributes, roleFromName } from '#main/data/cf/roles.ts';
import type { DataAttribute, DataVariable, RawArray } from '#main/data/formats/dataFile.ts';

const number = (type: string, ...value: number[]): DataAttribute => ({ type, value });
const text = (value: string): DataAttribute => ({ type: 'string', value });

function variable(type: string, attributes: Record<string, DataAttribute>): DataVariable {
  return {
    path: 'v',
    dims: [],
    shape: [],
    type,
    attributes: new Map(Object.entries(attributes)),
    chunks: null,
  };
}

const decode = (type: string, raw: RawArray, attributes: Record<string, DataAttribute>, netcdf = true) => [
  ...decoderOf(variable(type, attributes), netcdf).decode(raw, new Float64Array(raw.length)),
];

describe('decoding', () => {
  it('unpacks and finds missing values among the stored ones', () => {
    const attributes = {
      scale_factor: number('float64', 0.01),
      add_offset: number('float64', 10),
      _FillValue: number('int16', -32768),
      missing_value: number('int16', -1, -2),
    };
    expect(decode('int16', Int16Array.of(100, -32768, -1, -2, -3), attributes)).toEqual([
      11,
      NaN,
      NaN,
      NaN,
      9.97,
    ]);
  });

  it('takes float fill values by their stored rounding, and NaN', () => {
    const attributes = { _FillValue: number('float64', 1e20), missing_value: number('float64', -9.96921e36) };
    const raw = Float32Array.of(1e20, -9.96921e36, Number.NaN, 3);
    expect(decode('float32', raw, attributes)).toEqual([NaN, NaN, NaN, 3]);
  });

  it('knows what was never written, except for bytes and plain HDF5', () => {
    expect(decode('int16', Int16Array.of(-32767, 1), {})).toEqual([NaN, 1]);
    expect(decode('int16', Int16Array.of(-32767, 1), {}, false)).toEqual([-32767, 1]);
    expect(decode('int8', Int8Array.of(-127, 1), {})).toEqual([-127, 1]);
    expect(decode('int64', BigInt64Array.of(-9223372036854775806n, 5n), {})).toEqual([NaN, 5]);
  });

  it('reads signed integers as unsigned where it says so, fill values too', () => {
    const attributes = { _Unsigned: text('true'), _FillValue: number('int8', -1) };
    expect(decode('int8', Int8Array.of(-1, -2, 5), attributes)).toEqual([NaN, 254, 5]);
    expect(decode('uint8', Uint8Array.of(255, 5), { _Unsigned: text('false') })).toEqual([-1, 5]);
  });

  it('applies ranges to packed values unless their type is that of the factors', () => {
    const factors = { scale_factor: number('float32', 0.5), add_offset: number('float32', 0) };
    const raw = Int16Array.of(0, 10, 30);
    expect(decode('int16', raw, { ...factors, valid_range: number('int16', 5, 20) })).toEqual([NaN, 5, NaN]);
    expect(decode('int16', raw, { ...factors, valid_max: number('float32', 10) })).toEqual([0, 5, NaN]);
    expect(decode('float32', Float32Array.of(-1.8, -1.9), { valid_min: number('float64', -1.8) })).toEqual([
      Math.fround(-1.8),
      NaN,
    ]);
  });

  it('is exact to float32 for every stored value', () => {
    fc.assert(
      fc.property(
        fc.int16Array({ minLength: 1 }),
        fc.double({ min: 1e-4, max: 10, noNaN: true }),
        fc.double({ min: -300, max: 300, noNaN: true }),
        (raw, scale, offset) => {
          const decoder = decoderOf(
            variable('int16', {
              scale_factor: number('float64', scale),
              add_offset: number('float64', offset),
              _FillValue: number('int16', 0),
            }),
          );
          const got = decoder.decode(raw, new Float32Array(raw.length));
          for (const [i, value] of got.entries()) {
            expect(value).toBe(raw[i] === 0 ? Number.NaN : Math.fround(raw[i]! * scale + offset));
          }
        },
      ),
    );
  });
});

describe('roles of dimensions', () => {
  const role = (attributes: Record<string, string>) =>
    roleFromAttributes(new Map(Object.entries(attributes).map(([key, value]) => [key, text(value)])));

  it('follow axis, standard name, units and name, in that order', () => {
    expect(role({ axis: 'T' })).toBe('time');
    expect(role({ axis: 'Y', units: 'degrees_north' })).toBe('latitude');
    expect(role({ axis: 'X', standard_name: 'projection_x_coordinate', units: 'm' })).toBe('x');
    expect(role({ standard_name: 'latitude' })).toBe('latitude');
    expect(role({ units: 'degrees_east' })).toBe('longitude');
    expect(role({ units: 'hours since 1900-01-01' })).toBe('time');
    expect(role({ units: 'millibars' })).toBeNull();
    expect(roleFromName('nav_lon')).toBe('longitude');
    expect(roleFromName('time_counter')).toBe('time');
    expect(isVerticalOrStacked('level')).toBe(true);
    expect(isVerticalOrStacked('member')).toBe(true);
    expect(isVerticalOrStacked('nlat')).toBe(false);
  });
});
