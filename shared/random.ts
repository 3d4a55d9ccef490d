/**
 * Seeded random numbers for everything outside the tensor runtime: data order, ties in rank histograms,
 * bootstrap draws. Results must be the same on every machine and after every restart, so streams are named
 * by numbers (seed, then whatever identifies the use) instead of living on as hidden state.
 */

/** Finaliser of MurmurHash3: every input bit reaches every output bit. */
function scramble(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/**
 * One 32-bit seed out of several integers, different for every combination and order of them; negative and
 * large integers (up to 2^53) count in full.
 */
export function combineSeeds(...parts: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const part of parts) {
    const high = Math.floor(part / 0x1_0000_0000);
    h = scramble(h ^ scramble((part >>> 0) + 0x7f4a7c15));
    h = scramble(Math.imul(h, 5) ^ scramble(high ^ 0x165667b1));
  }
  return h;
}

/** Chris Doty-Humphrey's sfc32: 128 bits of state, passes PractRand. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  /** `parts` name the stream: the same parts give the same numbers, others independent ones. */
  constructor(...parts: readonly number[]) {
    this.#a = combineSeeds(1, ...parts);
    this.#b = combineSeeds(2, ...parts);
    this.#c = combineSeeds(3, ...parts);
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Uniform in [0, 1) with 53 random bits. */
  uniform(): number {
    return ((this.bits() >>> 5) * 0x400_0000 + (this.bits() >>> 6)) / 0x20_0000_0000_0000;
  }

  /** Uniform in {0, …, count − 1}; count from 1 to 2^32. Rejection keeps it free of bias. */
  integer(count: number): number {
    const limit = 0x1_0000_0000 - (0x1_0000_0000 % count);
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % count;
  }

  /** The numbers 0 … count − 1 in random order (Fisher and Yates). */
  permutation(count: number): Uint32Array {
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    for (let i = count - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const held = order[i]!;
      order[i] = order[j]!;
      order[j] = held;
    }
    return order;
  }
}
