/** From saved weights to ensemble forecasts: the way that everything outside the engine's compute rooms takes. */
import type { TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { combineSeeds } from '#shared/random.ts';
import type { MethodModel, SampleStatistics } from '../methods/method.ts';
import type { Problem } from '../methods/problem.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { loadModelTensors } from './checkpoint.ts';
import { createMethod } from './methods.ts';

/**
 * A model ready for sampling from tensors under the public names with the prefixes of the method's networks (a
 * checkpoint's or an imported file's); whatever else the tensors hold is ignored. The caller disposes it.
 * @throws DriftcastError `not-found` while a run has not trained all networks, `bad-input` for weights of other networks
 */
export function loadModel(
  tensors: ReadonlyMap<string, StoredTensor>,
  settings: TrainSettings,
  problem: Problem,
): MethodModel {
  const model = createMethod(settings, problem, 0);
  try {
    for (const part of model.networks.keys())
      if (![...tensors.keys()].some((name) => name.startsWith(`${part}.`)))
        throw new DriftcastError(
          'not-found',
          `These weights have no ${part}.`,
          'Finish the training first, or import a file with all networks of the method.',
        );
    loadModelTensors(model, tensors);
    return model;
  } catch (thrown) {
    model.dispose();
    throw thrown;
  }
}

export interface EnsembleRequest {
  model: MethodModel;
  problem: Problem;
  /** Normalised initial conditions, [starts, height, width, channel], 0 in masked cells. */
  initial: Float32Array;
  /** Extra input channels `offset` data steps after each start, [starts, height, width, extra]; needed where the model has any. */
  conditions?: ((offset: number) => Promise<Float32Array | null>) | null;
  members: number;
  /** Data steps; beyond the model's horizon the forecast rolls on. */
  horizon: number;
  /** Extra real-valued leads in (0, horizon). */
  leadTimes?: readonly number[];
  /** Accelerated schedule; null: as the settings say. */
  schedule?: string | null;
  seed: number;
  /** Most rows in one network call; lowered when memory runs out. */
  maxBatch?: number;
  boundary?: ((snapshot: tf.Tensor4D, lead: number) => tf.Tensor4D) | null;
  /** Normalised frames [starts, members, height, width, channel] of one lead; order as `SampleRequest.onLead` says. */
  onLead(lead: number, frames: Float32Array): Promise<void> | void;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal | null;
}

export interface EnsembleStatistics extends SampleStatistics {
  seconds: number;
}

const MOST_ROWS = 32;
/** Largest grid that is forecast with so many rows at a time. */
const GRID_CELLS = 128 * 128;

/**
 * Rows in one network call: fewer on larger grids, so that memory stays the same. Not as many as happen to fit, because
 * the same seed has to give the same forecast wherever it is made.
 */
export function forecastRows({ height, width }: Problem['shape']): number {
  return Math.max(1, Math.min(MOST_ROWS, Math.floor((MOST_ROWS * GRID_CELLS) / (height * width))));
}

/** Samples an ensemble from each start and hands over every lead once it is final; holds no more than one lead at a time. */
export async function forecastEnsemble(request: EnsembleRequest): Promise<EnsembleStatistics> {
  const { model, problem, conditions } = request;
  const { height, width, channels } = problem.shape;
  const started = performance.now();
  const starts = request.initial.length / (height * width * channels);
  if (!Number.isInteger(starts) || starts < 1)
    throw new DriftcastError(
      'bad-input',
      `${request.initial.length} values are no initial conditions on a grid of ${height} × ${width} cells with ${channels} channels.`,
      'Forecast from frames of the dataset that the run was trained on.',
    );
  const initial = tf.tensor4d(request.initial, [starts, height, width, channels]);
  try {
    const statistics = await model.sample({
      initial,
      members: request.members,
      horizon: request.horizon,
      leads: request.leadTimes ?? [],
      statics: async (offset) => {
        const values = (await conditions?.(offset)) ?? null;
        return values && tf.tensor4d(values, [starts, height, width, problem.conditionChannels]);
      },
      schedule: request.schedule ?? null,
      random: new RandomStream(combineSeeds(request.seed, 7)),
      maxBatch: request.maxBatch ?? forecastRows(problem.shape),
      boundary: request.boundary ?? null,
      onLead: async (lead, snapshot) => request.onLead(lead, (await snapshot.data()) as Float32Array),
      onProgress: request.onProgress ?? null,
      signal: request.signal ?? null,
    });
    return { ...statistics, seconds: (performance.now() - started) / 1000 };
  } finally {
    initial.dispose();
  }
}
