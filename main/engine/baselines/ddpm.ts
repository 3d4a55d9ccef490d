/**
 * DDPM (Ho et al. 2020) with the cosine schedule of Nichol and Dhariwal (2021) or the published code's linear one.
 * Sampling visits every step, or fewer of them with DDIM (Song et al. 2021, equation 12).
 */
import type { NoiseSettings } from '#shared/domain/settings.ts';
import type { TrainableMethodMaker } from '../methods/method.ts';
import type { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import {
  type DenoisingStep,
  dataIn,
  GaussianModel,
  type GaussianProcess,
  gaussianMethod,
} from './gaussian.ts';
import { cosineBetas, type NoiseSchedule, noiseSchedule, rootLinearBetas } from './noise-schedule.ts';

export const ddpm: TrainableMethodMaker = {
  name: 'ddpm',
  create: (settings, problem, seed) =>
    gaussianMethod(GaussianModel.create(ddpmProcess(settings.noise), settings, problem, seed), settings),
};

export function ddpmProcess({ schedule: kind, steps, eta, clip }: NoiseSettings): GaussianProcess {
  const schedule = noiseSchedule(kind === 'cosine' ? cosineBetas(steps) : rootLinearBetas(steps));
  return {
    method: 'ddpm',
    schedule,
    label: (level) => level,
    steps: (calls) =>
      calls === null ? ancestralSteps(schedule, clip) : ddimSteps(schedule, calls, eta, clip),
  };
}

/** x_{n−1} ~ q(x_{n−1} | x_n, x₀), without noise in the last step. */
export function ancestralSteps(schedule: NoiseSchedule, clip: number | null): DenoisingStep[] {
  const { posteriorVariance } = schedule;
  return Array.from(posteriorVariance, (_, i): DenoisingStep => {
    const level = posteriorVariance.length - 1 - i;
    const deviation = level === 0 ? 0 : Math.sqrt(posteriorVariance[level]!);
    return {
      level,
      apply: (x, noise, random) =>
        tf.tidy(() => withNoise(posteriorMean(schedule, level, x, noise, clip), deviation, random)),
    };
  });
}

/** Mean of q(x_{n−1} | x_n, x₀) with the x₀ that follows from the predicted noise (Ho et al. 2020, equation 7). */
export function posteriorMean(
  { signal, posteriorCoefficient1, posteriorCoefficient2 }: NoiseSchedule,
  level: number,
  x: tf.Tensor4D,
  noise: tf.Tensor4D,
  clip: number | null,
): tf.Tensor4D {
  return tf.tidy(() => {
    const data = dataIn(x, noise, signal[level]!, clip);
    return data.mul(posteriorCoefficient1[level]!).add(x.mul(posteriorCoefficient2[level]!)) as tf.Tensor4D;
  });
}

/** DDIM over `calls` levels, evenly chosen as in the published code; η = 0 is deterministic after the first noise. */
export function ddimSteps(
  { signal }: NoiseSchedule,
  calls: number,
  eta: number,
  clip: number | null,
): DenoisingStep[] {
  const last = signal.length - 1;
  const levels = Array.from({ length: calls + 1 }, (_, i) => Math.trunc(last - ((last + 1) * i) / calls));
  return levels.slice(0, -1).map((level, i): DenoisingStep => {
    const here = signal[level]!;
    const next = i === calls - 1 ? 1 : signal[levels[i + 1]!]!;
    const deviation = eta * Math.sqrt(((1 - here / next) * (1 - next)) / (1 - here));
    return {
      level,
      apply: (x, noise, random) =>
        tf.tidy(() => {
          const data = dataIn(x, noise, here, clip);
          if (next === 1) return data;
          // What was cut off the data belongs to the noise, or x would no longer be a mixture of both.
          const kept =
            clip === null
              ? noise
              : (x.sub(data.mul(Math.sqrt(here))).div(Math.sqrt(1 - here)) as tf.Tensor4D);
          const direction = Math.sqrt(Math.max(0, 1 - next - deviation ** 2));
          const mean = data.mul(Math.sqrt(next)).add(kept.mul(direction)) as tf.Tensor4D;
          return withNoise(mean, deviation, random);
        }),
    };
  });
}

export function withNoise(mean: tf.Tensor4D, deviation: number, random: RandomStream): tf.Tensor4D {
  return deviation === 0 ? mean : tf.add(mean, random.normal<tf.Rank.R4>(mean.shape, 0, deviation));
}
