/** Every layer with a hand-written gradient against finite differences, and against tfjs's own operations. */
import { beforeAll, describe, expect, it } from 'vitest';
import { activate } from '#main/engine/networks/layers/activation.ts';
import { fullAttention, linearAttention } from '#main/engine/networks/layers/attention.ts';
import { addBias, convolve, convolveDoubled } from '#main/engine/networks/layers/convolution.ts';
import { filterGradientByProducts } from '#main/engine/networks/layers/filterGradient.ts';
import { join, product, sum } from '#main/engine/networks/layers/matrix.ts';
import {
  batchNormalise,
  groupNormalise,
  normaliseChannels,
  standardise,
} from '#main/engine/networks/layers/normalisation.ts';
import { resize } from '#main/engine/networks/layers/resize.ts';
import { attendByRows } from '#main/engine/networks/layers/weightedValues.ts';
import { VariableStore } from '#main/engine/networks/variables.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { difference, gradientError, tensors } from './numbers.ts';

type Four = tf.Tensor4D;

describe.each(['tensorflow', 'javascript'] as const)('layers on %s', (backend) => {
  beforeAll(async () => {
    await loadBackend({ force: backend });
  });

  const cases: [string, () => [(inputs: tf.Tensor[]) => tf.Tensor, tf.Tensor[]]][] = [
    ['convolution, same size', () => geometry(3, 1, 1, [7, 5])],
    ['convolution, halving an even grid', () => geometry(4, 2, 1, [8, 6])],
    ['convolution, halving an odd grid', () => geometry(4, 2, 1, [7, 5])],
    ['convolution, 1×1', () => geometry(1, 1, 0, [4, 3])],
    ['convolution, no padding', () => geometry(2, 2, 0, [6, 4])],
    ['bias', () => [([x, b]) => addBias(x!, b as tf.Tensor1D), parts([2, 3, 4, 5], [5])]],
    [
      'doubling convolution',
      () => [([x, k]) => convolveDoubled(x as Four, k as Four), parts([2, 3, 4, 2], [3, 3, 2, 3])],
    ],
    ['product', () => [([a, b]) => product(a!, b!), parts([2, 3, 4], [2, 4, 5])]],
    [
      'product with a transposed matrix',
      () => [([a, b]) => product(a!, b!, true), parts([2, 3, 4], [2, 5, 4])],
    ],
    ['sum', () => [([a, b]) => sum(a!, b!), parts([2, 3], [2, 3])]],
    ['join', () => [([a, b]) => join(a as Four, b as Four), parts([2, 3, 3, 1], [2, 3, 3, 2])]],
    ['silu', () => [([x]) => activate(x!, 'silu'), parts([40])]],
    ['gelu', () => [([x]) => activate(x!, 'gelu'), parts([40])]],
    ['leaky relu', () => [([x]) => activate(x!.mul(10), 'leaky-relu'), parts([40])]],
    ['group normalisation', () => normal((h, a) => groupNormalise(h, 2, a))],
    ['batch normalisation in training', () => normal((h, a) => batchNormalise(h, running(4), a, true))],
    ['batch normalisation in evaluation', () => normal((h, a) => batchNormalise(h, running(4), a, false))],
    ['weight standardisation', () => [([k]) => standardise(k as Four), parts([3, 3, 4, 5])]],
    ['channel normalisation', () => [([x]) => normaliseChannels(x as tf.Tensor3D), parts([2, 5, 8])]],
    ['bilinear, larger', () => [([x]) => resize(x as Four, [7, 8], 'bilinear'), parts([2, 3, 4, 2])]],
    ['bilinear, smaller', () => [([x]) => resize(x as Four, [3, 4], 'bilinear'), parts([2, 7, 6, 2])]],
    ['nearest', () => [([x]) => resize(x as Four, [7, 8], 'nearest'), parts([2, 3, 4, 2])]],
  ];

  it.each(cases)('%s has the right gradient', (_name, make) => {
    tf.tidy(() => {
      const [f, inputs] = make();
      expect(gradientError(f, inputs)).toBeLessThan(5e-3);
    });
  });

  it.each([
    ['linear attention', linearAttention],
    ['full attention', fullAttention],
  ] as const)('%s has the right gradients', (_name, attention) => {
    tf.tidy(() => {
      const make = tensors(3);
      const store = new VariableStore(new RandomStream(1));
      const layer = attention(store, 'a', 8, 0);
      const variables = [...store.parameters.values()];
      const values = variables.map((variable) => make(variable.shape));
      variables.forEach((variable, i) => {
        variable.assign(values[i]!);
      });
      const x = make<tf.Rank.R4>([2, 3, 4, 8]);
      const weights = make(x.shape);
      const loss = (): tf.Scalar => layer(x, null).mul(weights).sum();
      const { grads } = tf.variableGrads(loss, variables);
      variables.forEach((variable, i) => {
        const gradient = grads[variable.name]!.dataSync();
        const element = Math.floor(variable.size / 3);
        const shifted = (by: number): number => {
          const moved = Float32Array.from(values[i]!.dataSync());
          moved[element]! += by;
          variable.assign(tf.tensor(moved, variable.shape));
          return loss().dataSync()[0]!;
        };
        const slope = (shifted(1e-2) - shifted(-1e-2)) / 2e-2;
        variable.assign(values[i]!);
        const largest = Math.max(...gradient.map(Math.abs));
        expect(Math.abs(slope - gradient[element]!) / largest).toBeLessThan(5e-3);
      });
      expect(gradientError(([input]) => layer(input as Four, null), [x])).toBeLessThan(5e-3);
      store.dispose();
    });
  });

  it('attends in parts as it does at once, also with dropout', () => {
    tf.tidy(() => {
      const inputs = parts([3, 7, 4], [3, 7, 4], [3, 7, 4]) as tf.Tensor3D[];
      const inParts =
        (rate: number) =>
        ([q, k, v]: tf.Tensor[]): tf.Tensor => {
          const random = rate === 0 ? null : new RandomStream(5);
          // Three rows of seven a part, so the last one is a single row.
          return attendByRows(q as tf.Tensor3D, k as tf.Tensor3D, v as tf.Tensor3D, rate, random, 3 * 7 * 4);
        };
      const [query, key, value] = inputs as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      const whole = tf.matMul(tf.softmax(tf.matMul(query, key, false, true)), value);
      expect(difference(inParts(0)(inputs), whole)).toBeLessThan(1e-6);
      expect(gradientError(inParts(0), inputs)).toBeLessThan(5e-3);
      expect(difference(inParts(0.5)(inputs), inParts(0.5)(inputs))).toBe(0);
      expect(difference(inParts(0.5)(inputs), whole)).toBeGreaterThan(0.01);
      expect(gradientError(inParts(0.5), inputs)).toBeLessThan(5e-3);
    });
  });

  it('holds no attention weights for the gradient where they are many', () => {
    const store = new VariableStore(new RandomStream(1));
    const before = tf.memory().numTensors;
    const held = (atOnce: number): number => {
      const layer = fullAttention(store, `a${atOnce}`, 8, 0.1, atOnce);
      let bytes = 0;
      const loss = (x: tf.Tensor): tf.Tensor => {
        const sum = layer(x as Four, new RandomStream(2)).sum();
        bytes = tf.memory().numBytes;
        return sum;
      };
      tf.tidy(() => void tf.grad(loss)(tf.ones([1, 20, 20, 8])));
      return bytes;
    };
    const weights = 4 * 4 * 400 ** 2;
    expect(held(Infinity) - held(0)).toBeGreaterThan(2 * weights);
    store.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });

  it('doubles by repetition and a 3×3 convolution', () => {
    tf.tidy(() => {
      const [x, k] = parts([2, 5, 3, 4], [3, 3, 4, 2]) as [Four, Four];
      const repeated = resize(x, [10, 6], 'nearest');
      expect(
        difference(convolveDoubled(x, k), convolve(repeated, k, { stride: 1, padding: 1 })),
      ).toBeLessThan(1e-5);
    });
  });

  it('sums the same filter gradient by matrix products', () => {
    tf.tidy(() => {
      const [x, k, dy] = parts([2, 5, 4, 3], [3, 3, 3, 2], [2, 5, 4, 2]) as [Four, Four, Four];
      const gradient = tf.grad((kernel: tf.Tensor) =>
        tf
          .conv2d(x, kernel as Four, 1, 'same')
          .mul(dy)
          .sum(),
      )(k);
      expect(difference(filterGradientByProducts(x, dy), gradient)).toBeLessThan(1e-5);
    });
  });

  it('resizes a ramp as PyTorch does', () => {
    tf.tidy(() => {
      const ramp = tf.tensor4d([0, 1, 2, 3], [1, 1, 4, 1]);
      expect([...resize(ramp, [1, 8], 'bilinear').dataSync()]).toEqual([
        0, 0.25, 0.75, 1.25, 1.75, 2.25, 2.75, 3,
      ]);
      const smaller = [...resize(ramp, [1, 3], 'bilinear').dataSync()];
      [1 / 6, 1.5, 17 / 6].forEach((value, i) => {
        expect(smaller[i]).toBeCloseTo(value, 5);
      });
      expect([...resize(ramp, [1, 6], 'nearest').dataSync()]).toEqual([0, 0, 1, 2, 2, 3]);
    });
  });

  it('keeps running statistics as PyTorch does', () => {
    tf.tidy(() => {
      const [h] = parts([2, 2, 2, 3]) as [Four];
      const statistics = running();
      const zero = tf.zeros([3]) as tf.Tensor1D;
      const affine = { bias: tf.ones([3]) as tf.Tensor1D, weight: tf.ones([3]) as tf.Tensor1D, offset: zero };
      const y = batchNormalise(h, statistics, { ...affine, modulation: null }, true);
      const { mean, variance } = tf.moments(h, [0, 1, 2]);
      expect(difference(statistics.mean, mean.add(1).mul(0.1).add(0.03))).toBeLessThan(1e-6);
      expect(difference(statistics.variance, variance.mul((8 / 7) * 0.1).add(0.63))).toBeLessThan(1e-6);
      expect(statistics.count.dataSync()[0]).toBe(6);
      expect(difference(y.mean([0, 1, 2]), zero)).toBeLessThan(1e-5);
    });
  });
});

function parts(...shapes: number[][]): tf.Tensor[] {
  const make = tensors(7);
  return shapes.map((shape) => make(shape as [number]));
}

function geometry(kernel: number, stride: number, padding: number, [height, width]: [number, number]) {
  const f = ([x, k]: tf.Tensor[]) => convolve(x as Four, k as Four, { stride, padding });
  return [f, parts([2, height, width, 3], [kernel, kernel, 3, 2])] as [typeof f, tf.Tensor[]];
}

type Affine = Parameters<typeof groupNormalise>[2];

function normal(layer: (h: Four, affine: Affine) => tf.Tensor) {
  const f = ([h, bias, weight, offset, scale, shift]: tf.Tensor[]): tf.Tensor =>
    layer(h as Four, {
      bias: bias as tf.Tensor1D,
      weight: weight as tf.Tensor1D,
      offset: offset as tf.Tensor1D,
      modulation: { scale: scale as tf.Tensor2D, shift: shift as tf.Tensor2D },
    });
  return [f, parts([3, 4, 3, 4], [4], [4], [4], [3, 4], [3, 4])] as [typeof f, tf.Tensor[]];
}

function running(size = 3) {
  return {
    mean: tf.variable(tf.fill([size], 1 / 30), false) as tf.Variable,
    variance: tf.variable(tf.fill([size], 0.7), false) as tf.Variable,
    count: tf.variable(tf.scalar(5, 'int32'), false) as tf.Variable,
  };
}
