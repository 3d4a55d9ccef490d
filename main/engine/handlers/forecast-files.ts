/** Calls on forecasts that are files: their fields, one cell over the leads, and scores. */
import { dirname, join } from 'node:path';
import { type ForecastReader, openForecast } from '#main/data/forecastReader.ts';
import { openTruth } from '#main/data/forecastTruth.ts';
import { entityFiles, readForecastIn } from '#main/workspace/entities.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import { rangeOf, stepEmitter } from './files.ts';
import { preparedIn } from './prepared.ts';

/** `variable`: the first one where none is named. */
async function withForecast<Result>(
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

/** Mean over members by cell; NaN where any member is missing. */
function meanOf(members: Float32Array, count: number): Float32Array {
  const size = members.length / count;
  const mean = new Float32Array(size);
  for (let cell = 0; cell < size; cell++) {
    let sum = 0;
    for (let m = 0; m < count; m++) sum += members[m * size + cell]!;
    mean[cell] = sum / count;
  }
  return mean;
}

/** Population standard deviation over members by cell. */
function spreadOf(members: Float32Array, count: number): Float32Array {
  const mean = meanOf(members, count);
  return mean.map((average, cell) => {
    let squares = 0;
    for (let m = 0; m < count; m++) squares += (members[m * mean.length + cell]! - average) ** 2;
    return Math.sqrt(squares / count);
  });
}

async function quantityOf(
  reader: ForecastReader,
  quantity: string,
  start: number,
  lead: number,
): Promise<Float32Array> {
  if (quantity === 'truth') return reader.read(start, lead, 'truth');
  const members = await reader.read(start, lead, 'member');
  const size = reader.height * reader.width;
  switch (quantity) {
    case 'mean':
      return meanOf(members, reader.members);
    case 'spread':
      return spreadOf(members, reader.members);
    case 'error': {
      const truth = await reader.read(start, lead, 'truth');
      return meanOf(members, reader.members).map((value, cell) => value - truth[cell]!);
    }
    default: {
      // Members are counted from 1, as in the file.
      const member = Number(/^member-(\d+)$/.exec(quantity)?.[1]);
      if (Number.isInteger(member) && member >= 1 && member <= reader.members)
        return members.slice((member - 1) * size, member * size);
      throw new DriftcastError(
        'bad-input',
        `The forecast has no "${quantity}".`,
        `It has the truth, the mean, the spread, the error and the members 1 to ${reader.members}.`,
      );
    }
  }
}

/** A channel's variable in the forecast's file; undefined for the first one of forecasts that name none. */
function variableOf({ channels }: Forecast, channel: number): string | undefined {
  const found = channels?.[channel];
  if (found || (channels === undefined && channel === 0)) return found?.variable;
  throw new DriftcastError(
    'bad-input',
    `The forecast has no channel with index ${channel}.`,
    channels ? `Choose an index from 0 to ${channels.length - 1}.` : 'It was made when one channel was kept.',
  );
}

export const forecastField: Handler<'forecastField'> = async ({
  forecastFolder,
  quantity,
  channel,
  start,
  lead,
}) => {
  const forecast = await readForecastIn(forecastFolder);
  const variable = variableOf(forecast, channel);
  if (quantity === 'initial') {
    const dataset = await preparedIn(datasetFolderOf(forecastFolder, forecast.dataset));
    const { timeIndex } = startOf(forecast.starts, start);
    const channels = dataset.channels.length;
    const data = (await dataset.frame(timeIndex)).filter((_, i) => i % channels === channel);
    const { height, width } = forecast;
    const { units } = dataset.channels[channel]!;
    return { data, height, width, units, range: rangeOf(data), date: dataset.label(timeIndex) };
  }
  return withForecast(
    join(forecastFolder, entityFiles.netcdf),
    async (reader) => {
      const data = await quantityOf(reader, quantity, start, lead);
      const { height, width, units } = reader;
      return {
        data,
        height,
        width,
        units,
        range: rangeOf(data),
        date: startOf(forecast.starts, start).validDates[lead] ?? '',
      };
    },
    variable,
  );
};

function startOf<Start>(starts: readonly Start[], index: number): Start {
  const start = starts[index];
  if (start === undefined)
    throw new DriftcastError('bad-input', `The forecast has no initial condition with index ${index}.`);
  return start;
}

/** A forecast lies beside its dataset in the workspace. */
function datasetFolderOf(forecastFolder: string, dataset: string): string {
  return join(dirname(dirname(forecastFolder)), 'datasets', dataset);
}

const probedQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

/** Linear between order statistics (Hyndman and Fan 1996, type 7), as NumPy and R do by default. */
function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

export const probe: Handler<'probe'> = async ({ forecastFolder, channel, start, row, column }) => {
  const forecast = await readForecastIn(forecastFolder);
  const variable = variableOf(forecast, channel);
  const { height, width, latitudes, longitudes, leads } = forecast;
  if (row < 0 || row >= height || column < 0 || column >= width)
    throw new DriftcastError('bad-input', `The forecast has no cell in row ${row}, column ${column}.`);
  const cell = row * width + column;
  const { timeIndex, validDates, truth: hasTruth } = startOf(forecast.starts, start);
  const number = (value: number | undefined) =>
    value !== undefined && Number.isFinite(value) ? value : null;

  const dataset = await preparedIn(datasetFolderOf(forecastFolder, forecast.dataset)).catch(() => null);
  const initial = dataset?.hasFrame(timeIndex)
    ? (await dataset.frame(timeIndex))[cell * dataset.channels.length + channel]
    : undefined;

  return withForecast(
    join(forecastFolder, entityFiles.netcdf),
    async (reader) => {
      const truth: (number | null)[] = [];
      const quantiles: (number | null)[][] = [];
      const members: (number | null)[][] = Array.from({ length: reader.members }, () => []);
      for (let lead = 0; lead < leads.length; lead++) {
        const fields = await reader.read(start, lead, 'member');
        const values = Array.from({ length: reader.members }, (_, m) => fields[m * height * width + cell]!);
        values.forEach((value, m) => {
          members[m]!.push(number(value));
        });
        const sorted = values.every(Number.isFinite) ? values.sort((a, b) => a - b) : null;
        quantiles.push(probedQuantiles.map((share) => sorted && quantile(sorted, share)));
        const observed =
          hasTruth && reader.hasTruth ? (await reader.read(start, lead, 'truth'))[cell] : undefined;
        truth.push(number(observed));
      }
      return {
        latitude: latitudes?.[row] ?? null,
        longitude: longitudes?.[column] ?? null,
        leads,
        dates: validDates,
        truth,
        quantiles,
        members,
        initial: number(initial),
      };
    },
    variable,
  );
};

/** Starts of different files are told apart by numbers that no single file reaches. */
const startsPerFile = 1_000_000;

export const evaluateFiles: Handler<'evaluateFiles'> = async ({ forecasts, truth }, { signal, emit }) => {
  let scores: ScoreAccumulator | null = null;
  let first = '';
  let units = '';
  for (const [index, path] of forecasts.entries()) {
    const progress = stepEmitter(emit, `Scoring file ${index + 1} of ${forecasts.length}`);
    await withForecast(path, async (reader) => {
      const { members, leads, height, width } = reader;
      if (truth === null && !reader.hasTruth)
        throw new DriftcastError(
          'bad-input',
          `${reader.name} holds no truth to score it against.`,
          'Name a file with the observed values (--truth FILE).',
        );
      if (scores === null) {
        scores = new ScoreAccumulator({ members, leads, cells: height * width, channels: 1 });
        first = reader.name;
        units = reader.units;
      } else if (scores.members !== members || scores.leads.join() !== leads.join()) {
        throw new DriftcastError(
          'bad-input',
          `${first} and ${reader.name} can't be scored together: they differ in members or lead times.`,
          'Score them one by one.',
        );
      }
      const other = truth === null ? null : await openTruth(truth, reader);
      try {
        for (let start = 0; start < reader.starts.length; start++) {
          for (let lead = 0; lead < leads.length; lead++) {
            signal.throwIfAborted();
            const observed = other ? await other.read(start, lead) : await reader.read(start, lead, 'truth');
            if (observed === null) continue;
            const ensemble = await reader.read(start, lead, 'member');
            leaveOutMissing(observed, ensemble);
            scores.add(index * startsPerFile + start, lead, ensemble, observed);
            progress((start * leads.length + lead + 1) / (reader.starts.length * leads.length));
          }
        }
      } finally {
        await other?.close();
      }
    });
  }
  if (scores === null) throw new DriftcastError('bad-input', 'No forecast was given.', 'Name a file.');
  const found = (scores as ScoreAccumulator).scores(units, {});
  return {
    scores: found,
    methods: [{ method: 'forecast', title: 'Forecast', scores: found, cost: null, spectra: [] }],
  };
};

/** Cells that the forecast does not cover (land of another mask) do not count. */
function leaveOutMissing(truth: Float32Array, ensemble: Float32Array): void {
  ensemble.forEach((value, i) => {
    if (Number.isNaN(value)) truth[i % truth.length] = Number.NaN;
  });
}
