import { describe, expect, it } from 'vitest';
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { Field } from '../../../renderer/contract/fields.ts';
import { ShownField } from '../../../renderer/state/shown-field.svelte.ts';

const at = (time: number, variable = 'sst'): FieldAddress => ({
  kind: 'file',
  file: 'a',
  variable,
  time,
  slices: {},
});

/** A store whose answers come when the test says so. */
function slowStore() {
  const asked: string[] = [];
  const waiting = new Map<string, { resolve(field: Field): void; reject(reason: unknown): void }>();
  const key = (address: FieldAddress): string =>
    address.kind === 'coarse'
      ? `${key(address.field)} / ${address.stride}`
      : address.kind === 'file'
        ? `${address.variable} ${address.time}`
        : '';
  return {
    asked,
    get: (address: FieldAddress) =>
      new Promise<Field>((resolve, reject) => {
        asked.push(key(address));
        waiting.set(key(address), { resolve, reject });
      }),
    async answer(name: string, height = 1, width = 1) {
      const data = new Float32Array(height * width).fill(7);
      waiting.get(name)?.resolve({ data, height, width, units: '', range: null, date: name });
      await Promise.resolve();
      await Promise.resolve();
    },
    async refuse(name: string) {
      waiting.get(name)?.reject(new Error('damaged'));
      await Promise.resolve();
      await Promise.resolve();
    },
  };
}

describe('the field that a picture shows', () => {
  it('shows what comes on the way while someone scrubs, and leaves out what was passed meanwhile', async () => {
    const store = slowStore();
    const shown = new ShownField(store);
    for (let time = 0; time < 10; time += 1) shown.show(at(time));
    expect(store.asked).toEqual(['sst 0', 'sst 1']);
    await store.answer('sst 0');
    expect(shown.field?.date).toBe('sst 0');
    expect(shown.loading).toBe(true);
    expect(store.asked).toEqual(['sst 0', 'sst 1', 'sst 9']);
    await store.answer('sst 9');
    expect(shown.field?.date).toBe('sst 9');
    expect(shown.loading).toBe(false);
    await store.answer('sst 1');
    expect(shown.field?.date, 'an older one that comes later').toBe('sst 9');
  });

  it('asks at once for another variable and never goes back to the one before', async () => {
    const store = slowStore();
    const shown = new ShownField(store);
    for (let time = 0; time < 3; time += 1) shown.show(at(time));
    shown.show(at(2, 'ice'));
    expect(store.asked).toEqual(['sst 0', 'sst 1', 'ice 2']);
    await store.answer('sst 0');
    expect(shown.field).toBe(null);
    await store.answer('ice 2');
    await store.answer('sst 1');
    expect(shown.field?.date).toBe('ice 2');
  });

  it('tells a failure of the last one alone, and tries again when asked again', async () => {
    const store = slowStore();
    const shown = new ShownField(store);
    shown.show(at(0));
    shown.show(at(1));
    await store.refuse('sst 0');
    expect(shown.failure).toBe(null);
    await store.refuse('sst 1');
    expect(shown.failure).not.toBe(null);
    shown.show(at(1));
    await store.answer('sst 1');
    expect([shown.failure, shown.field?.date]).toEqual([null, 'sst 1']);
  });

  it('shows large fields that pass every third cell, in their full size, and the one that stays as it is', async () => {
    const store = slowStore();
    const shown = new ShownField(store);
    shown.show(at(0), true);
    await store.answer('sst 0', 720, 1440);
    shown.show(at(1), true);
    shown.show(at(1, 'ice'), true);
    shown.show(at(2), true);
    expect(store.asked).toEqual(['sst 0', 'sst 1 / 3', 'ice 1', 'sst 2 / 3']);
    await store.answer('sst 2 / 3', 240, 480);
    expect([shown.field?.height, shown.field?.width, shown.loading]).toEqual([720, 1440, false]);
    expect(shown.field?.data.every((value) => value === 7)).toBe(true);
    shown.show(at(2));
    expect(store.asked.at(-1)).toBe('sst 2');
  });

  it('is empty once nothing is asked for, whatever comes', async () => {
    const store = slowStore();
    const shown = new ShownField(store);
    shown.show(at(0));
    shown.show(null);
    await store.answer('sst 0');
    expect([shown.field, shown.loading]).toEqual([null, false]);
  });
});
