import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SpectralGrid } from '#main/engine/simulators/surface-ocean/spectral.ts';
import { Fft } from '#shared/fft/fft.ts';
import { Random } from '#shared/random.ts';

function noise(length: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from({ length }, () => random.uniform() - 0.5);
}

/** The definition, for one number of the transform. */
function directSum(re: Float64Array, im: Float64Array, batch: number, k: number, q: number) {
  const length = re.length / batch;
  let [sumR, sumI] = [0, 0];
  for (let n = 0; n < length; n++) {
    const angle = (-2 * Math.PI * ((n * k) % length)) / length;
    const [a, b] = [re[n * batch + q]!, im[n * batch + q]!];
    sumR += a * Math.cos(angle) - b * Math.sin(angle);
    sumI += a * Math.sin(angle) + b * Math.cos(angle);
  }
  return [sumR, sumI] as const;
}

describe('Fft', () => {
  it('is the direct sum for any length, and comes back', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 130 }),
        fc.integer({ min: 1, max: 4 }),
        fc.nat(),
        (length, batch, seed) => {
          const [re, im] = [noise(length * batch, seed), noise(length * batch, seed + 1)];
          const [a, b] = [re.slice(), im.slice()];
          const fft = new Fft(length);
          fft.forward(a, b, batch);
          for (let n = 0; n < a.length; n++) {
            const [sumR, sumI] = directSum(re, im, batch, Math.floor(n / batch), n % batch);
            expect(Math.abs(a[n]! - sumR) + Math.abs(b[n]! - sumI)).toBeLessThan(1e-11);
          }
          fft.inverse(a, b, batch);
          for (let n = 0; n < a.length; n++) {
            expect(Math.abs(a[n]! / length - re[n]!) + Math.abs(b[n]! / length - im[n]!)).toBeLessThan(1e-13);
          }
        },
      ),
      {
        numRuns: 60,
        examples: [
          [60, 3, 1],
          [128, 2, 2],
          [49, 1, 3],
          [125, 1, 4],
          [96, 4, 5],
        ],
      },
    );
  });

  it('serves batches of different sizes with one instance', () => {
    const fft = new Fft(20);
    for (const batch of [5, 1, 3]) {
      const [re, im] = [noise(20 * batch, batch), noise(20 * batch, 9)];
      const [a, b] = [re.slice(), im.slice()];
      fft.forward(a, b, batch);
      const [sumR, sumI] = directSum(re, im, batch, 7, batch - 1);
      expect(a[8 * batch - 1]).toBeCloseTo(sumR, 12);
      expect(b[8 * batch - 1]).toBeCloseTo(sumI, 12);
    }
  });
});

describe('SpectralGrid', () => {
  const [rows, columns] = [20, 24];
  const grid = new SpectralGrid(rows, columns, 2, 3);
  const wave = (kx: number, ky: number, phase: number) =>
    Float64Array.from({ length: rows * columns }, (_, n) =>
      Math.cos(
        (2 * Math.PI * kx * (n % columns)) / columns +
          (2 * Math.PI * ky * Math.floor(n / columns)) / rows +
          phase,
      ),
    );
  const add = (a: Float64Array, b: Float64Array) => a.map((value, n) => value + b[n]!);

  it('returns a field of kept waves, and cuts off the others', () => {
    const kept = add(add(wave(0, 0, 0.3), wave(7, -6, 1)), wave(-3, 2, 0.5));
    const spectrum = grid.spectrum();
    const back = new Float64Array(kept.length);
    grid.transform(add(kept, add(wave(8, 1, 0), wave(1, 7, 0))), spectrum);
    grid.invert(spectrum, back);
    back.forEach((value, n) => {
      expect(value).toBeCloseTo(kept[n]!, 12);
    });
  });

  it('sums to the mean square of the field', () => {
    const field = add(wave(5, 3, 0.1), wave(4, 0, 2));
    const spectrum = grid.spectrum();
    grid.transform(field, spectrum);
    let sum = 0;
    spectrum.re.forEach((re, n) => {
      sum += grid.weight(n % grid.half) * (re ** 2 + spectrum.im[n]! ** 2);
    });
    expect(sum).toBeCloseTo(field.reduce((total, value) => total + value ** 2, 0) / field.length, 12);
  });

  it('gives both parts of a gradient at once', () => {
    const [i, j, phase] = [-4, 3, 0.7];
    const spectrum = grid.spectrum();
    grid.transform(wave(i, j, phase), spectrum);
    const gradient = grid.invertPair(spectrum, { scale: null, x: [0, 1], y: [-1, 0] });
    const slope = wave(i, j, phase + Math.PI / 2);
    slope.forEach((value, n) => {
      expect(gradient.re[n]).toBeCloseTo(((2 * Math.PI * i) / 3) * value, 11);
      expect(gradient.im[n]).toBeCloseTo(((2 * Math.PI * j) / 2) * value, 11);
    });
  });
});
