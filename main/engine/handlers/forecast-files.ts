/** Calls on forecasts that are files: one cell over the leads, and scores. */
import { join } from 'node:path';
import { openTruth } from '#main/data/forecastTruth.ts';
import { entityFiles, readForecastIn } from '#main/workspace/entities.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import { quantile } from '../verification/quantities.ts';
import { stepEmitter } from './files.ts';
import { datasetFolderOf, startOf, variableOf, withForecast } from './forecast-fields.ts';
import { preparedIn } from './prepared.ts';

const probedQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

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
