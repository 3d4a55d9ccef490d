/**
 * MCVD (Voleti et al. 2022) on the paper's backbone: β runs linearly from 1e-4 to 0.02, and a last call takes out the
 * noise that is left. Its levels count from most to least noise, as its published code counts them.
 */
import type { NoiseSettings } from '#shared/domain/settings.ts';
import type { TrainableMethodMaker } from '../methods/method.ts';
import * as tf from '../runtime/tf.ts';
import { withNoise } from './ddpm.ts';
import {
  type DenoisingStep,
  dataIn,
  GaussianModel,
  type GaussianProcess,
  gaussianMethod,
} from './gaussian.ts';
import { linearBetas, type NoiseSchedule, noiseSchedule } from './noise-schedule.ts';

const LEAST = 1e-4;
const MOST = 0.02;

export const mcvd: TrainableMethodMaker = {
  name: 'mcvd',
  create: (settings, problem, seed) =>
    gaussianMethod(GaussianModel.create(mcvdProcess(settings.noise), settings, problem, seed), settings),
};

export function mcvdProcess({ steps, clip }: Pick<NoiseSettings, 'steps' | 'clip'>): GaussianProcess {
  const schedule = noiseSchedule(linearBetas(steps, LEAST, MOST));
  return {
    method: 'mcvd',
    schedule,
    label: (level) => steps - 1 - level,
    steps: (calls) => mcvdSteps(schedule, calls, clip),
  };
}

/**
 * Ancestral steps over every so many levels from the noisiest on, then the last denoising
 * x − √(1 − ᾱ) ε at the least noisy of them.
 */
export function mcvdSteps(
  { signal }: NoiseSchedule,
  calls: number | null,
  clip: number | null,
): DenoisingStep[] {
  const count = signal.length;
  const stride = calls === null ? 1 : Math.max(1, Math.floor(count / calls));
  const levels: number[] = [];
  for (let level = count - 1; level >= 0; level -= stride) levels.push(level);
  const steps = levels.map((level, i): DenoisingStep => {
    const here = signal[level]!;
    const next = i === levels.length - 1 ? 1 : signal[levels[i + 1]!]!;
    const beta = 1 - here / next;
    const left = 1 - here;
    return {
      level,
      apply: (x, noise, random) =>
        tf.tidy(() => {
          const data = dataIn(x, noise, here, clip);
          const mean = data
            .mul((Math.sqrt(next) * beta) / left)
            .add(x.mul((Math.sqrt(1 - beta) * (1 - next)) / left)) as tf.Tensor4D;
          return withNoise(mean, Math.sqrt(((1 - next) / left) * beta), random);
        }),
    };
  });
  const last = levels.at(-1)!;
  const denoise: DenoisingStep = {
    level: last,
    apply: (x, noise) => tf.tidy(() => x.sub(noise.mul(Math.sqrt(1 - signal[last]!))) as tf.Tensor4D),
  };
  return [...steps, denoise];
}
