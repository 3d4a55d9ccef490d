/**
 * Convolutions with PyTorch's meaning of padding (the same number of zeros on every side). TensorFlow's kernels are
 * called directly because tfjs has no gradient for explicit padding and would pad in a pass of its own.
 */
import { attribute, type NativeAttribute, type NativeBackend, native } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';
import { filterGradientByProducts, productsPay } from './filterGradient.ts';
import { product } from './matrix.ts';

export interface Geometry {
  stride: number;
  /** Zeros added on each of the four sides. */
  padding: number;
}

/**
 * @param x [batch, height, width, in]
 * @param kernel [kh, kw, in, out]
 * @returns [batch, height', width', out], height' = floor((height + 2·padding − kh) / stride) + 1
 */
export function convolve(x: tf.Tensor4D, kernel: tf.Tensor4D, geometry: Geometry): tf.Tensor4D {
  const backend = native();
  const { stride, padding } = geometry;
  if (backend === null) {
    const p: [number, number] = [padding, padding];
    const padded = padding === 0 ? x : tf.pad4d(x, [[0, 0], p, p, [0, 0]]);
    return tf.conv2d(padded, kernel, stride, 'valid');
  }
  if (kernel.shape[0] === 1 && kernel.shape[1] === 1 && stride === 1 && padding === 0) {
    return pointwise(x, kernel);
  }
  const attributes = convolutionAttributes(backend, x.shape, kernel.shape, geometry);
  const byProducts = !backend.isUsingGpuDevice && productsPay(x, kernel, stride, padding);
  return operation(
    { x, kernel },
    (save) => {
      save([x, kernel]);
      return backend.executeSingleOutput('Conv2D', attributes, [x, kernel]) as tf.Tensor4D;
    },
    (dy, saved) => {
      const [x, kernel] = saved as [tf.Tensor4D, tf.Tensor4D];
      return {
        x: () =>
          backend.executeSingleOutput('Conv2DBackpropInput', attributes, [
            tf.tensor1d(x.shape, 'int32'),
            kernel,
            dy,
          ]),
        kernel: () =>
          byProducts
            ? filterGradientByProducts(x, dy)
            : backend.executeSingleOutput('Conv2DBackpropFilter', attributes, [
                x,
                tf.tensor1d(kernel.shape, 'int32'),
                dy,
              ]),
      };
    },
  );
}

/** A 1×1 convolution is a matrix product of all cells, which is the faster kernel in both directions. */
function pointwise(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width, input] = x.shape;
  const output = kernel.shape[3];
  const rows = x.reshape([-1, input]);
  return product(rows, kernel.reshape([input, output])).reshape([batch, height, width, output]);
}

/**
 * Doubles height and width by repeating every cell, then convolves with a 3×3 kernel and padding 1: computed as one
 * transposed convolution of stride 2 on the small image, with less than half of the multiplications. In each
 * direction its 4 taps are the sums of the taps that fall on the same source cell.
 * @param x [batch, height, width, in]
 * @param kernel [3, 3, in, out]
 * @returns [batch, 2·height, 2·width, out]
 */
export function convolveDoubled(x: tf.Tensor4D, kernel: tf.Tensor4D): tf.Tensor4D {
  const [batch, height, width] = x.shape;
  const [, , input, output] = kernel.shape;
  const folded = tf
    .matMul(tf.tensor2d(foldedTaps(), [16, 9]), kernel.reshape([9, input * output]) as tf.Tensor2D)
    .reshape([4, 4, input, output])
    .transpose([0, 1, 3, 2]) as tf.Tensor4D;
  return tf.conv2dTranspose(x, folded, [batch, 2 * height, 2 * width, output], 2, 'same');
}

/** [16, 9]: which of the 3×3 taps add up to each of the 4×4 taps. */
function foldedTaps(): Float32Array {
  const line = [[2], [1, 2], [0, 1], [0]];
  const table = new Float32Array(16 * 9);
  line.forEach((rows, i) => {
    line.forEach((columns, j) => {
      for (const row of rows) for (const column of columns) table[(i * 4 + j) * 9 + row * 3 + column] = 1;
    });
  });
  return table;
}

/** TensorFlow's SAME and VALID are the better trodden paths, so they are used wherever they mean the same. */
function convolutionAttributes(
  b: NativeBackend,
  [, height, width]: tf.Tensor4D['shape'],
  [kh, kw]: tf.Tensor4D['shape'],
  { stride, padding }: Geometry,
): NativeAttribute[] {
  const same = samePadding(height, kh, stride, padding) && samePadding(width, kw, stride, padding);
  const kind = padding === 0 ? 'VALID' : same ? 'SAME' : 'EXPLICIT';
  const attributes = [
    attribute.type(b, 'T', b.binding.TF_FLOAT),
    attribute.int(b, 'strides', [1, stride, stride, 1]),
    attribute.string(b, 'padding', kind),
    attribute.string(b, 'data_format', 'NHWC'),
  ];
  if (kind === 'EXPLICIT') {
    attributes.push(attribute.int(b, 'explicit_paddings', [0, 0, padding, padding, padding, padding, 0, 0]));
  }
  return attributes;
}

function samePadding(size: number, kernel: number, stride: number, padding: number): boolean {
  const total = Math.max(0, (Math.ceil(size / stride) - 1) * stride + kernel - size);
  const output = Math.floor((size + 2 * padding - kernel) / stride) + 1;
  return total === 2 * padding && output === Math.ceil(size / stride);
}

/** Adds a bias [channel] to the last axis of x. */
export function addBias<T extends tf.Tensor>(x: T, bias: tf.Tensor1D): T {
  const backend = native();
  if (backend === null) return tf.add(x, bias);
  const attributes = [attribute.type(backend, 'T', backend.binding.TF_FLOAT)];
  return operation<tf.Tensor>(
    { x, bias },
    () => backend.executeSingleOutput('BiasAdd', attributes, [x, bias]),
    (dy) => ({
      x: () => dy.clone(),
      bias: () => backend.executeSingleOutput('BiasAddGrad', attributes, [dy]),
    }),
  ) as T;
}
