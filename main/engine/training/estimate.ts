/** How long a training run will take and how much memory it needs, from a few real steps on this machine. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { createModel, type DyffusionModel } from '../dyffusion/model.ts';
import { samplingSteps } from '../dyffusion/schedule.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { ParameterVector } from './parameters.ts';
import { forecasterStage, interpolatorStage, type Stage } from './stages.ts';
import { planOf, type StageCosts, stageSeconds } from './time-left.ts';
import { VALIDATION_ROWS } from './validation.ts';

export interface TrainEstimate {
  seconds: number;
  memoryBytes: number;
  parameters: number;
  /** Of the forecaster, the longer of the two stages' steps. */
  stepSeconds: number;
}

/** What the process takes before any tensor: runtime, libraries, code. */
const PROCESS_BYTES = 450e6;
/** Rows of a probe: small, so that an estimate of a large model comes soon. */
const PROBE_ROWS = 4;
/** One step on the optimiser's vectors costs little, but at small sizes more than nothing. */
const OPTIMISER_SHARE = 1.05;

/** Costs of both stages, and the most bytes of tensors that one batch takes. */
export interface Probe {
  interpolator: StageCosts;
  forecaster: StageCosts;
  batchBytes: number;
}

/** @throws DriftcastError `bad-input` for settings that make no model, `out-of-memory` where not even the probe fits. */
export async function estimateTraining(
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
): Promise<TrainEstimate> {
  const model = createModel(settings, train, settings.seed);
  try {
    const probe = await probeStages(model, settings, train, validation);
    const parameters = parametersOf(model);
    const start = { epoch: 0, step: 0, elapsed: 0 };
    const seconds = (['interpolator', 'forecaster'] as const)
      .map((name) => stageSeconds(planOf(settings, settings[name], train.count), probe[name], start))
      .reduce((a, b) => a + b);
    // Weights and gradient, two moments, the average, and copies while stepping.
    const optimiserBytes = 8 * 4 * parameters;
    return {
      seconds,
      memoryBytes: PROCESS_BYTES + probe.batchBytes + optimiserBytes,
      parameters,
      stepSeconds: Math.max(probe.interpolator.step, probe.forecaster.step),
    };
  } finally {
    model.dispose();
  }
}

export function parametersOf(model: DyffusionModel): number {
  return model.interpolator.network.parameterCount + model.forecaster.network.parameterCount;
}

/** Times one small batch of each stage, forward and with gradient, without changing any weight. */
export async function probeStages(
  model: DyffusionModel,
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
): Promise<Probe> {
  const first = interpolatorStage(model, settings.interpolator);
  const second = forecasterStage(model, settings.forecaster, settings.diffusion);
  const a = await probeStage(first, train);
  const b = await probeStage(second, train);
  const validated = validation.count === 0 ? 0 : 1;
  const rows = validated * Math.min(VALIDATION_ROWS, validation.count * model.schedule.steps);
  const { members, starts } = settings.validation;
  const trajectories = validated * members * Math.min(starts, validation.count);
  const visited = samplingSteps(model.schedule, settings.diffusion.samplingSchedule).length;
  const refined = settings.diffusion.refine ? model.schedule.horizon - 1 : 0;
  const interpolations = 2 * visited - 3 + refined;
  const batch = (stage: Stage) => stage.settings.batchSize * stage.settings.accumulation;
  return {
    interpolator: {
      step: a.gradient * Math.min(batch(first), train.count) * OPTIMISER_SHARE,
      validationLoss: a.forward * rows,
      // Its loss is its score.
      validationScore: 0,
    },
    forecaster: {
      step: b.gradient * Math.min(batch(second), train.count) * OPTIMISER_SHARE,
      validationLoss: b.forward * rows,
      // The forecaster's own loss holds about two calls of each network, so one call is about a quarter of it.
      validationScore: trajectories * ((b.forward / 4) * visited + a.forward * interpolations),
    },
    batchBytes: Math.max(
      a.bytesPerRow * Math.min(first.settings.batchSize, train.count),
      b.bytesPerRow * Math.min(second.settings.batchSize, train.count),
    ),
  };
}

/** Seconds and bytes a row. */
async function probeStage(
  stage: Stage,
  source: ExampleSource,
): Promise<{ gradient: number; forward: number; bytesPerRow: number }> {
  const rows = Math.min(PROBE_ROWS, source.count, stage.settings.batchSize);
  // Steps from the middle of the schedule, so that no example is spared its interpolation.
  const items = stage
    .spread(1, 64)
    .filter((_, i, all) => i >= Math.floor((all.length - rows) / 2))
    .slice(0, rows);
  while (items.length < rows) items.push({ ...items.at(-1)! });
  const batch = await stage.load(source, items);
  const vector = new ParameterVector(stage.network.parameters);
  const statistics = [...stage.network.buffers.values()].map((variable) => variable.clone());
  const pass = { dropout: true, training: true, random: new RandomStream(1) };
  const gradient = () => {
    const result = tf.tidy(() => vector.gradient(stage.objective(source, batch, pass)));
    result.value.dataSync();
    tf.dispose([result.value, result.gradient]);
  };
  try {
    const before = tf.memory().numBytes;
    // The first run is slower than all others; it tells the memory instead.
    const profile = await tf.profile(() => {
      gradient();
      return tf.scalar(0);
    });
    tf.dispose(profile.result);
    await tf.nextFrame();
    const withGradient = timed(gradient);
    await tf.nextFrame();
    const forward = timed(() => {
      const loss = tf.tidy(() => stage.objective(source, batch, { ...pass, training: false })());
      loss.dataSync();
      loss.dispose();
    });
    const bytes = Math.max(0, profile.peakBytes - before);
    return { gradient: withGradient / rows, forward: forward / rows, bytesPerRow: bytes / rows };
  } finally {
    [...stage.network.buffers.values()].forEach((variable, i) => {
      variable.assign(statistics[i]!);
    });
    tf.dispose(statistics);
  }
}

function timed(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}
