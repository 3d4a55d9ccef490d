/** A whole training run: the stages of its method one after the other, from the start or from a checkpoint. */
import { DriftcastError } from '#shared/errors.ts';
import type { MethodModel, Stage } from '../methods/method.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { type CheckpointMeta, type CheckpointStore, freshPosition, loadModelTensors } from './checkpoint.ts';
import { parametersOf, probeStages } from './estimate.ts';
import { createMethod } from './methods.ts';
import type { TrainRequest, TrainResult } from './request.ts';
import { readLast, restoreLoop } from './resume.ts';
import { guardLargeGrid } from './row-memory.ts';
import { StageLoop } from './stage-loop.ts';
import { TrainHost } from './train-host.ts';
import { checkFreeze, trainableParameters } from './trainable.ts';
import { validationReferences } from './validation.ts';

/**
 * Trains a model; when it is finished, the store's `best` holds all networks as forecasts need them.
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
  const available = request.availableBytes ?? Number.POSITIVE_INFINITY;
  await guardLargeGrid(settings, train, available);
  const model = createMethod(settings, train, settings.seed);
  try {
    checkFreeze(model, settings.freeze);
    const saved = request.resume ? await readLast(store, settings) : null;
    if (saved) loadModelTensors(model, saved.tensors);
    else if (request.initial) loadModelTensors(model, request.initial);
    request.onStarted?.({
      parameters: parametersOf(model),
      references: await validationReferences(train, validation, settings),
    });
    const probe = await probeStages(model, settings, train, validation, available);
    const host = new TrainHost(request, model, probe, saved?.meta ?? null);
    const reached = saved ? model.stages.findIndex(({ name }) => name === saved.meta.stage) : 0;
    for (const [index, stage] of model.stages.entries()) {
      if (index < reached || trainableParameters(stage, settings.freeze).size === 0) continue;
      const outcome = await runStage(stage, host, saved && index === reached ? saved : null);
      if (outcome === 'paused') return host.result('paused');
      await loadBest(store, model, stage);
    }
    await host.calibrate();
    return host.result('finished');
  } finally {
    model.dispose();
  }
}

async function runStage(
  stage: Stage,
  host: TrainHost,
  saved: { tensors: ReadonlyMap<string, StoredTensor>; meta: CheckpointMeta } | null,
): Promise<'ended' | 'paused'> {
  const rows = host.rowsAtOnce(stage);
  const position = saved
    ? { ...saved.meta.position, microBatch: Math.min(saved.meta.position.microBatch, rows) }
    : freshPosition(rows, stage.continues ? host.bestCrps : null);
  const loop = new StageLoop(stage, position, host.forStage(stage, position));
  try {
    if (saved) restoreLoop(loop, saved);
    return await loop.run();
  } finally {
    loop.dispose();
  }
}

/** A stage ends with its best weights, not its last. */
async function loadBest(store: CheckpointStore, model: MethodModel, { part }: Stage): Promise<void> {
  const best = await store.load('best');
  if (best) loadModelTensors(model, best.tensors, [part]);
}
