/**
 * The statistics that a model was trained with, kept with the model: so a run made elsewhere forecasts data whose own
 * training split would give other ones. Without this file in its folder a run is normalised as its dataset is.
 */
import { join } from 'node:path';
import { readBinaryChecked, writeBinaryChecked } from '#main/workspace/checked-binary.ts';
import type { JsonFormat } from '#main/workspace/checked-json.ts';
import { type NormalisationShape, normalisationShapeSchema } from '#shared/domain/pretrained.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { PreparedDataset } from './openPrepared.ts';
import { makeNormaliser, SeasonalMean } from './prepared/normalise.ts';
import { bytesOf, floatsOf, readDescription, type Statistics } from './prepared/store.ts';

const fileName = 'normalisation.f32';

const format: JsonFormat<NormalisationShape> = {
  what: 'normalisation',
  version: 1,
  schema: normalisationShapeSchema,
};

/** `seasonal` is empty where the season does not move the centre. */
export interface ModelNormalisation extends Statistics {
  readonly shape: NormalisationShape;
}

/** What the dataset in this folder learned from its training split. Throws `damaged-file` and `disk`. */
export async function normalisationOf(datasetFolder: string): Promise<ModelNormalisation> {
  const { description, statistics } = await readDescription(datasetFolder);
  const { normalisation, basis, height, width, channels } = description;
  const seasonal = normalisation === 'seasonal-anomaly' ? statistics.seasonal : new Float32Array(0);
  return { ...statistics, seasonal, shape: { normalisation, basis, height, width, channels } };
}

/** Keeps the statistics in a run's folder. Throws `disk`. */
export async function saveNormalisation(runFolder: string, own: ModelNormalisation): Promise<void> {
  const { mask, centre, scale, seasonal, shape } = own;
  const bytes = Buffer.concat([mask, centre, scale, seasonal].map(bytesOf));
  await writeBinaryChecked(join(runFolder, fileName), bytes, format, shape);
}

/** Null for a run that is normalised as its dataset is. Throws `damaged-file` and `disk`. */
export async function loadNormalisation(runFolder: string): Promise<ModelNormalisation | null> {
  const found = await readBinaryChecked(join(runFolder, fileName), format);
  if (found === null) return null;
  const shape = found.description;
  const cells = shape.height * shape.width;
  const size = cells * shape.channels;
  const all = floatsOf(found.bytes);
  return {
    shape,
    mask: all.subarray(0, cells),
    centre: all.subarray(cells, cells + size),
    scale: all.subarray(cells + size, cells + 2 * size),
    seasonal: all.subarray(cells + 2 * size),
  };
}

/**
 * The dataset as a model with these statistics sees it.
 * @throws DriftcastError `bad-input` for another grid, other channels, or cells that the model has never seen
 */
export function normalisedBy(dataset: PreparedDataset, own: ModelNormalisation): PreparedDataset {
  const { height, width, channels, normalisation, basis } = own.shape;
  if (dataset.height !== height || dataset.width !== width || dataset.channels.length !== channels)
    throw new DriftcastError(
      'bad-input',
      `The model was trained on ${height} × ${width} cells with ${channels} channel${channels === 1 ? '' : 's'}; ${dataset.dataset.name} has ${dataset.height} × ${dataset.width} with ${dataset.channels.length}.`,
      'Choose a dataset with the same grid size and variables.',
    );
  const unseen = dataset.mask.reduce((sum, value, cell) => sum + value * (1 - own.mask[cell]!), 0);
  if (unseen > 0 && normalisation !== 'none' && normalisation !== 'per-channel')
    throw new DriftcastError(
      'bad-input',
      `${dataset.dataset.name} has values in ${unseen} cell${unseen === 1 ? '' : 's'} without any in the model’s training.`,
      'Choose a dataset with the same land, or train a run on this one.',
    );
  const season = new SeasonalMean(basis, own.seasonal, height * width * channels);
  const statistics = { ...own, mask: dataset.mask };
  const seasonalAt = (time: number) => season.at(dataset.timeLine.date(time));
  return { ...dataset, normaliser: makeNormaliser(normalisation, statistics, channels, seasonalAt) };
}
