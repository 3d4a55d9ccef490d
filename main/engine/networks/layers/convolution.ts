/**
 * Convolutions with PyTorch's meaning of padding (the same number of zeros on every side). TensorFlow's kernels are
 * called directly because tfjs has no gradient for explicit padding and would pad in a pass of its own.
 */
import { attribute, type NativeAttribute, type NativeBackend, native } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';

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
  const attributes = convolutionAttributes(backend, x.shape, kernel.shape, geometry);
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
          backend.executeSingleOutput('Conv2DBackpropFilter', attributes, [
            x,
            tf.tensor1d(kernel.shape, 'int32'),
            dy,
          ]),
      };
    },
  );
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

/**
 * Weight standardisation (Qiao et al. 2019, arXiv 1903.10520): every output channel's kernel gets mean 0 and
 * variance 1 (population variance plus 1e-5).
 * @param kernel [kh, kw, in, out]
 */
export function standardise(kernel: tf.Tensor4D): tf.Tensor4D {
  const epsilon = 1e-5;
  return operation<tf.Tensor>(
    { kernel },
    (save) => {
      const flat = kernel.reshape([-1, kernel.shape[3]]);
      const mean = flat.mean(0, true);
      const centred = flat.sub(mean);
      const inverse = centred.square().mean(0, true).add(epsilon).rsqrt();
      const standard = centred.mul(inverse).reshape(kernel.shape);
      save([standard, inverse]);
      return standard;
    },
    (dy, saved) => {
      const [standard, inverse] = saved as [tf.Tensor, tf.Tensor];
      return {
        kernel: () => {
          const flat = dy.reshape([-1, kernel.shape[3]]);
          const normal = standard.reshape([-1, kernel.shape[3]]);
          const slope = flat.mul(normal).mean(0, true);
          const centred = flat.sub(flat.mean(0, true)).sub(normal.mul(slope));
          return centred.mul(inverse).reshape(kernel.shape);
        },
      };
    },
  ) as tf.Tensor4D;
}
