/**
 * Models that travel: the weights of a run in one safetensors file under their public names, and beside them, under
 * names that begin with `normalisation.`, what values were normalised by in training.
 */
import { readFile } from 'node:fs/promises';
import {
  loadNormalisation,
  type ModelNormalisation,
  normalisationOf,
  saveNormalisation,
} from '#main/data/modelNormalisation.ts';
import { writeFileAtomic } from '#main/workspace/atomic.ts';
import { sha256 } from '#main/workspace/checked-json.ts';
import { diskError } from '#main/workspace/disk-errors.ts';
import { readRunIn } from '#main/workspace/entities.ts';
import type { NormalisationShape } from '#shared/domain/pretrained.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { readSafetensors, type StoredTensor, writeSafetensors } from '../networks/safetensors.ts';
import { bestTensors, checkpointStore } from './checkpoints.ts';

const prefix = 'normalisation.';

export const packModel: Handler<'packModel'> = async ({ runFolder, datasetFolder, path }) => {
  const run = await readRunIn(runFolder);
  const own = (await loadNormalisation(runFolder)) ?? (await normalisationOf(datasetFolder));
  const tensors = new Map([...(await bestTensors(runFolder)), ...normalisationTensors(own)]);
  const { kind, dim } = run.settings.network;
  const bytes = writeSafetensors(tensors, {
    format: 'pt',
    method: run.settings.method,
    network: kind,
    dim: String(dim),
    dataset_fingerprint: run.pretrained?.fingerprint ?? run.datasetFingerprint,
    normalisation: own.shape.normalisation,
  });
  await writeFileAtomic(path, bytes);
  return {
    tensors: tensors.size,
    bytes: bytes.byteLength,
    sha256: sha256(bytes),
    normalisation: own.shape,
  };
};

export const placeModel: Handler<'placeModel'> = async ({ path, sha256: sum, normalisation, runFolder }) => {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(path);
  } catch (thrown) {
    throw diskError(thrown, 'read', path);
  }
  if (sha256(bytes) !== sum) throw damaged(path, 'it does not match the checksum of its model');
  const all = [...readSafetensors(bytes)];
  const own = normalisationFrom(new Map(all), normalisation, path);
  const weights = new Map(all.filter(([name]) => !name.startsWith(prefix)));
  await saveNormalisation(runFolder, own);
  // Written last: with the weights the run can forecast.
  await checkpointStore(runFolder).save('best', weights, {
    formatVersion: 1,
    stage: 'forecaster',
    epoch: 0,
    score: 0,
    importedFrom: sum,
  });
  return { tensors: weights.size };
};

function normalisationTensors({ shape, mask, centre, scale, seasonal }: ModelNormalisation) {
  const { height, width, channels } = shape;
  const frame = [height, width, channels];
  const tensors: [string, StoredTensor][] = [
    [`${prefix}mask`, { shape: [height, width], data: mask }],
    [`${prefix}centre`, { shape: frame, data: centre }],
    [`${prefix}scale`, { shape: frame, data: scale }],
  ];
  const terms = seasonal.length / (height * width * channels);
  if (terms > 0) tensors.push([`${prefix}seasonal`, { shape: [terms, ...frame], data: seasonal }]);
  return tensors;
}

function normalisationFrom(
  tensors: ReadonlyMap<string, StoredTensor>,
  shape: NormalisationShape,
  path: string,
): ModelNormalisation {
  const cells = shape.height * shape.width;
  const size = cells * shape.channels;
  const values = (name: string): Float32Array => {
    const data = tensors.get(prefix + name)?.data;
    if (data instanceof Float32Array) return data;
    throw damaged(path, `it lacks the tensor ${prefix}${name}`);
  };
  const own = {
    shape,
    mask: values('mask'),
    centre: values('centre'),
    scale: values('scale'),
    seasonal: shape.normalisation === 'seasonal-anomaly' ? values('seasonal') : new Float32Array(0),
  };
  if (own.mask.length !== cells || own.centre.length !== size || own.scale.length !== size)
    throw damaged(path, 'its normalisation is of another grid');
  return own;
}

function damaged(path: string, why: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `The model in ${path} is damaged: ${why}.`,
    'Install Driftcast again, or make the model again.',
  );
}
