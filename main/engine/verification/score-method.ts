/** Runs a forecasting method over initial conditions and scores it against what was observed. */
import type { Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { ForecastMethod } from '../baselines/baseline.ts';
import { ScoreAccumulator, type ScoreOptions } from './accumulator.ts';

export interface MethodScoring extends Omit<ScoreOptions, 'members'> {
  /** Initial conditions as indices on the dataset's time axis. */
  starts: readonly number[];
  members: number;
  units: string;
  seed: number;
  /** Observed field at a time index, [cells, channels], physical units, NaN where missing. */
  truth(timeIndex: number): Promise<Float32Array>;
  onProgress?: (fraction: number) => void;
  signal?: AbortSignal | null;
}

/** Scores `method` at whole leads. Its ensemble may have any size, but the same at every lead and start. */
export async function scoreMethod(method: ForecastMethod, options: MethodScoring): Promise<Scores> {
  const { starts, leads, members, seed, signal, units } = options;
  let scores: ScoreAccumulator | null = null;
  let done = 0;
  for (const start of starts) {
    await method.forecast({ start, leads, members, seed, signal: signal ?? null }, async (field) => {
      scores ??= new ScoreAccumulator({ ...options, members: field.members });
      if (field.members !== scores.members)
        throw new DriftcastError(
          'unsupported',
          `${method.title} made ${field.members} members at one time and ${scores.members} at another, which cannot be scored together.`,
          'Choose a training period of whole years.',
        );
      const truth = await options.truth(start + field.lead);
      scores.add(start, leads.indexOf(field.lead), field.values, truth);
    });
    options.onProgress?.(++done / starts.length);
  }
  if (scores === null)
    throw new DriftcastError('bad-input', 'There is nothing to score: no initial condition was chosen.');
  return (scores as ScoreAccumulator).scores(units);
}
