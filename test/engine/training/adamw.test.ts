import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { AdamW, clipByNorm } from '#main/engine/training/adamw.ts';
import { WeightAverage } from '#main/engine/training/average.ts';
import { ParameterVector } from '#main/engine/training/parameters.ts';

beforeAll(async () => {
  await loadBackend();
});

describe('AdamW', () => {
  it('follows the published recurrence in double precision', async () => {
    const optimiser = new AdamW(2, { weightDecay: 0.1 });
    let weights = tf.tensor1d([1, -2]);
    const want = [1, -2];
    const m = [0, 0];
    const v = [0, 0];
    for (let t = 1; t <= 20; t++) {
      const g = [Math.sin(t), 100 * Math.cos(t)];
      const gradient = tf.tensor1d(g);
      const next = optimiser.step(weights, gradient, 0.01);
      tf.dispose([weights, gradient]);
      weights = next;
      for (const i of [0, 1]) {
        m[i] = 0.9 * m[i]! + 0.1 * g[i]!;
        v[i] = 0.999 * v[i]! + 0.001 * g[i]! ** 2;
        want[i]! *= 1 - 0.01 * 0.1;
        want[i]! -= (0.01 * (m[i]! / (1 - 0.9 ** t))) / (Math.sqrt(v[i]! / (1 - 0.999 ** t)) + 1e-8);
      }
    }
    const got = await weights.data();
    expect(got[0]).toBeCloseTo(want[0]!, 5);
    expect(got[1]).toBeCloseTo(want[1]!, 5);
    weights.dispose();
    optimiser.dispose();
  });

  it('goes on from a saved state as if it had never stopped, and leaks nothing', async () => {
    const before = tf.memory().numTensors;
    const run = async (interrupt: boolean) => {
      let optimiser = new AdamW(3, { weightDecay: 0.01 });
      let weights = tf.tensor1d([0.3, -0.2, 4]);
      for (let t = 0; t < 6; t++) {
        if (interrupt && t === 3) {
          const state = await optimiser.state();
          optimiser.dispose();
          optimiser = new AdamW(3, { weightDecay: 0.01 });
          optimiser.restore(state);
        }
        const gradient = tf.tidy(() => weights.sub([1, 2, 3]) as tf.Tensor1D);
        const next = optimiser.step(weights, gradient, 0.05);
        tf.dispose([weights, gradient]);
        weights = next;
      }
      const values = await weights.data();
      weights.dispose();
      optimiser.dispose();
      return [...values];
    };
    expect(await run(true)).toEqual(await run(false));
    expect(tf.memory().numTensors).toBe(before);
  });
});

it('clips long gradients to the limit and leaves short ones', async () => {
  const long = clipByNorm(tf.tensor1d([3, 4]), 1);
  expect((await long.norm().data())[0]).toBeCloseTo(1, 5);
  const short = clipByNorm(tf.tensor1d([0.3, 0.4]), 1);
  expect([...(await short.data())].map((x) => x.toFixed(6))).toEqual(['0.300000', '0.400000']);
  expect([...(await clipByNorm(tf.tensor1d([3, 4]), null).data())]).toEqual([3, 4]);
});

it('reads, writes and differentiates all weights as one vector', async () => {
  const a = tf.variable(tf.tensor2d([[1, 2]]));
  const b = tf.variable(tf.scalar(3));
  const idle = tf.variable(tf.tensor1d([7]));
  const vector = new ParameterVector(
    new Map<string, tf.Variable>([
      ['a', a],
      ['b', b],
      ['idle', idle],
    ]),
  );
  expect(vector.size).toBe(4);
  expect([...(await vector.read().data())]).toEqual([1, 2, 3, 7]);
  const { value, gradient } = vector.gradient(() => a.square().sum().mul(b).asScalar());
  expect((await value.data())[0]).toBe(15);
  expect([...(await gradient.data())]).toEqual([6, 12, 5, 0]);
  vector.write(tf.tensor1d([5, 6, 7, 8]));
  expect(a.arraySync()).toEqual([[5, 6]]);
  expect(b.arraySync()).toBe(7);
});

it('averages weights, quickly at first', async () => {
  const average = new WeightAverage(tf.tensor1d([0]), 0.99);
  average.update(tf.tensor1d([11]));
  expect((await average.vector.data())[0]).toBeCloseTo(11 * (1 - 2 / 11), 5);
  for (let i = 0; i < 2000; i++) {
    const weights = tf.tensor1d([11]);
    average.update(weights);
    weights.dispose();
  }
  expect((await average.vector.data())[0]).toBeCloseTo(11, 4);
});
