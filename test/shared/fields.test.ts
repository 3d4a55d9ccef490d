/** Addresses of fields: what is written is read again. */
import { describe, expect, it } from 'vitest';
import { type FieldAddress, fieldPath, parseFieldPath, seriesPath } from '#shared/contract/fields.ts';

const addresses: FieldAddress[] = [
  { kind: 'file', file: 'a', variable: 'group/v x', time: 3, slices: {} },
  { kind: 'file', file: 'a', variable: 'vx', time: 3, slices: { trajectory: 2, depth: 0 } },
  { kind: 'dataset', dataset: 'flow', channel: 2, time: 40 },
  { kind: 'forecast', forecast: 'f', quantity: 'mean', start: 0, lead: 2 },
  { kind: 'forecast', forecast: 'f', quantity: 'member-3', channel: 2, start: 1, lead: 5 },
  { kind: 'forecast', forecast: 'f', quantity: 'quantile-97.5', start: 0, lead: 0 },
  { kind: 'forecast', forecast: 'f', quantity: 'exceedance--1.5', start: 0, lead: 0 },
  { kind: 'forecast', forecast: 'f', quantity: 'truth-anomaly', start: 0, lead: 0 },
  {
    kind: 'difference',
    first: { kind: 'forecast', forecast: 'f', quantity: 'mean', channel: 1, start: 0, lead: 2 },
    second: { kind: 'file', file: 'a', variable: 'group/v x', time: 3, slices: { depth: 1 } },
  },
  {
    kind: 'difference',
    first: { kind: 'forecast', forecast: 'f', quantity: 'mean', start: 0, lead: 2 },
    second: {
      kind: 'onto',
      field: { kind: 'file', file: 'a', variable: 'group/v x', time: 3, slices: { depth: 1 } },
      like: { kind: 'forecast', forecast: 'f', quantity: 'truth', start: 0, lead: 0 },
    },
  },
  {
    kind: 'onto',
    field: { kind: 'file', file: 'a', variable: 'sst', time: 0, slices: {} },
    like: { kind: 'file', file: 'b', variable: 'temp', time: 0, slices: { level: 2 } },
  },
  {
    kind: 'degrees',
    direction: 'longitude',
    of: { kind: 'file', file: 'a', variable: 'group/v x', time: 3, slices: { depth: 1 } },
  },
  { kind: 'degrees', direction: 'latitude', of: { kind: 'dataset', dataset: 'd', channel: 0, time: 0 } },
  {
    kind: 'coarse',
    stride: 3,
    field: { kind: 'file', file: 'a', variable: 'group/v x', time: 3, slices: { depth: 1 } },
  },
  {
    kind: 'flow',
    quantity: 'vorticity',
    u: { kind: 'file', file: 'a', variable: 'vx', time: 3, slices: { trajectory: 1 } },
    v: { kind: 'file', file: 'a', variable: 'vy', time: 3, slices: { trajectory: 1 } },
    spacing: { x: 0.01, y: -0.01 },
    lengthUnits: 'm',
    solid: { kind: 'file', file: 'a', variable: 'obstacle_mask', time: 0, slices: { trajectory: 1 } },
  },
  {
    kind: 'flow',
    quantity: 'speed',
    u: { kind: 'dataset', dataset: 'flow', channel: 0, time: 3 },
    v: { kind: 'dataset', dataset: 'flow', channel: 1, time: 3 },
    spacing: { x: 1, y: 1 },
    lengthUnits: '',
    solid: null,
  },
];

describe('the address of a field', () => {
  it.each(addresses)('is read as it was written: %o', (address) => {
    expect(parseFieldPath(fieldPath(address))).toEqual(address);
  });

  it('names the same series at every time', () => {
    const [file, later] = [3, 7].map((time) => ({ ...addresses[0], time }) as FieldAddress);
    expect(seriesPath(file!)).toBe(seriesPath(later!));
    expect(seriesPath(addresses[0]!)).not.toBe(seriesPath(addresses[1]!));
    const at = (lead: number) => ({ ...addresses[3], lead }) as FieldAddress & { kind: 'forecast' };
    const difference = (lead: number) => ({ kind: 'difference', first: at(lead), second: at(0) }) as const;
    expect(seriesPath(difference(3))).toBe(seriesPath(difference(1)));
    expect(seriesPath(at(2))).not.toBe(seriesPath({ ...at(2), quantity: 'spread' }));
  });

  it('has one form for the first channel, so that it is kept once', () => {
    const address = { kind: 'forecast', forecast: 'f', quantity: 'truth', start: 0, lead: 0 } as const;
    expect(fieldPath({ ...address, channel: 0 })).toBe(fieldPath(address));
    expect(parseFieldPath(`${fieldPath(address)}?channel=x`)).toBeNull();
  });

  it('refuses differences of differences and quantities that nothing has', () => {
    const field = { kind: 'dataset', dataset: 'flow', channel: 0, time: 0 } as const;
    const once = fieldPath({ kind: 'difference', first: field, second: field });
    const twice = new URLSearchParams({ first: once, second: fieldPath(field) });
    expect(parseFieldPath(`/fields/difference?${twice}`)).toBeNull();
    expect(parseFieldPath('/fields/difference')).toBeNull();
    expect(parseFieldPath('/fields/onto')).toBeNull();
    const stored = new URLSearchParams({ field: fieldPath(field), like: fieldPath(field) });
    expect(parseFieldPath(`/fields/onto?${stored}`), 'no file').toBeNull();
    expect(parseFieldPath('/fields/vorticity')).toBeNull();
    for (const stride of ['0', '-2', 'x'])
      expect(
        parseFieldPath(`/fields/coarse?${new URLSearchParams({ stride, field: fieldPath(addresses[0]!) })}`),
      ).toBeNull();
    const flat = new URLSearchParams({ u: fieldPath(field), v: fieldPath(field), spacing: '0 1' });
    expect(parseFieldPath(`/fields/vorticity?${flat}`)).toBeNull();
    for (const quantity of ['quantile-5000', 'exceedance-', 'exceedance-NaN', 'median'])
      expect(parseFieldPath(`/fields/forecast/f/${quantity}/0/0`)).toBeNull();
  });
});
