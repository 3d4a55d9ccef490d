/** Reads a checkpoint back, and refuses one that another run or version wrote. */
import type { TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { type CheckpointMeta, type CheckpointStore, checkpointMetaSchema } from './checkpoint.ts';
import type { StageLoop } from './stage-loop.ts';

/** Names of what a checkpoint holds besides weights; each [parameters]. */
export const trainingTensors = {
  first: 'training.first_moment',
  second: 'training.second_moment',
  average: 'training.average',
} as const;

export interface SavedTraining {
  tensors: ReadonlyMap<string, StoredTensor>;
  meta: CheckpointMeta;
}

/** The last checkpoint, or null where there is none. */
export async function readLast(
  store: CheckpointStore,
  settings: TrainSettings,
): Promise<SavedTraining | null> {
  const saved = await store.load('last');
  if (saved === null) return null;
  const parsed = checkpointMetaSchema.safeParse(saved.meta);
  if (!parsed.success)
    throw new DriftcastError(
      'damaged-file',
      'The last checkpoint of this run cannot be understood.',
      'Start the training anew.',
      { details: parsed.error.message },
    );
  if (parsed.data.seed !== settings.seed)
    throw new DriftcastError(
      'conflict',
      `The last checkpoint was trained with seed ${parsed.data.seed}, the settings say ${settings.seed}.`,
      'Resume with the settings that the run was started with.',
    );
  return { tensors: saved.tensors, meta: parsed.data };
}

/** Puts optimiser and average back to where they were; the weights are in the network already. */
export function restoreLoop(loop: StageLoop, { tensors, meta }: SavedTraining): void {
  loop.optimiser.restore({
    steps: meta.optimiserSteps,
    first: values(tensors, trainingTensors.first, loop.vector.size),
    second: values(tensors, trainingTensors.second, loop.vector.size),
  });
  loop.average?.restore(values(tensors, trainingTensors.average, loop.vector.size), meta.averageSteps);
}

function values(tensors: ReadonlyMap<string, StoredTensor>, name: string, size: number): Float32Array {
  const tensor = tensors.get(name);
  if (!tensor || !(tensor.data instanceof Float32Array) || tensor.data.length !== size)
    throw new DriftcastError(
      'damaged-file',
      `The last checkpoint lacks "${name}" for this network.`,
      'Resume with the settings that the run was started with, or start the training anew.',
    );
  return tensor.data;
}
