/** A trained run as a forecasting method: from physical fields to physical fields, whatever happens in between. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import { readRunIn } from '#main/workspace/entities.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { combineSeeds } from '#shared/random.ts';
import type { EnsembleField, ForecastTask } from '../baselines/baseline.ts';
import type { MethodModel } from '../methods/method.ts';
import type { Problem } from '../methods/problem.ts';
import { type EnsembleStatistics, forecastEnsemble, loadModel } from '../training/forecast.ts';
import { boundaryHook } from './boundary.ts';
import { bestTensors } from './checkpoints.ts';

/** What one forecast of a trained model may choose beyond a task that any method takes. */
export interface ModelTask extends Omit<ForecastTask, 'leads'> {
  /** Data steps. */
  horizon: number;
  /** Real-valued leads besides the whole ones. */
  leadTimes: readonly number[];
  schedule: string | null;
  onProgress?: (fraction: number) => void;
}

export class TrainedModel {
  private constructor(
    readonly settings: TrainSettings,
    private readonly dataset: PreparedDataset,
    private readonly problem: Problem,
    private readonly model: MethodModel,
  ) {}

  /** @throws DriftcastError `not-found` for a run without weights, `conflict` for a run of another dataset. */
  static async open(runFolder: string, dataset: PreparedDataset): Promise<TrainedModel> {
    const run = await readRunIn(runFolder);
    if (run.datasetFingerprint !== dataset.dataset.fingerprint)
      throw new DriftcastError(
        'conflict',
        `The dataset of ${run.name} has changed since the run was trained.`,
        'Train a new run on the dataset as it is now.',
      );
    const problem = problemOf(dataset);
    const model = loadModel(await bestTensors(runFolder), run.settings, problem);
    return new TrainedModel(run.settings, dataset, problem, model);
  }

  /** Hands over every lead as it becomes final: whole leads first, real-valued ones after their block. */
  async forecast(
    { start, members, horizon, leadTimes, schedule, seed, signal, onProgress }: ModelTask,
    onLead: (field: EnsembleField) => Promise<void> | void,
  ): Promise<EnsembleStatistics> {
    const { dataset } = this;
    const initial = await dataset.frame(start);
    dataset.normaliser.normalise(initial, start);
    const boundary = boundaryHook(dataset, start);
    const forecast = forecastEnsemble({
      model: this.model,
      problem: this.problem,
      initial,
      conditions: async (offset) => dataset.conditions([dataset.after(start, offset)]),
      members,
      horizon,
      leadTimes,
      schedule,
      // The draws of one start do not depend on which others are forecast with it.
      seed: combineSeeds(seed, start),
      signal: signal ?? null,
      onProgress,
      boundary: boundary && ((snapshot, lead) => boundary.apply(snapshot, lead)),
      onLead: (lead, values) =>
        onLead({ lead, members, values: this.physical(values, dataset.after(start, lead)) }),
    });
    return forecast.finally(() => boundary?.dispose());
  }

  dispose(): void {
    this.model.dispose();
  }

  /** In place: normalised members [members, height, width, channel] → physical, NaN where masked. */
  private physical(values: Float32Array, time: number): Float32Array {
    const { mask, normaliser, channels } = this.dataset;
    const size = mask.length * channels.length;
    for (let from = 0; from < values.length; from += size) {
      const frame = values.subarray(from, from + size);
      normaliser.restore(frame, time);
      for (let i = 0; i < size; i++) {
        if (mask[Math.floor(i / channels.length)] === 0) frame[i] = Number.NaN;
        else if (!Number.isFinite(frame[i]!))
          throw new DriftcastError(
            'diverged',
            'The forecast grew beyond all numbers.',
            'Forecast fewer steps ahead, or train the run longer.',
          );
      }
    }
    return values;
  }
}

export function problemOf(dataset: PreparedDataset): Problem {
  const { height, width, channels, mask, conditionChannels } = dataset;
  return {
    horizon: dataset.dataset.settings.horizon,
    shape: { height, width, channels: channels.length },
    conditionChannels,
    mask,
  };
}
