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
