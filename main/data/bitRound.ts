/**
 * Rounds single-precision numbers to a few significant bits, so that deflate finds something to compress in fields
 * whose last digits mean nothing. Round to nearest, ties to even; what is left out is zero bits.
 * Source: BitRound, CF conventions 1.12 section 8.4; Klöwer et al. 2021, doi:10.1038/s43588-021-00156-2.
 */
import type { AttributeValue } from './formats/netcdf4Writer.ts';

/** Explicit mantissa bits of a float32: keeping that many changes nothing. */
export const mostSignificantBits = 23;

const exponentBits = 0x7f80_0000;

/** Largest relative error of {@link bitRound} for normal numbers: half a unit of the last kept bit. */
export const bitRoundError = (bits: number): number => 2 ** -(bits + 1);

/**
 * A copy with `bits` explicit mantissa bits, 1–23, of every value. NaN and infinities stay what they are; a number that
 * would round beyond the largest one is cut off instead.
 */
export function bitRound(values: Float32Array, bits: number): Float32Array {
  const rounded = Float32Array.from(values);
  const dropped = mostSignificantBits - bits;
  if (dropped === 0) return rounded;
  const words = new Uint32Array(rounded.buffer);
  const kept = ~((1 << dropped) - 1);
  const belowHalf = (1 << (dropped - 1)) - 1;
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if ((word & exponentBits) === exponentBits) continue;
    const odd = (word >>> dropped) & 1;
    const up = (word + belowHalf + odd) & kept;
    words[i] = (up & exponentBits) === exponentBits ? word & kept : up;
  }
  return rounded;
}

/** The variable that says how a file's values were rounded, and what each of them says about itself. */
export const quantization = {
  container: 'quantization_info',
  containerAttributes: (version: string): Record<string, AttributeValue> => ({
    algorithm: 'bitround',
    implementation: `Driftcast ${version}`,
  }),
  attributes: (bits: number): Record<string, AttributeValue> => ({
    quantization: 'quantization_info',
    quantization_nsb: new Int32Array([bits]),
    quantization_maximum_relative_error: new Float32Array([bitRoundError(bits)]),
  }),
} as const;
