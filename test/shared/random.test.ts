import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineSeeds, Random } from '#shared/random.ts';

describe('Random', () => {
  it('repeats a stream and separates streams', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, use) => {
        const draw = (r: Random) => Array.from({ length: 8 }, () => r.bits());
        expect(draw(new Random(seed, use))).toEqual(draw(new Random(seed, use)));
        expect(draw(new Random(seed, use))).not.toEqual(draw(new Random(seed, use + 1)));
        expect(draw(new Random(seed, use))).not.toEqual(draw(new Random(seed, use, 0)));
      }),
    );
    expect(combineSeeds(1, 2)).not.toBe(combineSeeds(2, 1));
    expect(combineSeeds(2 ** 40)).not.toBe(combineSeeds(0));
  });

  it('is uniform, over integers too', () => {
    const random = new Random(7);
    const counts = new Array(10).fill(0);
    let sum = 0;
    for (let i = 0; i < 20_000; i++) {
      counts[random.integer(10)]++;
      const u = random.uniform();
      expect(u >= 0 && u < 1).toBe(true);
      sum += u;
    }
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
    expect(Math.abs(sum / 20_000 - 0.5)).toBeLessThan(0.01);
  });

  it('permutes', () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(200), (seed, count) => {
        const order = new Random(seed).permutation(count);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }),
    );
  });
});
