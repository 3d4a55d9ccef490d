/**
 * Group, batch and layer normalisation with as few passes over the large tensors as possible: statistics are taken
 * per example and channel in two reductions, all the rest of the algebra (groups, learned and time-dependent scale
 * and shift, the convolution's bias) happens on [batch, channel] tensors and ends as one multiply-add.
 */
import { attribute, native } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';

/** Mean and mean square over space, each [batch, channel]. */
export interface Moments {
  mean: tf.Tensor2D;
  meanSquare: tf.Tensor2D;
}

/** @param h [batch, height, width, channel] */
export function spatialMoments(h: tf.Tensor4D): Moments {
  const [batch, height, width, channels] = h.shape;
  const n = height * width;
  const [mean, meanSquare] = operation<tf.Tensor[]>(
    { h },
    (save) => {
      save([h]);
      const flat = h.reshape([batch, n, channels]);
      return [flat.mean(1), squaredNorm(flat, 1).mul(1 / n)];
    },
    ([dMean, dSquare], saved) => ({
      h: () => {
        const h = saved[0] as tf.Tensor4D;
        const slope = spread(dSquare!.mul(2 / n) as tf.Tensor2D);
        return h.mul(slope).add(spread(dMean!.mul(1 / n) as tf.Tensor2D));
      },
    }),
  );
  return { mean: mean as tf.Tensor2D, meanSquare: meanSquare as tf.Tensor2D };
}

/** Sum of squares along one axis, in a single pass where TensorFlow is active. */
function squaredNorm(x: tf.Tensor, axis: number, keepDims = false): tf.Tensor {
  const b = native();
  if (b === null) return x.square().sum(axis, keepDims);
  const attributes = [
    attribute.type(b, 'T', b.binding.TF_FLOAT),
    attribute.type(b, 'Tidx', b.binding.TF_INT32),
    attribute.bool(b, 'keep_dims', keepDims),
  ];
  return b.executeSingleOutput('EuclideanNorm', attributes, [x, tf.tensor1d([axis], 'int32')]).square();
}

/** [batch or 1, channel] → [batch or 1, 1, 1, channel]. */
function spread(coefficients: tf.Tensor2D): tf.Tensor4D {
  const [batch, channels] = coefficients.shape;
  return coefficients.reshape([batch, 1, 1, channels]);
}

/**
 * h · factor + offset, per example and channel.
 * @param h [batch, height, width, channel]
 * @param factor and offset [batch, channel]
 */
export function scaleAndShift(h: tf.Tensor4D, factor: tf.Tensor2D, offset: tf.Tensor2D): tf.Tensor4D {
  const [batch, height, width, channels] = h.shape;
  const flat = [batch, height * width, channels];
  return operation<tf.Tensor>(
    { h, factor, offset },
    (save) => {
      save([h, factor]);
      return h.mul(spread(factor)).add(spread(offset));
    },
    (dy, saved) => {
      const [h, factor] = saved as [tf.Tensor4D, tf.Tensor2D];
      return {
        h: () => dy.mul(spread(factor)),
        factor: () => dy.mul(h).reshape(flat).sum(1),
        offset: () => dy.reshape(flat).sum(1),
      };
    },
  ) as tf.Tensor4D;
}

/** Learned and time-dependent parts of a normalisation. */
export interface Affine {
  /** Bias of the convolution before, [channel]: folded in here instead of added in a pass of its own. */
  bias: tf.Tensor1D;
  /** γ and β, [channel]. */
  weight: tf.Tensor1D;
  offset: tf.Tensor1D;
  /** Time embedding: the normalised value v becomes v·(scale + 1) + shift; each [batch, channel]. */
  modulation: { scale: tf.Tensor2D; shift: tf.Tensor2D } | null;
}

const EPSILON = 1e-5;

/**
 * Group normalisation (Wu & He 2018) of h + bias, then the learned affine map, then the time modulation.
 * @param h [batch, height, width, channel], the convolution's result without its bias
 */
export function groupNormalise(h: tf.Tensor4D, groups: number, affine: Affine): tf.Tensor4D {
  const channels = h.shape[3];
  const { mean, meanSquare } = withBias(spatialMoments(h), affine.bias);
  const grouped = [-1, groups, channels / groups];
  const groupMean = mean.reshape(grouped).mean(2, true);
  const groupSquare = meanSquare.reshape(grouped).mean(2, true);
  const variance = groupSquare.sub(groupMean.square()).relu();
  const inverse = variance.add(EPSILON).rsqrt();
  const byGroup = [1, groups, channels / groups];
  const factor = inverse.mul(affine.weight.reshape(byGroup));
  const offset = affine.bias.reshape(byGroup).sub(groupMean).mul(factor);
  return finish(h, factor.reshape([-1, channels]), offset.reshape([-1, channels]), affine);
}

/** Running statistics of a batch normalisation; `count` is the number of training batches seen. */
export interface RunningStatistics {
  mean: tf.Variable;
  variance: tf.Variable;
  count: tf.Variable;
}

/** PyTorch's default weight of a new batch in the running statistics. */
const MOMENTUM = 0.1;

/**
 * Batch normalisation (Ioffe & Szegedy 2015) of h + bias as PyTorch does it: normalised by the population variance,
 * while the running variance takes the unbiased one. In evaluation the running statistics are used.
 * @param h [batch, height, width, channel], the convolution's result without its bias
 */
export function batchNormalise(
  h: tf.Tensor4D,
  running: RunningStatistics,
  affine: Affine,
  training: boolean,
): tf.Tensor4D {
  const [batch, height, width] = h.shape;
  let mean: tf.Tensor = running.mean;
  let variance: tf.Tensor = running.variance;
  if (training) {
    const moments = withBias(spatialMoments(h), affine.bias);
    mean = moments.mean.mean(0);
    variance = moments.meanSquare.mean(0).sub(mean.square()).relu();
    updateRunning(running, mean, variance, batch * height * width);
  }
  const factor = variance.add(EPSILON).rsqrt().mul(affine.weight);
  const offset = affine.bias.sub(mean).mul(factor);
  const all = [batch, h.shape[3]];
  const row = [1, h.shape[3]];
  const ones = tf.ones([batch, 1]);
  return finish(h, factor.reshape(row).mul(ones).reshape(all), offset.reshape(row), affine);
}

function updateRunning(running: RunningStatistics, mean: tf.Tensor, variance: tf.Tensor, n: number): void {
  tf.tidy(() => {
    const unbiased = n > 1 ? variance.mul(n / (n - 1)) : variance;
    running.mean.assign(running.mean.mul(1 - MOMENTUM).add(mean.mul(MOMENTUM)));
    running.variance.assign(running.variance.mul(1 - MOMENTUM).add(unbiased.mul(MOMENTUM)));
    running.count.assign(running.count.add(tf.scalar(1, 'int32')));
  });
}

function withBias({ mean, meanSquare }: Moments, bias: tf.Tensor1D): Moments {
  const cross = mean.mul(2).add(bias).mul(bias);
  return { mean: mean.add(bias), meanSquare: meanSquare.add(cross) };
}

function finish(h: tf.Tensor4D, factor: tf.Tensor, offset: tf.Tensor, affine: Affine): tf.Tensor4D {
  const shifted = offset.add(affine.offset);
  const all: [number, number] = [h.shape[0], h.shape[3]];
  if (affine.modulation === null) {
    return scaleAndShift(h, factor as tf.Tensor2D, shifted.add(tf.zeros(all)) as tf.Tensor2D);
  }
  const gain = affine.modulation.scale.add(1);
  const total = shifted.mul(gain).add(affine.modulation.shift);
  return scaleAndShift(h, factor.mul(gain) as tf.Tensor2D, total as tf.Tensor2D);
}

/**
 * Normalises every pixel over its channels to mean 0 and variance 1, without the learned gain (its users fold that
 * into the matrix that follows).
 * @param x [batch, position, channel]
 */
export function normaliseChannels(x: tf.Tensor3D): tf.Tensor3D {
  const channels = x.shape[2];
  return operation<tf.Tensor>(
    { x },
    (save) => {
      const mean = x.mean(2, true);
      const variance = squaredNorm(x, 2, true)
        .mul(1 / channels)
        .sub(mean.square())
        .relu();
      const inverse = variance.add(EPSILON).rsqrt();
      const normal = x.mul(inverse).sub(mean.mul(inverse));
      save([normal, inverse]);
      return normal;
    },
    (dy, saved) => {
      const [normal, inverse] = saved as [tf.Tensor, tf.Tensor];
      return {
        x: () => {
          const slope = dy.mul(normal).mean(2, true);
          const centred = dy.sub(normal.mul(slope)).sub(dy.mean(2, true));
          return centred.mul(inverse);
        },
      };
    },
  ) as tf.Tensor3D;
}
