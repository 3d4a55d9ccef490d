/** The window's address is read back as it was written, and anything else is harmless. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatAddress, parameterNames, parseAddress, places } from '../../../renderer/state/address.ts';

describe('addresses', () => {
  it('come back as they were written', () => {
    const parameters = fc.dictionary(fc.constantFrom(...parameterNames), fc.string({ minLength: 1 }));
    fc.assert(
      fc.property(fc.constantFrom(...places), parameters, (place, given) => {
        expect(parseAddress(formatAddress({ place, parameters: given }))).toEqual({
          place,
          parameters: { ...given },
        });
      }),
    );
  });

  it('fall back to the Data place and drop what they do not know', () => {
    expect(parseAddress('#/nowhere?run=a&evil=1')).toEqual({ place: 'data', parameters: { run: 'a' } });
    expect(parseAddress('')).toEqual({ place: 'data', parameters: {} });
  });
});
