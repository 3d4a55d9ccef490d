/**
 * Matrix products, sums and joins of large tensors as operations of our own, so that their gradients are computed
 * only when wanted and their memory is freed during the backward pass.
 */
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';

/**
 * a·b for two matrices or two equally long stacks of matrices.
 * @param a [..., n, k]
 * @param b [..., k, m], or [..., m, k] with `transposeB`
 * @returns [..., n, m]
 */
export function product<T extends tf.Tensor>(a: T, b: T, transposeB = false): T {
  return operation<tf.Tensor>(
    { a, b },
    (save) => {
      save([a, b]);
      return tf.matMul(a, b, false, transposeB);
    },
    (dy, saved) => {
      const [a, b] = saved as [tf.Tensor, tf.Tensor];
      return {
        a: () => tf.matMul(dy, b, false, !transposeB),
        b: () => (transposeB ? tf.matMul(dy, a, true, false) : tf.matMul(a, dy, true, false)),
      };
    },
  ) as T;
}

/** a + b, of the same shape. */
export function sum<T extends tf.Tensor>(a: T, b: T): T {
  return operation<tf.Tensor>(
    { a, b },
    () => a.add(b),
    (dy) => ({ a: () => dy.clone(), b: () => dy.clone() }),
  ) as T;
}

/** Joins two images along the channels. */
export function join(a: tf.Tensor4D, b: tf.Tensor4D): tf.Tensor4D {
  const channels = a.shape[3];
  return operation<tf.Tensor>(
    { a, b },
    () => tf.concat4d([a, b], 3),
    (dy) => ({
      a: () => dy.slice([0, 0, 0, 0], [-1, -1, -1, channels]),
      b: () => dy.slice([0, 0, 0, channels], [-1, -1, -1, -1]),
    }),
  ) as tf.Tensor4D;
}
