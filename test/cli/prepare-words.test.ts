import { describe, expect, it } from 'vitest';
import { parseIrregular } from '#main/cli/parse/prepare.ts';

describe('the words of prepare', () => {
  it('say what to do about irregular times', () => {
    expect(parseIrregular('resample-mean=1d')).toEqual({ kind: 'resample-mean', step: '1d' });
    expect(parseIrregular('interpolate = 6h')).toEqual({ kind: 'interpolate', step: '6h' });
    expect(parseIrregular('split')).toEqual({ kind: 'split' });
    expect(parseIrregular('cut')).toEqual({ kind: 'cut' });
    for (const text of ['', 'resample-mean', 'split=1d', 'mean=1d'])
      expect(() => parseIrregular(text)).toThrow(/does not say/);
  });
});
