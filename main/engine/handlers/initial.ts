/** Weights of an earlier run to start a new one from: what does not fit is told by the runs' and datasets' own names. */
import { dirname, join } from 'node:path';
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import { readRunIn } from '#main/workspace/entities.ts';
import { methodFacts } from '#shared/domain/methods.ts';
import type { Run } from '#shared/domain/run.ts';
import type { TrainableMethod, TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { createMethod } from '../training/methods.ts';
import { bestTensors } from './checkpoints.ts';
import { problemOf } from './model.ts';
import { preparedIn } from './prepared.ts';

/**
 * @param runFolder of the run to start from
 * @param dataset that the new run is trained on; its grid may differ, since the networks are convolutional
 * @throws DriftcastError `bad-input` where its weights cannot start a run with these settings, `not-found` without weights
 */
export async function initialWeights(
  runFolder: string,
  dataset: PreparedDataset,
  settings: TrainSettings,
): Promise<ReadonlyMap<string, StoredTensor>> {
  const run = await readRunIn(runFolder);
  const tensors = await bestTensors(runFolder);
  checkNetworks(run, settings, dataset, tensors);
  const before = await trainedOn(runFolder, run);
  if (before !== null) checkChannels(run, before, dataset);
  return tensors;
}

/** Null when the dataset was removed since; the shapes of the weights still have to fit. */
async function trainedOn(runFolder: string, run: Run): Promise<PreparedDataset | null> {
  try {
    return await preparedIn(join(dirname(dirname(runFolder)), 'datasets', run.dataset));
  } catch (thrown) {
    if (thrown instanceof DriftcastError && thrown.code === 'not-found') return null;
    throw thrown;
  }
}

function checkNetworks(
  run: Run,
  settings: TrainSettings,
  dataset: PreparedDataset,
  tensors: ReadonlyMap<string, StoredTensor>,
): void {
  const architecture = ({ network }: TrainSettings) => `${network.kind} of width ${network.dim}`;
  if (architecture(run.settings) !== architecture(settings))
    throw new DriftcastError(
      'bad-input',
      `${run.name} is a ${architecture(run.settings)}; the settings ask for a ${architecture(settings)}.`,
      `Set network.kind to ${run.settings.network.kind} and network.dim to ${run.settings.network.dim}.`,
    );
  const model = createMethod(settings, problemOf(dataset), 0);
  try {
    const names = [...tensors.keys()];
    if ([...model.networks.keys()].every((part) => names.some((name) => name.startsWith(`${part}.`)))) return;
  } finally {
    model.dispose();
  }
  const title = (of: TrainSettings) => methodFacts[of.method as TrainableMethod].title;
  throw new DriftcastError(
    'bad-input',
    `${run.name} was trained as ${title(run.settings)}, whose networks ${title(settings)} does not have.`,
    'Start from a run of the same method, or (Dropout, Perturbation, CRPS ensemble) of one with the same network.',
  );
}

function checkChannels(run: Run, before: PreparedDataset, now: PreparedDataset): void {
  const variables = ({ channels }: PreparedDataset) =>
    `${counted(channels.length, 'channel')} (${channels.map(({ name }) => name).join(', ')})`;
  const told = (of: PreparedDataset) =>
    `${variables(of)} and ${counted(of.conditionChannels, 'extra input channel')}`;
  const fits =
    before.channels.length === now.channels.length && before.conditionChannels === now.conditionChannels;
  if (fits) return;
  throw new DriftcastError(
    'bad-input',
    `${run.name} was trained on ${before.dataset.name} with ${told(before)}; ${now.dataset.name} has ${told(now)}.`,
    'Prepare the new data with as many variables and extra channels, or train a new run on them.',
  );
}

function counted(count: number, what: string): string {
  return `${count === 0 ? 'no' : count} ${what}${count === 1 ? '' : 's'}`;
}
