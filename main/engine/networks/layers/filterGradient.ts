/**
 * Gradient of a convolution's kernel as three large matrix products. On processors without AVX-512, oneDNN's own
 * kernel takes 1.6 to 1.8 times as long on large images.
 */
import * as tf from '../../runtime/tf.ts';

/** Below this many input values (16 examples of 60×60 cells and 64 channels have 3.7 million) it gains nothing. */
const WORTHWHILE_SIZE = 3_000_000;

/** Whether {@link filterGradientByProducts} applies to a convolution (stride 1, same size) and pays. */
export function productsPay(x: tf.Tensor4D, kernel: tf.Tensor4D, stride: number, padding: number): boolean {
  const [kh, kw] = kernel.shape;
  if (kh !== 3 || kw !== 3 || stride !== 1 || padding !== 1) return false;
  return x.size >= WORTHWHILE_SIZE;
}

/**
 * With images padded to the same width and flattened to rows of channels, a shift by (i, j) cells is a shift by
 * i·width + j rows: the sum over cells of x shifted times dy is one matrix product for each shift, and the three
 * shifts of a row share one. Rows that wrap around meet the zeros that dy is padded with.
 * @param x [batch, height, width, in]
 * @param dy [batch, height, width, out]
 * @returns [3, 3, in, out]
 */
export function filterGradientByProducts(x: tf.Tensor4D, dy: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, input] = x.shape;
  const output = dy.shape[3];
  const row = width + 2;
  const cells = batch * (height + 2) * row;
  return tf.tidy(() => {
    const flat = flatten(x, [1, 1]);
    // Positions that all nine shifts can reach without leaving the flattened batch.
    const length = cells - 2 * row - 2;
    const right = flatten(dy, [0, 2]).slice([0, 0], [length, output]) as tf.Tensor2D;
    const shifted = [0, 1, 2].map((j) => flat.slice([j, 0], [length + 2 * row, input]));
    const left = tf.concat2d(shifted as tf.Tensor2D[], 1);
    const products = [0, 1, 2].map((i) =>
      tf.matMul(left.slice([i * row, 0], [length, 3 * input]) as tf.Tensor2D, right, true, false),
    );
    return tf.concat(products, 0).reshape([3, 3, input, output]) as tf.Tensor4D;
  });
}

/** Pads height and width by (before, after) zeros: [cell, channel]. */
function flatten(x: tf.Tensor4D, padding: [number, number]): tf.Tensor2D {
  return tf.pad4d(x, [[0, 0], padding, padding, [0, 0]]).reshape([-1, x.shape[3]]) as tf.Tensor2D;
}
