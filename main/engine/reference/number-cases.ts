/** Schedules, the optimiser and scores against the published ones. */
import { createSchedule, type ScheduleOptions, samplingSteps } from '../dyffusion/schedule.ts';
import * as tf from '../runtime/tf.ts';
import { AdamW, clipByNorm } from '../training/adamw.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import {
  type CaseReport,
  Comparison,
  configNumber,
  largestDifference,
  requireTensor,
  type TensorCase,
} from './case.ts';

export interface ScheduleDescription {
  schedule: ScheduleOptions['kind'];
  horizon: number;
  additional_interpolation_steps?: number;
  additional_interpolation_steps_factor?: number;
  interpolate_before_t1?: boolean;
  num_timesteps: number;
  interpolation_time: number[];
  sampling_schedules?: Record<string, number[]>;
}

const SCHEDULE_TOLERANCE = 1e-6;

export function runScheduleCase(one: ScheduleDescription): CaseReport {
  const comparison = new Comparison();
  const extra = one.additional_interpolation_steps ?? one.additional_interpolation_steps_factor ?? 0;
  const schedule = createSchedule({
    kind: one.schedule,
    horizon: one.horizon,
    auxiliarySteps: extra,
    interpolateBeforeT1: one.interpolate_before_t1 ?? true,
  });
  const times = Array.from({ length: schedule.steps }, (_, n) => schedule.time(n));
  comparison.arrays('the number of steps', [schedule.steps], [one.num_timesteps], SCHEDULE_TOLERANCE);
  comparison.arrays('the interpolation times', times, one.interpolation_time, SCHEDULE_TOLERANCE);
  for (const [name, steps] of Object.entries(one.sampling_schedules ?? {}))
    comparison.arrays(`the schedule ${name}`, samplingSteps(schedule, name), steps, SCHEDULE_TOLERANCE);
  return comparison.report(`schedule ${one.schedule} h=${one.horizon} extra=${extra}`);
}

const OPTIMISER_TOLERANCE = 1e-5;

/** The trajectory's first state is the start; the loss is a quadratic whose weight jumps at one step, so that clipping counts. */
export function runAdamWCase(one: TensorCase): CaseReport {
  const config = one.description.config ?? {};
  const [beta1, beta2] = (config.betas as [number, number] | undefined) ?? [0.9, 0.999];
  const target = requireTensor(one, 'inputs.target').data as Float32Array;
  const wanted = requireTensor(one, 'outputs.trajectory');
  const size = target.length;
  const weightAt = lossWeights(String(config.loss ?? ''));
  const comparison = new Comparison();
  const optimiser = new AdamW(size, {
    weightDecay: configNumber(one, 'weight_decay') ?? 0,
    beta1,
    beta2,
    epsilon: configNumber(one, 'eps') ?? 1e-8,
  });
  let weights = tf.tensor1d(requireTensor(one, 'inputs.start').data as Float32Array);
  try {
    for (let state = 0; state < wanted.shape[0]!; state++) {
      const want = (wanted.data as Float32Array).subarray(state * size, (state + 1) * size);
      comparison.arrays(`state ${state}`, weights.dataSync(), want, OPTIMISER_TOLERANCE);
      const clipped = tf.tidy(() =>
        clipByNorm(
          weights.sub(tf.tensor1d(target)).mul(2 * weightAt(state + 1)) as tf.Tensor1D,
          configNumber(one, 'clip_norm') ?? null,
        ),
      );
      const next = optimiser.step(weights, clipped, configNumber(one, 'lr') ?? 1e-3);
      tf.dispose([weights, clipped]);
      weights = next;
    }
    return comparison.report(one.name);
  } finally {
    weights.dispose();
    optimiser.dispose();
  }
}

/** Reads "… c=0.05 except 5 at the third step"; without it the weight is 1. */
function lossWeights(text: string): (step: number) => number {
  const usual = Number(/\bc\s*=\s*([\d.e-]+)/.exec(text)?.[1] ?? 1);
  const exception = /except\s+([\d.e-]+)\s+at\s+(?:the\s+)?(?:step\s+)?(\w+)/.exec(text);
  if (!exception) return () => usual;
  const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth'];
  const named = ordinals.indexOf(exception[2]!) + 1;
  const step = named > 0 ? named : Number.parseInt(exception[2]!, 10);
  return (at) => (at === step ? Number(exception[1]) : usual);
}

const SCORE_TOLERANCE = 1e-5;

export function runScoresCase(one: TensorCase): CaseReport {
  const ensemble = requireTensor(one, 'inputs.ensemble');
  const observation = requireTensor(one, 'inputs.observation').data as Float32Array;
  const scores = new ScoreAccumulator({
    members: ensemble.shape[0]!,
    leads: [1],
    cells: observation.length,
    channels: 1,
  });
  scores.add(0, 0, ensemble.data as Float32Array, observation);
  const { overall, rankHistogram } = scores.scores('');
  const comparison = new Comparison();
  const got: Record<string, number | null> = {
    crps: overall.paper.crps,
    mse: overall.paper.mse,
    ssr: overall.paper.ssr,
    fair_crps: overall.fairCrps,
    corrected_ssr: overall.correctedSsr,
  };
  for (const [key, value] of Object.entries(got)) {
    const want = one.description[key];
    if (typeof want === 'number')
      comparison.add(key, Math.abs((value ?? Number.NaN) - want), SCORE_TOLERANCE);
  }
  const ranks = one.description.rank_histogram;
  if (Array.isArray(ranks))
    comparison.add('the rank histogram', largestDifference(rankHistogram, ranks), SCORE_TOLERANCE);
  return comparison.report(one.name);
}
