import { describe, expect, it } from 'vitest';
import { Fourier2d } from '#shared/fft/fft2d.ts';
import { Random } from '#shared/random.ts';

function noise(size: number, seed = 1): Float64Array {
  const random = new Random(seed, size);
  return Float64Array.from({ length: size }, () => 2 * random.uniform() - 1);
}

describe('the Fourier transform of a field', () => {
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
