/** A whole training run: the interpolator, then the forecaster, from the start or from a checkpoint. */
import type { StageName } from '#shared/domain/run.ts';
import { DriftcastError } from '#shared/errors.ts';
import { createModel, type DyffusionModel } from '../dyffusion/model.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { type CheckpointMeta, type CheckpointStore, freshPosition, loadModelTensors } from './checkpoint.ts';
import { parametersOf, probeStages } from './estimate.ts';
import type { TrainRequest, TrainResult } from './request.ts';
import { readLast, restoreLoop } from './resume.ts';
import { StageLoop } from './stage-loop.ts';
import { forecasterStage, interpolatorStage } from './stages.ts';
import { TrainHost } from './train-host.ts';
import { validationReferences } from './validation.ts';

/**
 * Trains a model; when it is finished, the store's `best` holds both networks as forecasts need them.
 * @throws DriftcastError `cancelled` after saving `last`, `diverged`, `out-of-memory`, `bad-input` (no training examples,
 *   settings or weights that do not fit), or whatever the store throws
 */
export async function trainRun(request: TrainRequest): Promise<TrainResult> {
  const { settings, train, validation, store } = request;
  if (train.count === 0)
    throw new DriftcastError(
      'bad-input',
      `The training split has no window of ${train.horizon + 1} time steps in a row.`,
      'Choose a longer training period or a shorter horizon.',
    );
  const model = createModel(settings, train, settings.seed);
  try {
    const saved = request.resume ? await readLast(store, settings) : null;
    if (saved) loadModelTensors(model, saved.tensors);
    else if (request.initial) loadModelTensors(model, request.initial);
    request.onStarted?.({
      parameters: parametersOf(model),
      references: await validationReferences(train, validation, settings),
    });
    const probe = await probeStages(model, settings, train, validation);
    const host = new TrainHost(request, model, probe, saved?.meta ?? null);
    for (const name of ['interpolator', 'forecaster'] as const) {
      if (saved && name === 'interpolator' && saved.meta.stage === 'forecaster') continue;
      const resumed = saved?.meta.stage === name ? saved : null;
      const outcome = await runStage(name, model, host, resumed);
      if (outcome === 'paused') return host.result('paused');
      await loadBest(store, model, name);
    }
    return host.result('finished');
  } finally {
    model.dispose();
  }
}

async function runStage(
  name: StageName,
  model: DyffusionModel,
  host: TrainHost,
  saved: { tensors: ReadonlyMap<string, StoredTensor>; meta: CheckpointMeta } | null,
): Promise<'ended' | 'paused'> {
  const { settings } = host.request;
  const stage =
    name === 'interpolator'
      ? interpolatorStage(model, settings.interpolator)
      : forecasterStage(model, settings.forecaster, settings.diffusion);
  const position = saved ? { ...saved.meta.position } : freshPosition(stage.settings.batchSize);
  const loop = new StageLoop(stage, position, host.forStage(stage, position));
  try {
    if (saved) restoreLoop(loop, saved);
    return await loop.run();
  } finally {
    loop.dispose();
  }
}

/** A stage ends with its best weights, not its last. */
async function loadBest(store: CheckpointStore, model: DyffusionModel, name: StageName): Promise<void> {
  const best = await store.load('best');
  if (best) loadModelTensors(model, best.tensors, [name]);
}
