/** Scoring a run as every topic needs it: what decides the outcome, the engine's call, and the scores kept beside the run. */
import type { ScoringInput } from '#main/engine/protocol.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Run } from '#shared/domain/run.ts';
import type { EvaluationSettings } from '#shared/domain/scores.ts';
import type { Core } from './core.ts';
import type { JobContext } from './job-registry.ts';
import { type StoredEvaluation, weightsOf, writeEvaluation } from './stored-scores.ts';

/** What a caller may choose; null stands for what the run itself says. */
export interface ScoringRequest
  extends Pick<EvaluationSettings, 'split' | 'members' | 'starts' | 'seed' | 'schedule' | 'units'> {
  horizon: number | null;
  dataset: string | null;
}

/** A run with everything that decides its scores. */
export interface ScoringPlan {
  run: Run;
  dataset: Dataset;
  settings: EvaluationSettings;
  input: ScoringInput;
}

/** @throws DriftcastError `not-found` for a run or dataset that is gone. */
export async function planScoring(
  { entities }: Core,
  id: string,
  { dataset: wanted, horizon, ...choices }: ScoringRequest,
): Promise<ScoringPlan> {
  const run = await entities.runs.read(id);
  const trained = await entities.datasets.read(run.dataset);
  const dataset = wanted === null ? trained : await entities.datasets.read(wanted);
  const steps = horizon ?? trained.settings.horizon;
  return {
    run,
    dataset,
    settings: {
      ...choices,
      dataset: dataset.id,
      datasetFingerprint: dataset.fingerprint,
      weights: await weightsOf(entities, id),
      horizon: steps,
    },
    input: {
      ...choices,
      horizon: steps,
      datasetFolder: entities.datasets.folder(dataset.id),
      trainedFolder: entities.datasets.folder(trained.id),
      runFolder: entities.runs.folder(id),
    },
  };
}

/** Lets the engine score, and keeps the scores with the run. */
export async function scoreRun(
  { entities, compute }: Core,
  { run, settings, input }: ScoringPlan,
  { signal, step }: Pick<JobContext, 'signal' | 'step'>,
): Promise<StoredEvaluation> {
  const scored = await compute.call('evaluateRun', input, { signal, onEvent: (event) => step(event) });
  const created = new Date().toISOString();
  return writeEvaluation(entities, { run: run.id, runName: run.name, created, settings, ...scored });
}
