/** Which data a run is scored on: its own or another dataset as the run sees it, and which starts of a split. */
import { loadNormalisation, normalisedBy } from '#main/data/modelNormalisation.ts';
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import type { SplitName } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import { preparedIn } from './prepared.ts';

export interface ScoredFolders {
  /** Of the dataset whose truth is forecast. */
  datasetFolder: string;
  /** Of the dataset that the run was trained on; the same unless the run is scored out of its distribution. */
  trainedFolder: string;
  runFolder: string;
}

/** @throws DriftcastError `bad-input` for a dataset that does not fit the run's networks. */
export async function openScored(folders: ScoredFolders): Promise<PreparedDataset> {
  const { datasetFolder, trainedFolder, runFolder } = folders;
  const scored = await preparedIn(datasetFolder);
  const seen = datasetFolder === trainedFolder ? scored : asTrained(scored, await preparedIn(trainedFolder));
  const own = await loadNormalisation(runFolder);
  return own === null ? seen : normalisedBy(seen, own);
}

/**
 * Another dataset in the place of the one a run was trained on: its frames, seasons and starts, with the run's own
 * horizon. Values are normalised as in training wherever those statistics mean the same thing here: always without
 * normalisation and with one scale a channel, cell by cell on the same grid. Elsewhere (other cells, seasonal
 * anomalies) they are normalised by what the scored dataset learned from its own training split.
 */
function asTrained(scored: PreparedDataset, trained: PreparedDataset): PreparedDataset {
  const shape = (of: PreparedDataset) =>
    `${of.height} × ${of.width} cells, ${of.channels.length} channels and ${of.conditionChannels} extra input channels`;
  if (shape(scored) !== shape(trained))
    throw new DriftcastError(
      'bad-input',
      `The run was trained on ${shape(trained)}; ${scored.dataset.name} has ${shape(scored)}.`,
      'Score it on a dataset with the same grid size and variables.',
    );
  const kind = trained.dataset.settings.normalisation;
  if (scored.dataset.settings.normalisation !== kind)
    throw new DriftcastError(
      'bad-input',
      `The run was trained with the normalisation ${kind}; ${scored.dataset.name} was prepared with ${scored.dataset.settings.normalisation}.`,
      `Prepare that dataset again with --normalisation ${kind}.`,
    );
  const same =
    kind === 'none' || kind === 'per-channel' || (kind === 'per-cell' && sameGrid(scored, trained));
  const { horizon } = trained.dataset.settings;
  return {
    ...scored,
    normaliser: same ? trained.normaliser : scored.normaliser,
    dataset: {
      ...scored.dataset,
      settings: { ...scored.dataset.settings, horizon },
      // To the run these are its own data: that they are not is what is being tried.
      fingerprint: trained.dataset.fingerprint,
    },
  };
}

function sameGrid(a: PreparedDataset, b: PreparedDataset): boolean {
  const axes = ({ dataset }: PreparedDataset) =>
    JSON.stringify([dataset.summary.latitudes, dataset.summary.longitudes]);
  return axes(a) === axes(b) && a.mask.every((value, cell) => value === b.mask[cell]);
}

/**
 * Initial conditions whose leads up to `horizon` all lie inside a split: all of them, or so many drawn by the seed, in
 * order of time.
 * @throws DriftcastError `bad-input` when there is none.
 */
export function chooseStarts(
  dataset: PreparedDataset,
  split: SplitName,
  horizon: number,
  wanted: number | null,
  seed: number,
): number[] {
  const source = dataset.examples(split, horizon);
  if (source.count === 0)
    throw new DriftcastError(
      'bad-input',
      `The ${split} split of ${dataset.dataset.name} holds no window of ${horizon + 1} times.`,
      'Choose a shorter horizon, or prepare the dataset with a longer split.',
    );
  const all = Array.from({ length: source.count }, (_, example) => source.timeIndex(example));
  if (wanted === null || wanted >= all.length) return all;
  const drawn = [...new Random(seed).permutation(all.length).subarray(0, wanted)];
  return drawn.sort((a, b) => a - b).map((example) => all[example]!);
}
