/**
 * Resizing equal to PyTorch's interpolate (align_corners=False). tfjs's gradient of the bilinear kernel forgets
 * half-pixel centres, so TensorFlow's own pair of kernels is used, and plain matrices on the JavaScript backend.
 */
import { attribute, native } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';
import type { ResizeMode } from '../network.ts';

/**
 * @param x [batch, height, width, channel]
 * @returns [batch, size[0], size[1], channel]
 */
export function resize(x: tf.Tensor4D, size: readonly [number, number], mode: ResizeMode): tf.Tensor4D {
  const [, height, width] = x.shape;
  if (height === size[0] && width === size[1]) return x;
  if (mode === 'nearest') return resizeNearest(x, size);
  return resizeBilinear(x, size);
}

/** Picks rows and columns: the gradient of tfjs's own kernel is wrong on the JavaScript backend. */
function resizeNearest(x: tf.Tensor4D, size: readonly [number, number]): tf.Tensor4D {
  return size.reduce((image: tf.Tensor4D, to, i) => {
    const from = x.shape[i + 1]!;
    const picked = Int32Array.from({ length: to }, (_, k) => Math.floor((k * from) / to));
    return tf.gather(image, tf.tensor1d(picked, 'int32'), i + 1);
  }, x);
}

function resizeBilinear(x: tf.Tensor4D, size: readonly [number, number]): tf.Tensor4D {
  const b = native();
  if (b === null) return resizeByMatrices(x, size);
  const attributes = [
    attribute.type(b, 'T', b.binding.TF_FLOAT),
    attribute.bool(b, 'align_corners', false),
    attribute.bool(b, 'half_pixel_centers', true),
  ];
  return operation<tf.Tensor>(
    { x },
    (save) => {
      save([x]);
      const target = tf.tensor1d([...size], 'int32');
      return b.executeSingleOutput('ResizeBilinear', attributes, [x, target]);
    },
    (dy, saved) => ({ x: () => b.executeSingleOutput('ResizeBilinearGrad', attributes, [dy, saved[0]!]) }),
  ) as tf.Tensor4D;
}

/** One matrix per axis; quadratic in the size, which is fine for the small grids of the JavaScript backend. */
function resizeByMatrices(x: tf.Tensor4D, [height, width]: readonly [number, number]): tf.Tensor4D {
  const [batch, h, w, c] = x.shape;
  const columns = tf.matMul(interpolation(h, height), x.transpose([1, 0, 2, 3]).reshape([h, batch * w * c]));
  const rows = columns.reshape([height, batch, w, c]).transpose([2, 1, 0, 3]).reshape([w, -1]);
  const both = tf.matMul(interpolation(w, width), rows as tf.Tensor2D);
  return both.reshape([width, batch, height, c]).transpose([1, 2, 0, 3]) as tf.Tensor4D;
}

/** [to, from] matrix of linear interpolation between cell centres, held constant beyond the outermost ones. */
function interpolation(from: number, to: number): tf.Tensor2D {
  const weights = new Float32Array(to * from);
  for (let i = 0; i < to; i++) {
    const position = Math.max(0, ((i + 0.5) * from) / to - 0.5);
    const low = Math.min(from - 1, Math.floor(position));
    const high = Math.min(from - 1, low + 1);
    const fraction = position - low;
    weights[i * from + low]! += 1 - fraction;
    weights[i * from + high]! += fraction;
  }
  return tf.tensor2d(weights, [to, from]);
}
