/** The data plane's differences: one field minus another, where both can be compared. */
import { describe, expect, it } from 'vitest';
import type { FieldData } from '#main/engine/protocol.ts';
import type { Core } from '#main/service/core.ts';
import { fieldResolver } from '#main/service/fields.ts';
import type { OpenedFiles } from '#main/service/opened-files.ts';
import type { StoredField } from '#shared/contract/fields.ts';

const fields: Record<string, FieldData> = {
  warm: field([3, 5, Number.NaN, 1], 'degC', 2),
  cold: field([1, 7, 2, Number.NaN], 'celsius', 2),
  wide: field([1, 7, 2, 4, 4, 4], 'degC', 2),
  flow: field([1, 7, 2, 4], 'm s-1', 2),
  // A body that turns as a whole, once around: u = −ω y, v = ω x with ω = 3 1/s on points 0.5 m apart, rows upwards.
  turningU: field([0, 0, 0, -1.5, -1.5, -1.5, -3, -3, -3], 'm s-1', 3),
  turningV: field([0, 1.5, 3, 0, 1.5, 3, 0, 1.5, 3], 'm s-1', 3),
  stone: field([0, 0, 0, 0, 1, 0, 0, 0, 0], '1', 3),
};

function field(values: number[], units: string, height: number): FieldData {
  const data = Float32Array.from(values);
  return { data, height, width: data.length / height, units, range: null, date: units };
}

const core = {
  files: { call: async (_name: string, { quantity }: { quantity: string }) => fields[quantity] },
  entities: { forecasts: { folder: (id: string) => id } },
} as unknown as Core;
const resolve = fieldResolver(core, {} as OpenedFiles);
const address = (quantity: string) =>
  ({ kind: 'forecast', forecast: 'f', quantity, start: 0, lead: 0 }) as StoredField;
const difference = (first: string, second: string) =>
  resolve({ kind: 'difference', first: address(first), second: address(second) });

describe('the difference of two fields', () => {
  it('is the first minus the second, missing where either is', async () => {
    const { data, range, units, date, height, width } = await difference('warm', 'cold');
    expect([...data]).toEqual([2, -2, Number.NaN, Number.NaN]);
    expect({ range, units, date, height, width }).toEqual({
      range: { min: -2, max: 2 },
      units: 'degC',
      date: 'degC',
      height: 2,
      width: 2,
    });
    expect((await difference('cold', 'warm')).range).toEqual({ min: -2, max: 2 });
    expect([...(await difference('warm', 'warm')).data]).toEqual([0, 0, Number.NaN, 0]);
  });

  it('is refused in one sentence where grids or units differ', async () => {
    await expect(difference('warm', 'wide')).rejects.toThrow(/grid of 2 × 2 cells and one of 2 × 3 cells/);
    await expect(difference('warm', 'flow')).rejects.toThrow(/°C and one in m/);
  });
});

describe('what follows from a velocity', () => {
  const flow = (quantity: 'vorticity' | 'speed', more: { u?: string; y?: number; solid?: string } = {}) =>
    resolve({
      kind: 'flow',
      quantity,
      u: address(more.u ?? 'turningU'),
      v: address('turningV'),
      spacing: { x: 0.5, y: more.y ?? 0.5 },
      lengthUnits: 'm',
      solid: more.solid ? address(more.solid) : null,
    });

  it('is twice the angular velocity everywhere in a body that turns as a whole', async () => {
    const { data, units, range } = await flow('vorticity');
    for (const value of data) expect(value).toBeCloseTo(6, 5);
    expect(units).toBe('s-1');
    expect(range?.min).toBeCloseTo(6, 5);
  });

  it('follows the direction of the rows', async () => {
    // The same numbers with rows downwards: a pure strain, which does not turn.
    for (const value of (await flow('vorticity', { y: -0.5 })).data) expect(value).toBeCloseTo(0, 5);
  });

  it('has speeds in the units of the velocity, and nothing in solid cells', async () => {
    const { data, units } = await flow('speed', { solid: 'stone' });
    expect(data[8]).toBeCloseTo(3 * Math.SQRT2, 5);
    expect(data[4]).toBeNaN();
    expect(units).toBe('m s-1');
  });

  it('says which fields make no flow', async () => {
    await expect(flow('speed', { u: 'wide' })).rejects.toThrow(/have no common flow/);
    await expect(flow('speed', { u: 'stone' })).rejects.toThrow(/are not of one flow/);
  });
});
