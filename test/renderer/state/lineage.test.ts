/** Where things came from, also where some of it is gone. */
import { describe, expect, it } from 'vitest';
import {
  ancestors,
  descendants,
  type Holdings,
  itemAddress,
  parseItem,
} from '../../../renderer/state/lineage.ts';

const holdings = {
  datasets: [
    { id: 'd', name: 'Pacific', sources: [{ name: 'sst.1.nc' }, { name: 'sst.2.nc' }] },
    { id: 'e', name: 'Atlantic', sources: [{ name: 'atl.nc' }] },
  ],
  runs: [
    { id: 'child', name: 'Tuned', dataset: 'd', parent: 'base' },
    { id: 'base', name: 'Base', dataset: 'd', parent: null },
    { id: 'circle', name: 'Circle', dataset: 'gone', parent: 'circle' },
  ],
  forecasts: [
    { id: 'f', name: 'June', run: 'child', dataset: 'd' },
    { id: 'g', name: 'Elsewhere', run: 'base', dataset: 'e' },
    { id: 'h', name: 'Orphan', run: 'lost', dataset: 'd' },
  ],
} as unknown as Holdings;

const told = (kin: ReturnType<typeof ancestors>) => kin.map(({ relation, name }) => `${relation}: ${name}`);

describe('lineage', () => {
  it('leads from the files to a forecast by way of what its run was fine-tuned from', () => {
    expect(told(ancestors({ kind: 'forecast', id: 'f' }, holdings))).toEqual([
      'file: sst.1.nc',
      'file: sst.2.nc',
      'dataset: Pacific',
      'fine-tuned from: Base',
      'run: Tuned',
    ]);
  });

  it('tells where a forecast was made on other data, and what is gone', () => {
    expect(told(ancestors({ kind: 'forecast', id: 'g' }, holdings)).slice(-2)).toEqual([
      'run: Base',
      'forecast on: Atlantic',
    ]);
    expect(told(ancestors({ kind: 'forecast', id: 'h' }, holdings))).toEqual([
      'run: lost (deleted)',
      'forecast on: Pacific',
    ]);
    expect(told(ancestors({ kind: 'run', id: 'circle' }, holdings))).toEqual(['dataset: gone (deleted)']);
  });

  it('lists what was made of a thing', () => {
    expect(told(descendants({ kind: 'dataset', id: 'd' }, holdings))).toEqual(['run: Tuned', 'run: Base']);
    expect(told(descendants({ kind: 'run', id: 'base' }, holdings))).toEqual([
      'fine-tuned from it: Tuned',
      'forecast: Elsewhere',
    ]);
    expect(descendants({ kind: 'forecast', id: 'f' }, holdings)).toEqual([]);
  });

  it('has addresses that are read back', () => {
    expect(parseItem(itemAddress({ kind: 'run', id: 'a.b' }))).toEqual({ kind: 'run', id: 'a.b' });
    for (const text of [null, '', 'run', 'run/', 'job/1']) expect(parseItem(text)).toBeNull();
  });
});
