/** Calls that make prepared datasets and look into them. */
import { prepareDataset, previewPreparation as preview } from '#main/data/prepare.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { degreesField, finiteOrNull, rangeOf, stepEmitter } from './files.ts';
import { channelOfFrame } from './flow-channels.ts';
import { preparedIn } from './prepared.ts';

export const previewPreparation: Handler<'previewPreparation'> = ({ paths, settings }, { signal, emit }) =>
  preview(paths, settings, { signal, onProgress: stepEmitter(emit, 'Looking through the data') });

export const prepare: Handler<'prepare'> = ({ paths, settings, folder }, { signal, emit }) =>
  prepareDataset({
    files: paths,
    settings,
    folder,
    signal,
    onProgress: stepEmitter(emit, 'Preparing the data'),
  });

export const datasetRhythm: Handler<'datasetRhythm'> = async ({ datasetFolder, channel }, { signal }) => {
  const dataset = await preparedIn(datasetFolder);
  const channels = dataset.channels.length;
  const { latitudes } = dataset.dataset.summary;
  const weights = Float32Array.from({ length: dataset.height }, (_, row) =>
    latitudes ? Math.cos((latitudes[row]! * Math.PI) / 180) : 1,
  );
  const dates: string[] = [];
  const means: (number | null)[] = [];
  for (let time = 0; time < dataset.times; time++) {
    signal.throwIfAborted();
    const frame = await dataset.frame(time);
    let [sum, weight] = [0, 0];
    for (let cell = 0; cell < dataset.mask.length; cell++) {
      const value = frame[cell * channels + channel]!;
      if (Number.isNaN(value)) continue;
      const w = weights[Math.floor(cell / dataset.width)]!;
      sum += w * value;
      weight += w;
    }
    dates.push(dataset.label(time));
    means.push(finiteOrNull(sum / weight));
  }
  return { dates, means };
};

export const datasetDegrees: Handler<'datasetDegrees'> = async ({ datasetFolder, direction }) => {
  const dataset = await preparedIn(datasetFolder);
  return degreesField(dataset.positions?.[direction], dataset, direction);
};

export const datasetField: Handler<'datasetField'> = async ({ datasetFolder, channel, time }) => {
  const dataset = await preparedIn(datasetFolder);
  if (!Number.isInteger(channel) || channel < 0)
    throw new DriftcastError('bad-input', `The dataset has no channel with index ${channel}.`);
  const { data, units } = channelOfFrame(dataset, await dataset.frame(time), channel, time);
  return {
    data,
    height: dataset.height,
    width: dataset.width,
    units,
    range: rangeOf(data),
    date: dataset.label(time),
  };
};
