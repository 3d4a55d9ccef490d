/** Makes an ensemble forecast and writes it lead by lead, so that memory does not grow with the horizon. */
import { join } from 'node:path';
import { createForecastWriter } from '#main/data/forecastWriter.ts';
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import { entityFiles } from '#main/workspace/entities.ts';
import type { Forecast, ForecastRequest } from '#shared/domain/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { stepEmitter } from './files.ts';
import { TrainedModel } from './model.ts';
import { preparedIn } from './prepared.ts';
import { openScored } from './scored-data.ts';
import { ValueRange } from './value-range.ts';

export const forecast: Handler<'forecast'> = async (
  { datasetFolder, trainedFolder, runFolder, forecastFolder, request, provenance },
  { signal, emit },
) => {
  const dataset = await openScored({ datasetFolder, trainedFolder, runFolder });
  const starts = startIndices(dataset, request.starts);
  const horizon = request.horizon ?? dataset.dataset.settings.horizon;
  const leads = allLeads(horizon, request.leadTimes);
  const model = await TrainedModel.open(runFolder, dataset);
  try {
    const path = join(forecastFolder, entityFiles.netcdf);
    const writer = await createForecastWriter(path, {
      channels: dataset.channels,
      members: request.members,
      leads,
      starts,
      timeLine: dataset.timeLine,
      height: dataset.height,
      width: dataset.width,
      space: dataset.space,
      positions: dataset.positions,
      slices: dataset.slices,
      truth: starts.some((start) => leads.some((lead) => dataset.hasTruth(start, lead))),
      title: `Ensemble forecast of ${dataset.channels.map((channel) => channel.longName).join(', ')}`,
      provenance: { ...provenance, method: model.settings.method, seed: String(request.seed) },
    });
    const ranges = dataset.channels.map((_, i, all) => new ValueRange(all.length, i));
    let seconds = 0;
    let networkCalls = 0;
    try {
      for (const [index, start] of starts.entries()) {
        const label = `Forecasting from ${dataset.label(start)}`;
        const emitStep = stepEmitter(emit, label);
        const statistics = await model.forecast(
          {
            start,
            members: request.members,
            horizon,
            leadTimes: request.leadTimes,
            schedule: request.schedule,
            seed: request.seed,
            signal,
            onProgress: (fraction) => emitStep((index + fraction) / starts.length),
          },
          async ({ lead, values }) => {
            const truth = await dataset.truthAt(start, lead);
            for (const range of ranges) range.add(values, request.members, truth);
            await writer.writeLead(index, leads.indexOf(lead), values, truth);
          },
        );
        seconds += statistics.seconds;
        networkCalls = statistics.networkCalls;
      }
      await writer.close();
    } catch (thrown) {
      await writer.abort();
      throw thrown;
    }
    const { summary } = dataset.dataset;
    const { fingerprint } = (await preparedIn(datasetFolder)).dataset;
    const channels = dataset.channels.map(({ name, longName, units }, i) => ({
      name,
      variable: writer.variables[i]!,
      longName,
      units,
      valueRange: ranges[i]!.result(),
    }));
    const channel = channels[0]!;
    return {
      datasetFingerprint: fingerprint,
      method: model.settings.method,
      variable: channel.name,
      units: channel.units,
      members: request.members,
      leads,
      starts: starts.map((start) => describeStart(dataset, start, leads)),
      height: dataset.height,
      width: dataset.width,
      latitudes: summary.latitudes,
      longitudes: summary.longitudes,
      ...(summary.curvilinear ? { curvilinear: true } : {}),
      seconds,
      networkCalls,
      seed: request.seed,
      schedule: request.schedule,
      valueRange: channel.valueRange,
      channels,
    };
  } finally {
    model.dispose();
  }
};

function describeStart(
  dataset: PreparedDataset,
  start: number,
  leads: readonly number[],
): Forecast['starts'][number] {
  return {
    timeIndex: start,
    date: dataset.label(start),
    validDates: leads.map((lead) => dataset.label(dataset.after(start, lead))),
    truth: leads.some((lead) => dataset.hasTruth(start, lead)),
  };
}

function allLeads(horizon: number, leadTimes: readonly number[]): number[] {
  const beyond = leadTimes.find((lead) => lead > horizon);
  if (beyond !== undefined)
    throw new DriftcastError(
      'bad-input',
      `The lead time ${beyond} lies beyond the horizon of ${horizon} steps.`,
      'Choose a longer horizon or leads within it.',
    );
  const whole = Array.from({ length: horizon }, (_, i) => i + 1);
  return [...new Set([...whole, ...leadTimes])].sort((a, b) => a - b);
}

/** Indices of initial conditions that the data have. @throws DriftcastError `bad-input` for others. */
function startIndices(dataset: PreparedDataset, starts: ForecastRequest['starts']): number[] {
  const indices = starts.map((start) => {
    if (start === 'last') return dataset.times - 1;
    const index = typeof start === 'number' ? start : dataset.indexOf(start);
    if (dataset.hasFrame(index)) return index;
    throw new DriftcastError(
      'bad-input',
      `The dataset has no time with index ${start}.`,
      `Choose an index from 0 to ${dataset.times - 1}, a date, or "last".`,
    );
  });
  return [...new Set(indices)];
}
