/** Weights in and out of a run as one safetensors file under the published names, each network with its prefix. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '#main/workspace/atomic.ts';
import { readRunIn } from '#main/workspace/entities.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../networks/safetensors.ts';
import { modelTensors } from '../training/checkpoint.ts';
import { loadModel } from '../training/forecast.ts';
import { bestTensors, checkpointStore } from './checkpoints.ts';
import { describeMachine } from './machine.ts';
import { problemOf } from './model.ts';
import { preparedIn } from './prepared.ts';

export const exportWeights: Handler<'exportWeights'> = async ({ runFolder, path }) => {
  const run = await readRunIn(runFolder);
  const tensors = new Map(await bestTensors(runFolder));
  const { kind, dim } = run.settings.network;
  const bytes = writeSafetensors(tensors, {
    format: 'pt',
    method: run.settings.method,
    network: kind,
    dim: String(dim),
    run: run.id,
    dataset_fingerprint: run.datasetFingerprint,
  });
  await writeFileAtomic(path, bytes);
  return { tensors: tensors.size, bytes: bytes.byteLength };
};

export const importWeights: Handler<'importWeights'> = async ({ runFolder, path }) => {
  await describeMachine();
  const run = await readRunIn(runFolder);
  const dataset = await preparedIn(join(dirname(dirname(runFolder)), 'datasets', run.dataset));
  // Loading them into the run's own networks is the check: names, shapes and channels have to fit.
  const model = loadModel(await readTensors(path), run.settings, problemOf(dataset));
  try {
    const tensors = modelTensors(model);
    const meta = {
      formatVersion: 1,
      stage: model.stages.at(-1)!.name,
      epoch: 0,
      score: 0,
      importedFrom: basename(path),
    };
    await checkpointStore(runFolder).save('best', tensors, meta);
    return { tensors: tensors.size };
  } finally {
    model.dispose();
  }
};

async function readTensors(path: string): Promise<ReadonlyMap<string, StoredTensor>> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (cause) {
    throw new DriftcastError('not-found', `The file ${path} can't be read.`, 'Check the path.', { cause });
  }
  return readSafetensors(bytes);
}
