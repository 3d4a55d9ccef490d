/** Checkpoints of a run on disk: safetensors that other programs read too, with a checked description beside. */
import { join } from 'node:path';
import { z } from 'zod';
import { readBinaryChecked, writeBinaryChecked } from '#main/workspace/checked-binary.ts';
import type { JsonFormat } from '#main/workspace/checked-json.ts';
import { entityFiles } from '#main/workspace/entities.ts';
import { DriftcastError } from '#shared/errors.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../networks/safetensors.ts';
import type { CheckpointName, CheckpointStore } from '../training/checkpoint.ts';

// What the description holds is the training room's business, which checks it with schemas of its own.
const format: JsonFormat<Record<string, unknown>> = {
  what: 'checkpoint',
  version: 1,
  schema: z.record(z.string(), z.unknown()),
};

function checkpointPath(runFolder: string, name: CheckpointName): string {
  return join(runFolder, entityFiles.checkpoints, `${name}.safetensors`);
}

export function checkpointStore(runFolder: string): CheckpointStore {
  return {
    save: (name, tensors, meta) =>
      writeBinaryChecked(checkpointPath(runFolder, name), writeSafetensors(tensors), format, { ...meta }),
    async load(name) {
      const found = await readBinaryChecked(checkpointPath(runFolder, name), format);
      return found && { tensors: readSafetensors(found.bytes), meta: found.description };
    },
  };
}

/** The weights a run forecasts with. @throws DriftcastError `not-found` before the first were kept. */
export async function bestTensors(runFolder: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const found = await checkpointStore(runFolder).load('best');
  if (found) return found.tensors;
  throw new DriftcastError(
    'not-found',
    'The run has no trained weights yet.',
    'Let it train until its first validation, or import weights into it.',
  );
}
