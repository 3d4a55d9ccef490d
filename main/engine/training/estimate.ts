/** How long a training run will take and how much memory it needs, from a few real steps on this machine. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import type { MethodModel, Stage } from '../methods/method.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { createMethod } from './methods.ts';
import { ParameterVector } from './parameters.ts';
import { planOf, type StageCosts, stageSeconds } from './time-left.ts';
import { checkFreeze, trainableParameters } from './trainable.ts';
import { VALIDATION_ROWS } from './validation.ts';

export interface TrainEstimate {
  seconds: number;
  memoryBytes: number;
  parameters: number;
  /** Of the stage with the longest steps. */
  stepSeconds: number;
}

/** What the process takes before any tensor: runtime, libraries, code. */
const PROCESS_BYTES = 450e6;
/** Rows of a probe: small, so that an estimate of a large model comes soon. */
const PROBE_ROWS = 4;
/** One step on the optimiser's vectors costs little, but at small sizes more than nothing. */
const OPTIMISER_SHARE = 1.05;

/** Costs of the model's stages, of tuning after them, and the most bytes of tensors that one batch takes. */
export interface Probe {
  stages: StageCosts[];
  calibration: number;
  batchBytes: number;
}

/** @throws DriftcastError `bad-input` for settings that make no model, `out-of-memory` where not even the probe fits. */
export async function estimateTraining(
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
): Promise<TrainEstimate> {
  const model = createMethod(settings, train, settings.seed);
  try {
    checkFreeze(model, settings.freeze);
    const probe = await probeStages(model, settings, train, validation);
    const parameters = parametersOf(model);
    const start = { epoch: 0, step: 0, elapsed: 0 };
    const trained = model.stages.map(({ settings: own }, i) =>
      stageSeconds(planOf(settings, own, train.count), probe.stages[i]!, start),
    );
    const seconds = trained.reduce((a, b) => a + b, probe.calibration);
    // Weights and gradient, two moments, the average, and copies while stepping.
    const optimiserBytes = 8 * 4 * parameters;
    return {
      seconds,
      memoryBytes: PROCESS_BYTES + probe.batchBytes + optimiserBytes,
      parameters,
      stepSeconds: Math.max(...probe.stages.map(({ step }) => step)),
    };
  } finally {
    model.dispose();
  }
}

export function parametersOf(model: MethodModel): number {
  return [...model.networks.values()].reduce((sum, network) => sum + network.parameterCount, 0);
}

/** Times one small batch of each stage, forward and with gradient, without changing any weight. */
export async function probeStages(
  model: MethodModel,
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
): Promise<Probe> {
  const measured: Awaited<ReturnType<typeof probeStage>>[] = [];
  for (const stage of model.stages) measured.push(await probeStage(stage, train));
  const validated = validation.count === 0 ? 0 : 1;
  const { members, starts } = settings.validation;
  const trajectories = validated * members * Math.min(starts, validation.count);
  const forecasts = trajectories * model.forecastSeconds(measured.map(({ forward }) => forward));
  const stages = model.stages.map((stage, i): StageCosts => {
    // A stage that is frozen as a whole is left out.
    if (trainableParameters(stage, settings.freeze).size === 0)
      return { step: 0, validationLoss: 0, validationScore: 0 };
    const batch = stage.settings.batchSize * stage.settings.accumulation;
    const rows = validated * stage.spread(validation.count, VALIDATION_ROWS).length;
    return {
      step: measured[i]!.gradient * Math.min(batch, train.count) * OPTIMISER_SHARE,
      validationLoss: measured[i]!.forward * rows,
      validationScore: stage.scoredBy === 'loss' ? 0 : forecasts,
    };
  });
  return {
    stages,
    calibration: forecasts * (model.calibration?.candidates.length ?? 0),
    batchBytes: Math.max(
      ...model.stages.map(
        (stage, i) => measured[i]!.bytesPerRow * Math.min(stage.settings.batchSize, train.count),
      ),
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
