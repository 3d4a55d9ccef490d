/** How long a training run will take and how much memory it needs, from a few real steps on this machine. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import type { MethodModel, Stage } from '../methods/method.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { createMethod } from './methods.ts';
import { ParameterVector } from './parameters.ts';
import { guardLargeGrid, peakOf, probeItems, refuseTooLarge, rowsAtOnce } from './row-memory.ts';
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
/** Rows of a probe: small, so that an estimate of a large model comes soon, and one where one row takes this long. */
const PROBE_ROWS = 4;
const SLOW_SECONDS = 3;
/** One step on the optimiser's vectors costs little, but at small sizes more than nothing. */
const OPTIMISER_SHARE = 1.05;

/** Costs of the model's stages, and of tuning after them. */
export interface Probe {
  stages: StageCosts[];
  calibration: number;
  /** Bytes of tensors that one example of each stage takes, with gradient. */
  rowBytes: number[];
}

/**
 * @param available bytes of memory that tensors may take
 * @throws DriftcastError `bad-input` for settings that make no model, `out-of-memory` where not one example fits.
 */
export async function estimateTraining(
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
  available = Number.POSITIVE_INFINITY,
): Promise<TrainEstimate> {
  await guardLargeGrid(settings, train, available);
  const model = createMethod(settings, train, settings.seed);
  try {
    checkFreeze(model, settings.freeze);
    const probe = await probeStages(model, settings, train, validation, available);
    const parameters = parametersOf(model);
    const start = { epoch: 0, step: 0, elapsed: 0 };
    const trained = model.stages.map(({ settings: own }, i) =>
      stageSeconds(planOf(settings, own, train.count), probe.stages[i]!, start),
    );
    const seconds = trained.reduce((a, b) => a + b, probe.calibration);
    // Weights and gradient, two moments, the average, and copies while stepping.
    const optimiserBytes = 8 * 4 * parameters;
    const batchBytes = Math.max(
      ...model.stages.map((stage, i) => {
        const bytes = probe.rowBytes[i]!;
        return bytes * Math.min(train.count, rowsAtOnce(stage, bytes, available));
      }),
    );
    return {
      seconds,
      memoryBytes: PROCESS_BYTES + batchBytes + optimiserBytes,
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

/**
 * Times one small batch of each stage, forward and with gradient, without changing any weight.
 * @throws DriftcastError `out-of-memory` where one example takes more than is available
 */
export async function probeStages(
  model: MethodModel,
  settings: TrainSettings,
  train: ExampleSource,
  validation: ExampleSource,
  available: number,
): Promise<Probe> {
  const measured: RowCosts[] = [];
  for (const stage of model.stages) {
    const costs = await probeStage(stage, train, available);
    refuseTooLarge(costs.bytes, available, train.shape);
    measured.push(costs);
  }
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
    rowBytes: measured.map(({ bytes }) => bytes),
  };
}

/** Seconds and bytes a row. */
interface RowCosts {
  gradient: number;
  forward: number;
  /** Of tensors, at most at a time, with gradient. */
  bytes: number;
}

async function probeStage(stage: Stage, source: ExampleSource, available: number): Promise<RowCosts> {
  const statistics = [...stage.network.buffers.values()].map((variable) => variable.clone());
  const vector = new ParameterVector(stage.network.parameters);
  const pass = { dropout: true, training: true, random: new RandomStream(1) };
  const workOn = async (rows: number) => {
    const batch = await stage.load(source, probeItems(stage, rows));
    return {
      gradient: () => {
        const result = tf.tidy(() => vector.gradient(stage.objective(source, batch, pass)));
        result.value.dataSync();
        tf.dispose([result.value, result.gradient]);
      },
      forward: () => {
        const loss = tf.tidy(() => stage.objective(source, batch, { ...pass, training: false })());
        loss.dataSync();
        loss.dispose();
      },
    };
  };
  try {
    // The first runs are slower than all others; they tell the memory instead.
    const one = await workOn(1);
    const started = performance.now();
    const bytes = await peakOf(one.gradient);
    one.forward();
    const slow = (performance.now() - started) / 1000 > SLOW_SECONDS;
    const rows = slow ? 1 : Math.min(PROBE_ROWS, source.count, rowsAtOnce(stage, bytes, available));
    const work = rows === 1 ? one : await workOn(rows);
    await tf.nextFrame();
    const gradient = timed(work.gradient);
    await tf.nextFrame();
    return { gradient: gradient / rows, forward: timed(work.forward) / rows, bytes };
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
