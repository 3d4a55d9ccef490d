/** Linear maps of the last axis and the time embedding built from them. */
import * as tf from '../../runtime/tf.ts';
import type { VariableStore } from '../variables.ts';
import { gelu, silu } from './activation.ts';
import { addBias } from './convolution.ts';
import type { Affine } from './normalisation.ts';

export type Layer<I extends tf.Tensor, O extends tf.Tensor = I> = (x: I) => O;

/** [batch, in] → [batch, out], with bias; variables `<name>.weight` and `<name>.bias`. */
export function linear(
  store: VariableStore,
  name: string,
  input: number,
  output: number,
): Layer<tf.Tensor2D> {
  const matrix = store.matrix(name, input, output);
  const bias = store.vector(`${name}.bias`, output, { bound: 1 / Math.sqrt(input) });
  return (x) => addBias(tf.matMul(x, matrix), bias);
}

/**
 * Sinusoidal embedding of the time (Vaswani et al. 2017, with frequencies 10000^(−i/(dim/2 − 1))), then two linear
 * layers with GELU between: [batch] → [batch, 2·dim].
 */
export function timeEmbedding(
  store: VariableStore,
  name: string,
  dim: number,
): Layer<tf.Tensor1D, tf.Tensor2D> {
  const first = linear(store, `${name}.1`, dim, 2 * dim);
  const second = linear(store, `${name}.3`, 2 * dim, 2 * dim);
  const half = Math.floor(dim / 2);
  const decay = Math.log(10000) / (half - 1);
  const frequencies = Array.from({ length: half }, (_, i) => Math.exp(-decay * i));
  return (time) => {
    const angles = time.reshape([-1, 1]).mul(tf.tensor2d(frequencies, [1, half])) as tf.Tensor2D;
    return second(gelu(first(tf.concat2d([angles.sin(), angles.cos()], 1))));
  };
}

/**
 * From an embedding that already went through SiLU, [batch, dim], to the scale and shift of a block,
 * each [batch, channels]; variables `<name>.weight` and `<name>.bias`.
 */
export function modulation(
  store: VariableStore,
  name: string,
  dim: number,
  channels: number,
): (embedding: tf.Tensor2D) => NonNullable<Affine['modulation']> {
  const map = linear(store, name, dim, 2 * channels);
  return (embedding) => {
    const [scale, shift] = tf.split(map(embedding), 2, 1) as [tf.Tensor2D, tf.Tensor2D];
    return { scale, shift };
  };
}

/** SiLU of the embedding, which every block applies first: computed once for all. */
export function prepareEmbedding(embedding: tf.Tensor2D): tf.Tensor2D {
  return silu(embedding);
}
