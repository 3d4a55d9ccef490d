/**
 * The arithmetic of all normalisations on one number per example and channel. Their statistics, learned scales, time
 * modulation and gradients are a few thousand numbers; as tensor operations they would be a hundred tiny kernel calls
 * a layer, so they are computed here in plain double precision and only the large multiply-adds stay tensors.
 *
 * Notation, per example b and channel c over n positions: z = h + bias is normalised with the mean μ and variance of
 * its set S, v = (z − μ)·r·γ + β with r = (variance + ε)^−½, and the result is u = v·(1 + scale) + shift = h·factor + offset.
 */

/** Which (example, channel) cells share statistics. */
export type Sets =
  /** Group normalisation: the channels of a group, for each example. */
  | { kind: 'groups'; groups: number }
  /** Batch normalisation in training: all examples, for each channel. */
  | { kind: 'batch' }
  /** Batch normalisation in evaluation: given statistics, each [channel]. */
  | { kind: 'fixed'; mean: ArrayLike<number>; variance: ArrayLike<number> };

/** Sizes of h seen as [batch, positions, channel]. */
export interface Extent {
  batch: number;
  positions: number;
  channels: number;
}

/** Mean and mean square of h over the positions, each [batch · channel]. */
export interface CellMoments {
  mean: ArrayLike<number>;
  square: ArrayLike<number>;
}

/** Null means: bias 0, γ 1, β 0, and no modulation. Vectors are [channel], scale and shift [batch · channel]. */
export interface AffineValues {
  bias: ArrayLike<number> | null;
  weight: ArrayLike<number> | null;
  offset: ArrayLike<number> | null;
  scale: ArrayLike<number> | null;
  shift: ArrayLike<number> | null;
}

/** u = h·factor + offset, each [batch · channel], and what the gradients need. */
export interface Coefficients {
  factor: Float32Array;
  offset: Float32Array;
  /** Mean and variance of each set, and r = (variance + ε)^−½. */
  mean: Float64Array;
  variance: Float64Array;
  inverse: Float64Array;
}

export const EPSILON = 1e-5;

function setCount(sets: Sets, { batch, channels }: Extent): number {
  return sets.kind === 'groups' ? batch * sets.groups : channels;
}

function setOf(sets: Sets, channels: number, b: number, c: number): number {
  return sets.kind === 'groups' ? b * sets.groups + Math.floor((c * sets.groups) / channels) : c;
}

/** @param moments of h; null only for `fixed` sets, which do not need them */
export function coefficients(
  extent: Extent,
  sets: Sets,
  moments: CellMoments | null,
  affine: AffineValues,
): Coefficients {
  const { batch, channels } = extent;
  const { mean, variance } = statistics(extent, sets, moments, affine);
  const inverse = variance.map((value) => 1 / Math.sqrt(value + EPSILON));
  const factor = new Float32Array(batch * channels);
  const offset = new Float32Array(batch * channels);
  for (let b = 0, i = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++, i++) {
      const s = setOf(sets, channels, b, c);
      const slope = inverse[s]! * (affine.weight?.[c] ?? 1);
      const constant = ((affine.bias?.[c] ?? 0) - mean[s]!) * slope + (affine.offset?.[c] ?? 0);
      const gain = 1 + (affine.scale?.[i] ?? 0);
      factor[i] = slope * gain;
      offset[i] = constant * gain + (affine.shift?.[i] ?? 0);
    }
  }
  return { factor, offset, mean, variance, inverse };
}

function statistics(extent: Extent, sets: Sets, moments: CellMoments | null, { bias }: AffineValues) {
  const { batch, channels } = extent;
  if (sets.kind === 'fixed') {
    return { mean: Float64Array.from(sets.mean), variance: Float64Array.from(sets.variance) };
  }
  if (moments === null) throw new Error('Statistics of the batch need its moments.');
  const count = setCount(sets, extent);
  const share = count / (batch * channels);
  const mean = new Float64Array(count);
  const variance = new Float64Array(count);
  for (let b = 0, i = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++, i++) {
      const s = setOf(sets, channels, b, c);
      const m = moments.mean[i]!;
      const added = bias?.[c] ?? 0;
      mean[s]! += share * (m + added);
      variance[s]! += share * (moments.square[i]! + added * (2 * m + added));
    }
  }
  for (let s = 0; s < count; s++) variance[s] = Math.max(0, variance[s]! - mean[s]! ** 2);
  return { mean, variance };
}

/** Gradients of a loss; dh = du·factor + h·slope + constant, the others in the shapes of {@link AffineValues}. */
export interface CoefficientGradients {
  slope: Float32Array;
  constant: Float32Array;
  bias: Float32Array;
  weight: Float32Array;
  offset: Float32Array;
  scale: Float32Array;
  shift: Float32Array;
}

/**
 * @param sum Σ du over the positions, [batch · channel]
 * @param product Σ du·h over the positions, [batch · channel]
 */
export function coefficientGradients(
  extent: Extent,
  sets: Sets,
  moments: CellMoments | null,
  affine: AffineValues,
  known: Coefficients,
  sum: ArrayLike<number>,
  product: ArrayLike<number>,
): CoefficientGradients {
  const { batch, positions, channels } = extent;
  const cells = batch * channels;
  const result: CoefficientGradients = {
    slope: new Float32Array(cells),
    constant: new Float32Array(cells),
    bias: new Float32Array(channels),
    weight: new Float32Array(channels),
    offset: new Float32Array(channels),
    scale: new Float32Array(cells),
    shift: Float32Array.from(sum),
  };
  const count = setCount(sets, extent);
  // Means over each set of dv̂ and of dv̂·v̂, where v̂ is the normalised value before γ and β.
  const plain = new Float64Array(count);
  const skewed = new Float64Array(count);
  const share = count / (cells * positions);
  for (let b = 0, i = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++, i++) {
      const s = setOf(sets, channels, b, c);
      const centre = (affine.bias?.[c] ?? 0) - known.mean[s]!;
      const along = known.inverse[s]! * (product[i]! + centre * sum[i]!);
      const weight = affine.weight?.[c] ?? 1;
      const gain = 1 + (affine.scale?.[i] ?? 0);
      plain[s]! += share * weight * gain * sum[i]!;
      skewed[s]! += share * weight * gain * along;
      result.weight[c]! += gain * along;
      result.offset[c]! += gain * sum[i]!;
      result.scale[i] = weight * along + (affine.offset?.[c] ?? 0) * sum[i]!;
    }
  }
  for (let b = 0, i = 0; b < batch; b++) {
    for (let c = 0; c < channels; c++, i++) {
      const s = setOf(sets, channels, b, c);
      let total = sum[i]! * known.factor[i]!;
      if (sets.kind !== 'fixed') {
        const inverse = known.inverse[s]!;
        const centre = (affine.bias?.[c] ?? 0) - known.mean[s]!;
        const slope = -inverse * inverse * skewed[s]!;
        const constant = slope * centre - inverse * plain[s]!;
        result.slope[i] = slope;
        result.constant[i] = constant;
        total += positions * (slope * (moments?.mean[i] ?? 0) + constant);
      }
      result.bias[c]! += total;
    }
  }
  return result;
}
