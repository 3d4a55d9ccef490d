import { describe, expect, it } from 'vitest';
import {
  colourTable,
  colourTableNames,
  gradient,
  styledTable,
} from '../../../renderer/scenes/colour-tables.ts';
import { ColourChoice } from '../../../renderer/state/colour-choice.svelte.ts';
import { formatStyle, middleRange, parseStyle, plainStyle } from '../../../renderer/state/colour-style.ts';
import { Parameters } from './parameters.svelte.ts';

const names = colourTableNames();
const rgb = (table: { rgba: Uint8Array }, at: number) => [...table.rgba.subarray(at * 4, at * 4 + 3)];

describe('a colour style', () => {
  it('goes through the address and back', () => {
    for (const style of [
      plainStyle,
      { ...plainStyle, table: 'balance', reversed: true, steps: 8 },
      { ...plainStyle, range: { kind: 'symmetric' } as const },
      { ...plainStyle, range: { kind: 'manual', min: -2, max: 30.5, of: 'sea surface' } as const },
      { ...plainStyle, range: { kind: 'percentiles', min: 1e-9, max: 2e-9, of: 'ocean/sst' } as const },
    ])
      expect(parseStyle(formatStyle(style), names)).toEqual(style);
    expect(formatStyle(plainStyle)).toBeNull();
  });

  it('leaves out what cannot be read', () => {
    expect(parseStyle('rainbow,steps x,manual 3 1 sst,manual 1,reversed', names)).toEqual({
      ...plainStyle,
      reversed: true,
    });
  });

  it('reverses a table and cuts it into steps from one end to the other', () => {
    const thermal = colourTable('thermal');
    expect(styledTable(thermal, false, null)).toBe(thermal);
    const reversed = styledTable(thermal, true, null);
    expect(rgb(reversed, 0)).toEqual(rgb(thermal, 255));
    expect(rgb(reversed, 200)).toEqual(rgb(thermal, 55));
    const steps = styledTable(thermal, false, 5);
    expect(new Set(Array.from({ length: 256 }, (_, at) => rgb(steps, at).join())).size).toBe(5);
    expect(rgb(steps, 0)).toEqual(rgb(thermal, 0));
    expect(rgb(steps, 255)).toEqual(rgb(thermal, 255));
    expect(styledTable(thermal, false, 5)).toBe(steps);
    // Each colour from one place to the next, without a blend between them.
    expect(gradient(steps).match(/rgb\([^)]*\) [\d.]+% [\d.]+%/g)).toHaveLength(5);
    expect(gradient(steps)).toContain(' 100.00%)');
  });

  it('tells the middle of a field from its values, whatever is missing', () => {
    const values = Float32Array.from({ length: 1001 }, (_, i) => (i % 10 === 3 ? Number.NaN : i));
    expect(middleRange(values)!.min).toBeCloseTo(20, -1);
    expect(middleRange(values)!.max).toBeCloseTo(980, -1);
    expect(middleRange([7, 7, Number.NaN])).toBeNull();
    expect(middleRange([])).toBeNull();
  });
});

describe('the choice of colours', () => {
  const choiceFor = (quantity: { table: string; name: string }) =>
    new ColourChoice(new Parameters(), () => quantity);

  it('keeps limits for the quantity that they were typed for', () => {
    const quantity = { table: 'thermal', name: 'sst' };
    const choice = choiceFor(quantity);
    expect(choice.limits(1.2, 28.7)).toEqual({ min: 0, max: 30 });
    expect(choice.showBetween(30, -2)).toBe(false);
    expect(choice.showBetween(-2, 26)).toBe(true);
    expect(choice.limits(1.2, 28.7)).toEqual({ min: -2, max: 26 });
    expect(choice.open).toBe(true);
    quantity.name = 'salinity';
    const other = choice.limits(30, 40);
    expect(other).toEqual({ min: 30, max: 40 });
    expect(choice.open).toBe(false);
  });

  it('puts zero in the middle where asked, with any table', () => {
    const choice = choiceFor({ table: 'thermal', name: 'sst' });
    choice.showSymmetric();
    expect(choice.limits(-1, 3)).toEqual({ min: -3, max: 3 });
    choice.showMiddle([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    expect(choice.limits(-100, 100)).toEqual({ min: 0, max: 10 });
    expect(choice.showMiddle([])).toBe(false);
    choice.showWhole();
    expect(choice.limits(0, 10)).toEqual({ min: 0, max: 10 });
  });

  it('goes on to the next map and keeps direction and steps', () => {
    const choice = choiceFor({ table: 'thermal', name: 'sst' });
    choice.reverse(true);
    choice.step(8);
    choice.next();
    expect(choice.table.name).toBe('balance reversed in 8 steps');
    expect(choice.tableName).toBe('balance');
  });
});
