/**
 * Group, batch and weight normalisation as two reductions and one multiply-add over the large tensor; everything in
 * between is a small table of coefficients (see coefficients.ts).
 */
import { attribute, native } from '../../runtime/native.ts';
import { operation } from '../../runtime/operation.ts';
import * as tf from '../../runtime/tf.ts';
import {
  type AffineValues,
  type CellMoments,
  coefficientGradients,
  coefficients,
  EPSILON,
  type Extent,
  type Sets,
} from './coefficients.ts';

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

/**
 * Group normalisation (Wu & He 2018) of h + bias, then the learned affine map, then the time modulation.
 * @param h [batch, height, width, channel], the convolution's result without its bias
 */
export function groupNormalise(h: tf.Tensor4D, groups: number, affine: Affine): tf.Tensor4D {
  return normalise(h, () => ({ kind: 'groups', groups }), affine);
}

/** Running statistics of a batch normalisation; `count` is the number of training batches seen. */
export interface RunningStatistics {
  mean: tf.Variable;
  variance: tf.Variable;
  count: tf.Variable;
}

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
  if (training) {
    const n = h.shape[0] * h.shape[1] * h.shape[2];
    return normalise(
      h,
      () => ({ kind: 'batch' }),
      affine,
      (mean, variance) => updateRunning(running, mean, variance, n),
    );
  }
  const fixed = (): Sets => ({
    kind: 'fixed',
    mean: running.mean.dataSync(),
    variance: running.variance.dataSync(),
  });
  return normalise(h, fixed, affine);
}

/** PyTorch's default weight of a new batch in the running statistics. */
const MOMENTUM = 0.1;

function updateRunning(
  running: RunningStatistics,
  mean: Float64Array,
  variance: Float64Array,
  n: number,
): void {
  const unbiased = n > 1 ? n / (n - 1) : 1;
  const blend = (variable: tf.Variable, values: Float64Array, factor: number): void => {
    const old = variable.dataSync();
    const next = Float32Array.from(values, (v, i) => (1 - MOMENTUM) * old[i]! + MOMENTUM * factor * v);
    tf.tidy(() => variable.assign(tf.tensor1d(next)));
  };
  blend(running.mean, mean, 1);
  blend(running.variance, variance, unbiased);
  tf.tidy(() => running.count.assign(tf.scalar(running.count.dataSync()[0]! + 1, 'int32')));
}

/**
 * Weight standardisation (Qiao et al. 2019, arXiv 1903.10520): every output channel's kernel gets mean 0 and
 * variance 1 (population variance plus 1e-5).
 * @param kernel [kh, kw, in, out]
 */
export function standardise(kernel: tf.Tensor4D): tf.Tensor4D {
  return normalise(kernel, () => ({ kind: 'batch' }), null, undefined, true);
}

type AffineTensors = Partial<Record<keyof AffineValues, tf.Tensor>>;

/**
 * The common form. `asOne` treats all leading axes of h as positions of a single example.
 * @param sets is only called while the result is computed
 * @param seen gets the sets' means and population variances
 */
function normalise(
  h: tf.Tensor4D,
  sets: () => Sets,
  affine: Affine | null,
  seen?: (mean: Float64Array, variance: Float64Array) => void,
  asOne = false,
): tf.Tensor4D {
  const channels = h.shape[3];
  const batch = asOne ? 1 : h.shape[0];
  const extent: Extent = { batch, positions: h.size / batch / channels, channels };
  const tensors: AffineTensors =
    affine === null
      ? {}
      : { bias: affine.bias, weight: affine.weight, offset: affine.offset, ...affine.modulation };
  const chosen = sets();
  const values = read(tensors);
  const moments = chosen.kind === 'fixed' ? null : cellMoments(h, extent);
  const known = coefficients(extent, chosen, moments, values);
  seen?.(known.mean, known.variance);
  const spread = (numbers: Float32Array) => tf.tensor4d(numbers, [batch, 1, 1, channels]);

  return operation<tf.Tensor>(
    { h, ...tensors },
    (save) => {
      save([h]);
      return h.mul(spread(known.factor)).add(spread(known.offset));
    },
    (du, saved) => {
      const h = saved[0] as tf.Tensor4D;
      let gradients: ReturnType<typeof coefficientGradients> | undefined;
      // The sums are wanted by several gradients but only once, and by none when the statistics are fixed.
      const all = () => {
        if (gradients === undefined) {
          const sum = download(() => sumPositions(du, extent));
          const product = download(() => sumPositions(du.mul(h), extent));
          gradients = coefficientGradients(extent, chosen, moments, values, known, sum, product);
        }
        return gradients;
      };
      const small = Object.entries(tensors).map(([name, tensor]) => [
        name,
        () => tf.tensor(all()[name as keyof AffineValues], tensor.shape),
      ]);
      return {
        h: () => {
          const direct = du.mul(spread(known.factor));
          if (chosen.kind === 'fixed') return direct;
          const { slope, constant } = all();
          return direct.add(h.mul(spread(slope))).add(spread(constant));
        },
        ...(Object.fromEntries(small) as Record<string, () => tf.Tensor>),
      };
    },
  ) as tf.Tensor4D;
}

function read(tensors: AffineTensors): AffineValues {
  const values = (tensor: tf.Tensor | undefined) => tensor?.dataSync() ?? null;
  const { bias, weight, offset, scale, shift } = tensors;
  return {
    bias: values(bias),
    weight: values(weight),
    offset: values(offset),
    scale: values(scale),
    shift: values(shift),
  };
}

function cellMoments(h: tf.Tensor4D, extent: Extent): CellMoments {
  const share = 1 / extent.positions;
  const shape = [extent.batch, extent.positions, extent.channels];
  const sum = download(() => h.reshape(shape).sum(1));
  const squares = download(() => squaredNorm(h.reshape(shape), 1));
  return { mean: sum.map((value) => value * share), square: squares.map((value) => value * share) };
}

/** The values of a small tensor that is needed nowhere else, in double precision. */
function download(make: () => tf.Tensor): Float64Array {
  const tensor = tf.tidy(make);
  const values = Float64Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

function sumPositions(x: tf.Tensor, { batch, positions, channels }: Extent): tf.Tensor {
  return x.reshape([batch, positions, channels]).sum(1);
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
