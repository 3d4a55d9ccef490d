/**
 * Activations and dropout with gradients of few passes; PyTorch's definitions.
 */
import { attribute, native, runFloat } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import type { RandomStream } from '../../runtime/random.ts';
import * as tf from '../../runtime/tf.ts';

export type Activation = 'silu' | 'gelu' | 'relu' | 'leaky-relu';

export function activate<T extends tf.Tensor>(x: T, kind: Activation): T {
  if (kind === 'silu') return silu(x);
  if (kind === 'gelu') return gelu(x);
  return kind === 'relu' ? tf.relu(x) : leakyRelu(x);
}

/** x·σ(x). */
export function silu<T extends tf.Tensor>(x: T): T {
  return operation<tf.Tensor>(
    { x },
    (save) => {
      const y = timesSigmoid(x, x);
      save([x, y]);
      return y;
    },
    (dy, saved) => {
      const [x, y] = saved as [tf.Tensor, tf.Tensor];
      return {
        // d/dx x·σ(x) = σ(x)·(1 + x − x·σ(x)), so with p = dy·σ(x) the gradient is p + p·(x − y).
        x: () => {
          const p = timesSigmoid(dy, x);
          return p.add(p.mul(x.sub(y)));
        },
      };
    },
  ) as T;
}

/** a·σ(x) in one pass: that is what TensorFlow calls the gradient of softplus. */
function timesSigmoid(a: tf.Tensor, x: tf.Tensor): tf.Tensor {
  const backend = native();
  return backend === null ? a.mul(x.sigmoid()) : runFloat(backend, 'SoftplusGrad', [a, x]);
}

/** x·Φ(x) with the exact normal distribution function (erf), not the tanh approximation. */
export function gelu<T extends tf.Tensor>(x: T): T {
  return operation<tf.Tensor>(
    { x },
    (save) => {
      const distribution = x.mul(Math.SQRT1_2).erf().mul(0.5).add(0.5);
      save([x, distribution]);
      return x.mul(distribution);
    },
    (dy, saved) => {
      const [x, distribution] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => {
          const density = x
            .square()
            .mul(-0.5)
            .exp()
            .mul(1 / Math.sqrt(2 * Math.PI));
          return dy.mul(density.mul(x).add(distribution));
        },
      };
    },
  ) as T;
}

/** Slope below zero in the published U-Net's encoder. */
const LEAK = 0.2;

function leakyRelu<T extends tf.Tensor>(x: T): T {
  const b = native();
  if (b === null) return tf.leakyRelu(x, LEAK);
  const attributes = [attribute.type(b, 'T', b.binding.TF_FLOAT), attribute.float(b, 'alpha', LEAK)];
  return operation<tf.Tensor>(
    { x },
    (save) => {
      save([x]);
      return b.executeSingleOutput('LeakyRelu', attributes, [x]);
    },
    (dy, saved) => ({ x: () => b.executeSingleOutput('LeakyReluGrad', attributes, [dy, saved[0]!]) }),
  ) as T;
}

/** Zeroes elements with probability `rate` and scales the others up; `random` null means that dropout is off. */
export function dropout<T extends tf.Tensor>(x: T, rate: number, random: RandomStream | null): T {
  if (random === null || rate <= 0) return x;
  const mask = random.dropoutMask(x.shape, rate);
  return operation<tf.Tensor>(
    { x },
    (save) => {
      save([mask]);
      return x.mul(mask);
    },
    (dy, saved) => ({ x: () => dy.mul(saved[0]!) }),
  ) as T;
}
