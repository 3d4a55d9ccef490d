import { describe, expect, it } from 'vitest';
import { chosenSlices, parseSlices } from '#main/cli/parse/prepare.ts';
import { fileSummary } from './samples.ts';

const chosen = (...texts: string[]) => chosenSlices(parseSlices(texts), fileSummary());

describe('choices in other dimensions', () => {
  it('are coordinates, with or without units, or indices', () => {
    expect(chosen('depth=10')).toEqual({ depth: 2 });
    expect(chosen('depth = 5 m')).toEqual({ depth: 1 });
    expect(chosen('depth=#2')).toEqual({ depth: 2 });
    // No coordinate, but an index.
    expect(chosen('depth=1')).toEqual({ depth: 1 });
    expect(chosen()).toEqual({});
  });

  it('are refused with what there is', () => {
    expect(() => chosen('depth=7')).toThrow('The dimension depth has no entry at 7 m.');
    expect(() => chosen('depth=#3')).toThrow('The dimension depth has no index 3.');
    expect(() => chosen('level=1')).toThrow('sst.nc has no dimension "level"');
    expect(() => chosen('depth')).toThrow('is not of the form dimension=value');
  });
});
