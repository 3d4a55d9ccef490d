/**
 * Fourier transforms of any length, many at once. The libraries at hand take powers of two only, or one series at a
 * time; boxes of 60 × 60 need neither. Stockham's self-sorting scheme with radices 4, 2, 3 and 5, and direct sums for
 * other primes (Van Loan 1992, Computational Frameworks for the Fast Fourier Transform, section 1.7).
 */

import { type Pair, passOf, type Stage } from './passes.ts';

function radixOf(length: number): number {
  for (const radix of [4, 2, 3, 5]) if (length % radix === 0) return radix;
  for (let radix = 7; radix * radix <= length; radix += 2) if (length % radix === 0) return radix;
  return length;
}

function stagesOf(length: number): Stage[] {
  const stages: Stage[] = [];
  for (let left = length; left > 1; ) {
    const radix = radixOf(left);
    const rest = left / radix;
    const [cos, sin] = [new Float64Array(rest * (radix - 1)), new Float64Array(rest * (radix - 1))];
    for (let p = 0; p < rest; p++) {
      for (let k = 1; k < radix; k++) {
        const angle = (-2 * Math.PI * p * k) / left;
        cos[p * (radix - 1) + k - 1] = Math.cos(angle);
        sin[p * (radix - 1) + k - 1] = Math.sin(angle);
      }
    }
    stages.push({ radix, rest, cos, sin });
    left = rest;
  }
  return stages;
}

/**
 * Transforms along the first axis of [length, batch], in place, real and imaginary parts apart:
 * X_k = Σ_n x_n exp(∓2πi n k / length), without a factor in either direction. One instance serves any batch.
 */
export class Fft {
  readonly length: number;
  readonly #stages: Stage[];
  #spareRe = new Float64Array(0);
  #spareIm = new Float64Array(0);

  constructor(length: number) {
    this.length = length;
    this.#stages = stagesOf(length);
  }

  forward(re: Float64Array, im: Float64Array, batch: number): void {
    const size = this.length * batch;
    if (this.#spareRe.length < size) {
      this.#spareRe = new Float64Array(size);
      this.#spareIm = new Float64Array(size);
    }
    let from: Pair = [re, im];
    let to: Pair = [this.#spareRe, this.#spareIm];
    let stride = batch;
    for (const stage of this.#stages) {
      passOf(stage.radix)(stage, stride, from, to);
      stride *= stage.radix;
      [from, to] = [to, from];
    }
    if (from[0] !== re) {
      re.set(size === from[0].length ? from[0] : from[0].subarray(0, size));
      im.set(size === from[1].length ? from[1] : from[1].subarray(0, size));
    }
  }

  /** Exchanging real and imaginary parts turns the direction around. */
  inverse(re: Float64Array, im: Float64Array, batch: number): void {
    this.forward(im, re, batch);
  }
}
