/** A colour map from outside of the built-in list, as ARCHITECTURE.md says to add one. */
import { expect, it, onTestFinished } from 'vitest';
import {
  colourOf,
  colourTable,
  colourTableNames,
  registerColourTable,
} from '../../../renderer/scenes/colour-tables.ts';
import { ColourChoice } from '../../../renderer/state/colour-choice.svelte.ts';
import { Parameters } from '../state/parameters.svelte.ts';

const hex = (value: number) => value.toString(16).padStart(2, '0');
const reds = {
  name: 'reds',
  kind: 'diverging',
  use: 'tests',
  colours: Array.from({ length: 256 }, (_, i) => `${hex(i)}0000`).join(''),
};

it('a colour map from outside is listed, chosen and drawn like the others', () => {
  const remove = registerColourTable(reds);
  onTestFinished(remove);
  expect(colourTableNames().at(-1)).toBe('reds');
  const choice = new ColourChoice(new Parameters(), () => ({ table: 'thermal', name: 'sst' }));
  choice.choose('reds');
  expect(colourOf(choice.table, 0, -1, 1)).toEqual([128, 0, 0]);
  // A diverging one keeps zero in its middle.
  expect(choice.limits(-1, 3)).toEqual({ min: -3, max: 3 });
  choice.next();
  expect(choice.table.name).toBe(colourTableNames()[0]);
  expect(() => registerColourTable(reds)).toThrow(/already/);
  expect(() => registerColourTable({ ...reds, name: 'short', colours: 'ff0000' })).toThrow(/256 colours/);
  remove();
  expect(() => colourTable('reds')).toThrow(/no colour table reds/);
});
