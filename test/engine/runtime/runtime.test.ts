/** The choice of the backend and the random stream: same seed same numbers, right distributions, states that resume. */
import fc from 'fast-check';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';

describe('loadBackend', () => {
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('prefers TensorFlow and explains every choice', async () => {
    const backend = await loadBackend();
    expect(backend.name).toMatch(/^tensorflow-/);
    expect(backend.reasons.map((r) => r.name)).toEqual(['tensorflow-gpu', 'tensorflow-cpu', 'javascript']);
    expect(backend.reasons.filter((r) => r.active).map((r) => r.name)).toEqual([backend.name]);
    for (const { reason } of backend.reasons) expect(reason).toMatch(/^[A-Z].+\.$/);
    expect(tf.getBackend()).toBe('tensorflow');
  });

  it('follows DRIFTCAST_BACKEND and refuses unknown values', async () => {
    vi.stubEnv('DRIFTCAST_BACKEND', 'javascript');
    expect((await loadBackend()).name).toBe('javascript');
    expect(tf.scalar(2).square().dataSync()[0]).toBe(4);
    vi.stubEnv('DRIFTCAST_BACKEND', 'quantum');
    await expect(loadBackend()).rejects.toMatchObject({ code: 'bad-input' });
  });
});

describe.each(['tensorflow', 'javascript'] as const)('random tensors on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend({ force: backend });
  });
  const size = 20_001;

  it('are uniform, normal and dropout masks', () => {
    tf.tidy(() => {
      const random = new RandomStream(11);
      const uniform = random.uniform([size], 2, 4);
      expect(uniform.min().dataSync()[0]).toBeGreaterThanOrEqual(2);
      expect(uniform.max().dataSync()[0]).toBeLessThanOrEqual(4);
      expect(uniform.mean().dataSync()[0]).toBeCloseTo(3, 1);
      const { mean, variance } = tf.moments(random.normal([size], 1, 2));
      expect(mean.dataSync()[0]).toBeCloseTo(1, 1);
      expect(Math.sqrt(variance.dataSync()[0]!)).toBeCloseTo(2, 1);
      const mask = random.dropoutMask([3, 6667], 0.25).dataSync();
      const kept = mask.filter((value) => value !== 0);
      expect(kept.length / mask.length).toBeCloseTo(0.75, 1);
      expect(kept.every((value) => Math.abs(value - 4 / 3) < 1e-4)).toBe(true);
    });
  });

  it('continue from a saved state and differ between draws, seeds and forks', () => {
    tf.tidy(() => {
      const random = new RandomStream(5);
      const first = [...random.normal([7]).dataSync()];
      const state = random.state;
      const second = [
        ...random.normal([7]).dataSync(),
        random.next(),
        ...random.dropoutMask([9], 0.5).dataSync(),
      ];
      expect(second.slice(0, 7)).not.toEqual(first);
      const resumed = new RandomStream(0);
      resumed.restore(state);
      expect([
        ...resumed.normal([7]).dataSync(),
        resumed.next(),
        ...resumed.dropoutMask([9], 0.5).dataSync(),
      ]).toEqual(second);
      expect([...new RandomStream(6).normal([7]).dataSync()]).not.toEqual(first);
      expect([...random.fork(1).normal([7]).dataSync()]).not.toEqual([
        ...random.fork(2).normal([7]).dataSync(),
      ]);
    });
  });

  it('leave no tensors behind', () => {
    const random = new RandomStream(1);
    random.dropoutMask([4], 0.3).dispose();
    const before = tf.memory().numTensors;
    tf.dispose([random.uniform([3]), random.normal([3]), random.dropoutMask([3, 3], 0.3)]);
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('random numbers', () => {
  it('fill permutations and ranges', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 200 }), (seed, n) => {
        const random = new RandomStream(seed);
        expect([...random.permutation(n)].sort((a, b) => a - b)).toEqual(
          Array.from({ length: n }, (_, i) => i),
        );
        const drawn = random.integer(n);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < n).toBe(true);
      }),
    );
  });

  it('are uniform: every one of 16 bins within five standard deviations', () => {
    const random = new RandomStream(42);
    const bins = new Array<number>(16).fill(0);
    for (let i = 0; i < 16_000; i++) bins[random.integer(16)]! += 1;
    for (const count of bins) expect(Math.abs(count - 1000)).toBeLessThan(5 * Math.sqrt(1000));
  });
});
