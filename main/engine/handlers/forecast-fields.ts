/** Fields of stored forecasts: truth, members, and what is computed from them when someone looks. */
import { dirname, join } from 'node:path';
import { type ForecastReader, openForecast } from '#main/data/forecastReader.ts';
import { entityFiles, readForecastIn } from '#main/workspace/entities.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { difference, exceedanceOf, meanOf, quantileOf, spreadOf } from '../verification/quantities.ts';
import { rangeOf } from './files.ts';
import { channelOfFrame, derivedChannel, derivedReader } from './flow-channels.ts';
import { preparedIn } from './prepared.ts';

/** `variable`: the first one where none is named. */
export async function withForecast<Result>(
  path: string,
  work: (reader: ForecastReader) => Promise<Result>,
  variable?: string,
): Promise<Result> {
  const reader = await openForecast(path, variable);
  try {
    return await work(reader);
  } finally {
    await reader.close();
  }
}

/**
 * A channel of the forecast, or one that follows from its velocity, as `flowChannels` counts them.
 * @throws DriftcastError `bad-input` for any other, `not-found` where the dataset that tells the grid is gone
 */
export async function withChannel<Result>(
  forecastFolder: string,
  forecast: Forecast,
  channel: number,
  work: (reader: ForecastReader) => Promise<Result>,
): Promise<Result> {
  const path = join(forecastFolder, entityFiles.netcdf);
  if (channel < (forecast.channels?.length ?? 1))
    return withForecast(path, work, variableOf(forecast, channel));
  const dataset = await preparedIn(datasetFolderOf(forecastFolder, forecast.dataset));
  const derived = derivedChannel(dataset, channel);
  if (!derived) return withForecast(path, work, variableOf(forecast, channel));
  const timeIndex = (start: number) => startOf(forecast.starts, start).timeIndex;
  return withForecast(
    path,
    (u) =>
      withForecast(
        path,
        (v) => work(derivedReader([u, v], derived, timeIndex)),
        variableOf(forecast, derived.v),
      ),
    variableOf(forecast, derived.u),
  );
}

/** A channel's variable in the forecast's file; undefined for the first one of forecasts that name none. */
export function variableOf({ channels }: Forecast, channel: number): string | undefined {
  const found = channels?.[channel];
  if (found || (channels === undefined && channel === 0)) return found?.variable;
  throw new DriftcastError(
    'bad-input',
    `The forecast has no channel with index ${channel}.`,
    channels ? `Choose an index from 0 to ${channels.length - 1}.` : 'It was made when one channel was kept.',
  );
}

export function startOf<Start>(starts: readonly Start[], index: number): Start {
  const start = starts[index];
  if (start === undefined)
    throw new DriftcastError('bad-input', `The forecast has no initial condition with index ${index}.`);
  return start;
}

/** A forecast lies beside its dataset in the workspace. */
export function datasetFolderOf(forecastFolder: string, dataset: string): string {
  return join(dirname(dirname(forecastFolder)), 'datasets', dataset);
}

type Request = Parameters<Handler<'forecastField'>>[0];

/** Of the dataset at a time index: what was observed then, or the mean of the training split for that season. */
async function fromDataset(
  forecast: Forecast,
  { forecastFolder, channel, start, lead }: Request,
  what: 'initial' | 'climatology',
): Promise<{ data: Float32Array; units: string; date: string }> {
  const dataset = await preparedIn(datasetFolderOf(forecastFolder, forecast.dataset));
  const { timeIndex } = startOf(forecast.starts, start);
  const time = what === 'initial' ? timeIndex : dataset.after(timeIndex, forecast.leads[lead] ?? 0);
  if (what === 'climatology' && derivedChannel(dataset, channel)?.quantity === 'speed')
    throw new DriftcastError(
      'bad-input',
      'The climatology of the speed is not known: the mean of speeds is not the speed of the mean flow.',
      'Choose the vorticity or one of the components.',
    );
  const frame = what === 'initial' ? await dataset.frame(time) : dataset.seasonalMean(time);
  return { ...channelOfFrame(dataset, frame, channel, timeIndex), date: dataset.label(time) };
}

async function fromFile(
  forecast: Forecast,
  { forecastFolder, quantity, channel, start, lead }: Request,
): Promise<{ data: Float32Array; units: string; date: string }> {
  return withChannel(forecastFolder, forecast, channel, async (reader) => ({
    data: await quantityOf(reader, quantity, start, lead),
    units: quantity.startsWith('exceedance-') ? '%' : reader.units,
    date: startOf(forecast.starts, start).validDates[lead] ?? '',
  }));
}

async function quantityOf(
  reader: ForecastReader,
  quantity: string,
  start: number,
  lead: number,
): Promise<Float32Array> {
  if (quantity === 'truth') return reader.read(start, lead, 'truth');
  const members = await reader.read(start, lead, 'member');
  const count = reader.members;
  if (quantity === 'mean') return meanOf(members, count);
  if (quantity === 'spread') return spreadOf(members, count);
  if (quantity === 'error')
    return difference(meanOf(members, count), await reader.read(start, lead, 'truth'));
  const [, kind, text = ''] = /^(member|quantile|exceedance)-(.+)$/.exec(quantity) ?? [];
  const value = Number(text);
  if (kind === 'quantile' && value >= 0 && value <= 100) return quantileOf(members, count, value / 100);
  if (kind === 'exceedance' && Number.isFinite(value)) return exceedanceOf(members, count, value);
  // Members are counted from 1, as in the file.
  if (kind === 'member' && Number.isInteger(value) && value >= 1 && value <= count) {
    const size = reader.height * reader.width;
    return members.slice((value - 1) * size, value * size);
  }
  throw new DriftcastError(
    'bad-input',
    `The forecast has no "${quantity}".`,
    `It has the truth, the mean, the spread, the error, quantiles, exceedance probabilities and the members 1 to ${count}.`,
  );
}

/** The field of one quantity. Anomalies are differences from the mean of the training split at that season. */
export const forecastField: Handler<'forecastField'> = async (request) => {
  const { forecastFolder, quantity } = request;
  const forecast = await readForecastIn(forecastFolder);
  const anomalyOf = { anomaly: 'mean', 'truth-anomaly': 'truth' }[quantity];
  const { data, units, date } =
    quantity === 'initial' || quantity === 'climatology'
      ? await fromDataset(forecast, request, quantity)
      : await fromFile(forecast, anomalyOf ? { ...request, quantity: anomalyOf } : request);
  const shown = anomalyOf
    ? difference(data, (await fromDataset(forecast, request, 'climatology')).data)
    : data;
  const { height, width } = forecast;
  return { data: shown, height, width, units, range: rangeOf(shown), date };
};
