/** The closed forms of Gaussian diffusion, and one network call inside them, against the published ones. */
import { posteriorMean } from '../baselines/ddpm.ts';
import { dataIn, diffused } from '../baselines/gaussian.ts';
import {
  cosineBetas,
  linearBetas,
  type NoiseSchedule,
  noiseSchedule,
  rootLinearBetas,
} from '../baselines/noise-schedule.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import {
  type CaseReport,
  Comparison,
  configNumber,
  configText,
  fieldTensor,
  numbers,
  requireTensor,
  storedOrder,
  type TensorCase,
} from './case.ts';
import { convolutionalNetwork } from './dyffusion-cases.ts';

const TOLERANCE = 1e-4;

export function runDdpmCase(one: TensorCase): CaseReport {
  if (configText(one, 'objective', 'pred_noise') !== 'pred_noise')
    return {
      name: one.name,
      error: null,
      tolerance: null,
      ok: true,
      skipped: true,
      note: 'Only networks that predict the noise are compared.',
    };
  const steps = configNumber(one, 'timesteps') ?? 1000;
  const cosine = configText<string>(one, 'beta_schedule', 'linear') === 'cosine';
  const schedule = noiseSchedule(cosine ? cosineBetas(steps) : rootLinearBetas(steps));
  const comparison = new Comparison();
  compareBuffers(one, schedule, comparison);

  const [, channels = 1, height = 1, width = 1] = requireTensor(one, 'inputs.x_t').shape;
  const network = convolutionalNetwork(one, 'weights.', {
    height,
    width,
    inputChannels: channels,
    outputChannels: channels,
    conditionChannels: requireTensor(one, 'inputs.condition').shape[1]!,
  });
  try {
    tf.tidy(() => {
      const at = numbers(requireTensor(one, 'inputs.t'));
      const x = fieldTensor(one, 'inputs.x_t');
      const wanted = (name: string) => requireTensor(one, name).data as Float32Array;
      const noisy = diffused(schedule, x, at, fieldTensor(one, 'inputs.noise'));
      comparison.arrays('q_sample', storedOrder(noisy), wanted('outputs.q_sample'), TOLERANCE);

      const pass = { dropout: false, training: false, random: new RandomStream(1) };
      const predicted = network.forward(x, tf.tensor1d(at), fieldTensor(one, 'inputs.condition'), pass);
      const byRow = (of: (level: number, x: tf.Tensor4D, noise: tf.Tensor4D) => tf.Tensor4D) => {
        const rows = at.map((level, i) => of(level, x.slice([i], [1]), predicted.slice([i], [1])));
        return storedOrder(tf.concat(rows, 0));
      };
      const start = byRow((level, ...fields) => dataIn(...fields, schedule.signal[level]!, null));
      comparison.arrays('x_start', start, wanted('outputs.x_start'), TOLERANCE);
      const mean = byRow((level, ...fields) => posteriorMean(schedule, level, ...fields, null));
      comparison.arrays('posterior_mean', mean, wanted('outputs.posterior_mean'), TOLERANCE);
    });
    return comparison.report(one.name);
  } finally {
    network.dispose();
  }
}

function compareBuffers(one: TensorCase, schedule: NoiseSchedule, comparison: Comparison): void {
  const published: Record<string, Float64Array> = {
    betas: schedule.betas,
    alphas_cumprod: schedule.signal,
    sqrt_recip_alphas_cumprod: schedule.rootRecip,
    sqrt_recipm1_alphas_cumprod: schedule.rootRecipM1,
    posterior_mean_coef1: schedule.posteriorCoefficient1,
    posterior_mean_coef2: schedule.posteriorCoefficient2,
    posterior_variance: schedule.posteriorVariance,
  };
  for (const [name, series] of Object.entries(published)) {
    const stored = one.tensors.get(`schedule.${name}`);
    if (!stored) continue;
    const want = stored.data as Float32Array;
    // The last reciprocals of a cosine schedule are in the tens of thousands, where float32 has no 1e-4 to lose.
    const largest = series.reduce((top, value) => Math.max(top, Math.abs(value)), 1);
    comparison.arrays(
      name,
      series.map((v) => v / largest),
      want.map((v) => v / largest),
      TOLERANCE,
    );
  }
}

export function runMcvdCase(one: TensorCase): CaseReport {
  const steps = configNumber(one, 'timesteps') ?? 1000;
  if (configText(one, 'beta_schedule', 'linear') !== 'linear')
    return {
      name: one.name,
      error: null,
      tolerance: null,
      ok: true,
      skipped: true,
      note: 'Only the linear schedule is compared.',
    };
  const betas = linearBetas(
    steps,
    configNumber(one, 'sigma_begin') ?? 0.02,
    configNumber(one, 'sigma_end') ?? 1e-4,
  );
  const comparison = new Comparison();
  const want = one.description.betas_first_last;
  if (Array.isArray(want))
    comparison.arrays('betas', [betas[0]!, betas[1]!, betas[steps - 1]!], want, TOLERANCE);
  return comparison.report(one.name);
}
