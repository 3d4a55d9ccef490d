/** Between physical values and what networks see; all numbers come from training times alone. */
import type { Normalisation } from '#shared/domain/dataset.ts';
import type { Normaliser } from '#shared/domain/examples.ts';
import type { CalendarDate } from '#shared/time/dates.ts';
import { basisAt, type SeasonalBasis, type SeasonalFitResult } from './seasonal.ts';
import type { Statistics } from './store.ts';

/** No cell is scaled by less than this share of the median deviation: ice and coast would explode. */
const leastShare = 0.05;

/** Deviations that are safe to divide by; NaN and constant cells included. */
function guarded(deviation: Float32Array, channels: number): Float32Array {
  const scale = new Float32Array(deviation.length);
  for (let channel = 0; channel < channels; channel++) {
    const own = deviation.filter((value, i) => i % channels === channel && Number.isFinite(value)).sort();
    const median = own[Math.floor(own.length / 2)] ?? 0;
    for (let i = channel; i < scale.length; i += channels) {
      const value = deviation[i]!;
      const least = leastShare * median;
      scale[i] = median > 0 ? Math.max(Number.isFinite(value) ? value : 0, least) : value > 0 ? value : 1;
    }
  }
  return scale;
}

/** Mean and deviation over the observed cells of each channel, spread over a frame. */
function perChannel(fit: SeasonalFitResult, mask: Float32Array, channels: number) {
  const centre = new Float32Array(fit.mean.length);
  const deviation = new Float32Array(fit.mean.length);
  for (let channel = 0; channel < channels; channel++) {
    let [count, sum, squares] = [0, 0, 0];
    for (let i = channel; i < centre.length; i += channels) {
      if (mask[Math.floor(i / channels)] === 0 || Number.isNaN(fit.mean[i]!)) continue;
      count++;
      sum += fit.mean[i]!;
      squares += fit.deviation[i]! ** 2 + fit.mean[i]! ** 2;
    }
    const mean = count > 0 ? sum / count : 0;
    const spread = count > 0 ? Math.sqrt(Math.max(0, squares / count - mean * mean)) : 1;
    for (let i = channel; i < centre.length; i += channels) {
      centre[i] = mean;
      deviation[i] = spread > 1e-6 * Math.max(Math.abs(mean), 1e-30) ? spread : 1;
    }
  }
  return { centre, scale: deviation };
}

/** The arrays that a normalisation needs. `mask` is [height, width]. */
export function statisticsFor(
  normalisation: Normalisation,
  fit: SeasonalFitResult,
  mask: Float32Array,
  channels: number,
): Statistics {
  const seasonal = fit.coefficients;
  const finite = (values: Float32Array) => values.map((value) => (Number.isFinite(value) ? value : 0));
  switch (normalisation) {
    case 'seasonal-anomaly':
      return { mask, seasonal, centre: finite(fit.mean), scale: guarded(fit.anomalyDeviation, channels) };
    case 'per-cell':
      return { mask, seasonal, centre: finite(fit.mean), scale: guarded(fit.deviation, channels) };
    case 'per-channel':
      return { mask, seasonal, ...perChannel(fit, mask, channels) };
    case 'none':
      return {
        mask,
        seasonal,
        centre: new Float32Array(fit.mean.length),
        scale: new Float32Array(fit.mean.length).fill(1),
      };
  }
}

/** The seasonal mean at any date, kept for the dates asked for last. */
export class SeasonalMean {
  private readonly kept = new Map<string, Float32Array>();
  private readonly most: number;

  constructor(
    private readonly basis: SeasonalBasis,
    private readonly coefficients: Float32Array,
    private readonly size: number,
    budgetBytes = 64 * 1024 * 1024,
  ) {
    this.most = Math.max(2, Math.floor(budgetBytes / (size * 4)));
  }

  /** Physical [height, width, channel], NaN where masked. The array is shared: do not write to it. */
  at(date: CalendarDate | null): Float32Array {
    const terms = basisAt(this.basis, date);
    const key = terms.join();
    const known = this.kept.get(key);
    if (known) return known;
    const sum = new Float64Array(this.size);
    for (const [k, weight] of terms.entries()) {
      if (weight === 0) continue;
      const offset = k * this.size;
      for (let i = 0; i < this.size; i++) sum[i]! += weight * this.coefficients[offset + i]!;
    }
    const mean = Float32Array.from(sum);
    if (this.kept.size >= this.most) this.kept.delete(this.kept.keys().next().value!);
    this.kept.set(key, mean);
    return mean;
  }
}

/** A normaliser over a frame [height, width, channel]; masked cells are 0 inside and NaN outside. */
export function makeNormaliser(
  normalisation: Normalisation,
  { mask, centre, scale }: Statistics,
  channels: number,
  seasonalAt: (timeIndex: number) => Float32Array,
): Normaliser {
  const centreAt = (timeIndex: number) =>
    normalisation === 'seasonal-anomaly' ? seasonalAt(timeIndex) : centre;
  return {
    normalise(frame, timeIndex) {
      const middle = centreAt(timeIndex);
      for (let i = 0; i < frame.length; i++) {
        const observed = mask[Math.floor(i / channels)] === 1;
        frame[i] = observed ? (frame[i]! - middle[i]!) / scale[i]! : 0;
      }
    },
    restore(frame, timeIndex) {
      const middle = centreAt(timeIndex);
      for (let i = 0; i < frame.length; i++) {
        const observed = mask[Math.floor(i / channels)] === 1;
        frame[i] = observed ? frame[i]! * scale[i]! + middle[i]! : Number.NaN;
      }
    },
  };
}
