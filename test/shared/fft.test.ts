import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fourier, Fourier2d } from '#shared/fft.ts';
import { Random } from '#shared/random.ts';

function noise(size: number, seed = 1): Float64Array {
  const random = new Random(seed, size);
  return Float64Array.from({ length: size }, () => 2 * random.uniform() - 1);
}

/** Straight from the definition. */
function slow(re: Float64Array, im: Float64Array) {
  const n = re.length;
  const out = { re: new Float64Array(n), im: new Float64Array(n) };
  for (let k = 0; k < n; k++)
    for (let j = 0; j < n; j++) {
      const angle = (-2 * Math.PI * ((j * k) % n)) / n;
      out.re[k]! += re[j]! * Math.cos(angle) - im[j]! * Math.sin(angle);
      out.im[k]! += re[j]! * Math.sin(angle) + im[j]! * Math.cos(angle);
    }
  return out;
}

const largest = (a: Float64Array, b: Float64Array) =>
  a.reduce((most, value, i) => Math.max(most, Math.abs(value - b[i]!)), 0);

describe('the Fourier transform', () => {
  it('of any length equals its definition', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 130 }), fc.integer({ min: 1, max: 1000 }), (length, seed) => {
        const [re, im] = [noise(length, seed), noise(length, seed + 1)];
        const want = slow(re, im);
        const fourier = new Fourier(length);
        // Twice with the same tables: nothing of the first may be left.
        for (const _ of [1, 2]) {
          const [a, b] = [re.slice(), im.slice()];
          fourier.transform(a, b);
          expect(Math.max(largest(a, want.re), largest(b, want.im))).toBeLessThan(1e-10 * length);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('in two dimensions keeps the power (Parseval) and finds a wave where it is', () => {
    for (const [height, width] of [
      [60, 60],
      [42, 221],
      [7, 16],
    ] as const) {
      const field = noise(height * width);
      const [re, im] = [field.slice(), new Float64Array(field.length)];
      const fourier = new Fourier2d(height, width);
      fourier.transform(re, im);
      const power = re.reduce((sum, value, i) => sum + value ** 2 + im[i]! ** 2, 0) / field.length;
      expect(power).toBeCloseTo(
        field.reduce((sum, value) => sum + value ** 2, 0),
        6,
      );
      const wave = Float64Array.from({ length: height * width }, (_, i) =>
        Math.cos(2 * Math.PI * ((2 * Math.floor(i / width)) / height + (3 * (i % width)) / width)),
      );
      const none = new Float64Array(wave.length);
      fourier.transform(wave, none);
      expect(wave[2 * width + 3]).toBeCloseTo((height * width) / 2, 6);
    }
  });
});
