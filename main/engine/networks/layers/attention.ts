/**
 * Attention over grid cells: linear attention (Shen et al. 2021) at every resolution and full attention at the
 * coarsest, which on large grids is computed in parts (`weightedValues.ts`). Linear attention is rearranged so that values and the output projection never exist at full resolution:
 * with keys K and normalised input N, Kᵀ·(N·Wv)·Wo = ((Kᵀ·N)·Wv)·Wo, where the bracket is a small matrix.
 */
import { operation } from '../../runtime/operation.ts';
import type { RandomStream } from '../../runtime/random.ts';
import * as tf from '../../runtime/tf.ts';
import type { VariableStore } from '../variables.ts';
import { dropout } from './activation.ts';
import { addBias } from './convolution.ts';
import { product, sum } from './matrix.ts';
import { normaliseChannels } from './normalisation.ts';
import { attendByRows, softmax, WEIGHTS_AT_ONCE } from './weightedValues.ts';

const HEADS = 4;
const HEAD_SIZE = 32;
const HIDDEN = HEADS * HEAD_SIZE;
const SCALE = HEAD_SIZE ** -0.5;

/** [batch, height, width, channel] → the same shape; adds its result to its input. */
export type AttentionLayer = (x: tf.Tensor4D, random: RandomStream | null) => tf.Tensor4D;

interface AttentionVariables {
  /** [1, 1, channel, 3·HIDDEN] */
  projection: tf.Tensor4D;
  /** [1, 1, HIDDEN, channel] */
  output: tf.Tensor4D;
  bias: tf.Tensor1D;
  /** [channel]: gain of the normalisation before */
  gain: tf.Tensor1D;
}

function attentionVariables(
  store: VariableStore,
  name: string,
  projection: string,
  channels: number,
): AttentionVariables {
  return {
    projection: store.kernel(`${name}.fn.fn.${projection}`, {
      kernel: 1,
      input: channels,
      output: 3 * HIDDEN,
    }),
    output: store.kernel(`${name}.fn.fn.to_out`, { kernel: 1, input: HIDDEN, output: channels }),
    bias: store.vector(`${name}.fn.fn.to_out.bias`, channels, { bound: 1 / Math.sqrt(HIDDEN) }),
    gain: store.vector(`${name}.fn.norm.g`, channels, { constant: 1 }, 'channels'),
  };
}

/** The three projections [channel, HIDDEN] with the normalisation's gain folded in. */
function projections({ projection, gain }: AttentionVariables): [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D] {
  const channels = gain.shape[0];
  const matrix = projection.reshape([channels, 3 * HIDDEN]).mul(gain.reshape([channels, 1]));
  return tf.split(matrix, 3, 1) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
}

/** Queries are normalised over each head's channels, keys over space, values divided by the number of cells. */
export function linearAttention(
  store: VariableStore,
  name: string,
  channels: number,
  rate: number,
): AttentionLayer {
  const variables = attentionVariables(store, name, 'to_qkv.1', channels);
  return (x, random) =>
    tf.tidy(() => {
      const [batch, height, width] = x.shape;
      const cells = height * width;
      const [toQuery, toKey, toValue] = projections(variables);
      const flat = dropout(normaliseChannels(x.reshape([batch, cells, channels])), rate, random);
      const rows = flat.reshape([batch * cells, channels]) as tf.Tensor2D;
      const query = product(rows, toQuery).reshape([batch * cells * HEADS, HEAD_SIZE]) as tf.Tensor2D;
      const key = product(rows, toKey).reshape([batch, cells, HIDDEN]) as tf.Tensor3D;
      const [context, total] = keyContext(key, flat);
      // [batch, HIDDEN, channel] → [head, batch·HEAD_SIZE, channel], so that each head meets its own matrices.
      const byHead = context
        .div(total.reshape([batch, HIDDEN, 1]))
        .reshape([batch, HEADS, HEAD_SIZE, channels])
        .transpose([1, 0, 2, 3])
        .reshape([HEADS, batch * HEAD_SIZE, channels]);
      const values = toValue.reshape([channels, HEADS, HEAD_SIZE]).transpose([1, 0, 2]);
      const outputs = variables.output.reshape([HEADS, HEAD_SIZE, channels]);
      const mixed = tf.matMul(tf.matMul(byHead, values), outputs).mul(SCALE / cells);
      // Each head's queries sum to 1, so a share of the bias in every row adds up to the bias itself.
      const shared = mixed.add(variables.bias.div(HEADS));
      const map = shared
        .reshape([HEADS, batch, HEAD_SIZE, channels])
        .transpose([1, 0, 2, 3])
        .reshape([batch, HIDDEN, channels]);
      const attended = product(softmaxRows(query).reshape([batch, cells, HIDDEN]), map);
      return sum(attended.reshape(x.shape) as tf.Tensor4D, x);
    });
}

/**
 * With E = exp(key − its largest value over the cells): Eᵀ·n [batch, HIDDEN, channel] and E's sums [batch, HIDDEN].
 * Their quotient does not depend on the subtracted maximum, which is therefore a constant to the gradient.
 */
function keyContext(key: tf.Tensor3D, n: tf.Tensor3D): [tf.Tensor3D, tf.Tensor2D] {
  return operation<tf.Tensor[]>(
    { key, n },
    (save) => {
      const weights = key.sub(key.max(1, true)).exp();
      save([weights, n]);
      return [tf.matMul(weights, n, true, false), weights.sum(1)];
    },
    ([dContext, dTotal], saved) => {
      const [weights, n] = saved as [tf.Tensor3D, tf.Tensor3D];
      return {
        key: () => tf.matMul(n, dContext!, false, true).add(dTotal!.expandDims(1)).mul(weights),
        n: () => tf.matMul(weights, dContext!),
      };
    },
  ) as [tf.Tensor3D, tf.Tensor2D];
}

/** Softmax of each row of a matrix. */
function softmaxRows(x: tf.Tensor2D): tf.Tensor2D {
  return operation<tf.Tensor>(
    { x },
    (save) => {
      const y = softmax(x);
      save([y]);
      return y;
    },
    (dy, saved) => {
      const y = saved[0] as tf.Tensor;
      return {
        x: () => {
          const weighted = dy.mul(y);
          return weighted.sub(y.mul(weighted.sum(1, true)));
        },
      };
    },
  ) as tf.Tensor2D;
}

/**
 * Every cell attends to every other; for the coarsest resolution only (time grows with cells²).
 * @param atOnce most bytes of attention weights that are held for the gradient; beyond that they are computed in parts
 */
export function fullAttention(
  store: VariableStore,
  name: string,
  channels: number,
  rate: number,
  atOnce = WEIGHTS_AT_ONCE,
): AttentionLayer {
  const variables = attentionVariables(store, name, 'to_qkv', channels);
  return (x, random) =>
    tf.tidy(() => {
      const [batch, height, width] = x.shape;
      const cells = height * width;
      const rows = normaliseChannels(x.reshape([batch, cells, channels])).reshape([batch * cells, channels]);
      const [query, key, value] = projections(variables).map((matrix) =>
        product(rows, matrix)
          .reshape([batch, cells, HEADS, HEAD_SIZE])
          .transpose([0, 2, 1, 3])
          .reshape([batch * HEADS, cells, HEAD_SIZE]),
      ) as [tf.Tensor3D, tf.Tensor3D, tf.Tensor3D];
      const scaled: tf.Tensor3D = query.mul(SCALE);
      const fits = 4 * batch * HEADS * cells ** 2 <= atOnce;
      const attended = (fits ? attendAtOnce : attendByRows)(scaled, key, value, rate, random)
        .reshape([batch, HEADS, cells, HEAD_SIZE])
        .transpose([0, 2, 1, 3])
        .reshape([batch * cells, HIDDEN]) as tf.Tensor2D;
      const result = product(attended, variables.output.reshape([HIDDEN, channels]));
      return sum(addBias(result, variables.bias).reshape(x.shape) as tf.Tensor4D, x);
    });
}

/** softmax(query·keyᵀ)·value for each of a stack; all weights [stack, cells, cells] are kept for the gradient. */
function attendAtOnce(
  query: tf.Tensor3D,
  key: tf.Tensor3D,
  value: tf.Tensor3D,
  rate: number,
  random: RandomStream | null,
): tf.Tensor3D {
  const similarity = product(query, key, true);
  const [stack, cells] = similarity.shape;
  const weights = softmaxRows(similarity.reshape([stack * cells, cells])).reshape(similarity.shape);
  return product(dropout(weights, rate, random) as tf.Tensor3D, value);
}
