/** What a stored forecast says at a place: at a cell or over a box for all leads, and along a line for one of them. */
import { breathe } from '#main/data/background.ts';
import type { ForecastWindow } from '#main/data/forecastReader.ts';
import { rowWeights } from '#main/data/series.ts';
import { readForecastIn } from '#main/workspace/entities.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { CellBox, GridCell } from '#shared/domain/place.ts';
import { DriftcastError } from '#shared/errors.ts';
import { lineBetween } from '#shared/transect.ts';
import type { Handler } from '../host/engine-main.ts';
import { areaMeans } from '../verification/area.ts';
import { quantile } from '../verification/quantities.ts';
import { finiteOrNull } from './files.ts';
import { channelOfFrame } from './flow-channels.ts';
import { datasetFolderOf, startOf, withChannel } from './forecast-fields.ts';
import { preparedIn } from './prepared.ts';

const probedQuantiles = [0.05, 0.25, 0.5, 0.75, 0.95];

const quantilesOf = (members: readonly number[] | null): (number | null)[] => {
  const sorted = members?.every(Number.isFinite) ? [...members].sort((a, b) => a - b) : null;
  return probedQuantiles.map((share) => sorted && quantile(sorted, share));
};

function windowOf({ height, width }: Forecast, box: CellBox): ForecastWindow {
  const { firstRow, lastRow, firstColumn, lastColumn } = box;
  if (firstRow > lastRow || firstColumn > lastColumn || lastRow >= height || lastColumn >= width) {
    const one = firstRow === lastRow && firstColumn === lastColumn;
    throw new DriftcastError(
      'bad-input',
      one
        ? `The forecast has no cell in row ${firstRow}, column ${firstColumn}.`
        : `Rows ${firstRow}–${lastRow} and columns ${firstColumn}–${lastColumn} are not inside of the forecast's grid.`,
      `Its grid has ${height} × ${width} cells; rows and columns are counted from 0.`,
    );
  }
  return {
    rows: { first: firstRow, count: lastRow - firstRow + 1 },
    columns: { first: firstColumn, count: lastColumn - firstColumn + 1 },
  };
}

/** Area weights of the window's cells. */
function weightsOf({ latitudes }: Forecast, { rows, columns }: ForecastWindow): number[] {
  const within = latitudes?.slice(rows.first, rows.first + rows.count) ?? null;
  return rowWeights(within, rows.count).flatMap((weight) => Array<number>(columns.count).fill(weight));
}

/** The same means over what was observed at the start; null where the data are gone. */
async function initialOf(
  forecastFolder: string,
  forecast: Forecast,
  { channel, timeIndex }: { channel: number; timeIndex: number },
  window: ForecastWindow,
  weights: readonly number[],
): Promise<number | null> {
  const dataset = await preparedIn(datasetFolderOf(forecastFolder, forecast.dataset)).catch(() => null);
  if (!dataset?.hasFrame(timeIndex)) return null;
  const { data } = channelOfFrame(dataset, await dataset.frame(timeIndex), channel, timeIndex);
  const { rows, columns } = window;
  const values = Float32Array.from({ length: rows.count * columns.count }, (_, i) => {
    const row = rows.first + Math.floor(i / columns.count);
    const cell = row * forecast.width + columns.first + (i % columns.count);
    return data[cell]!;
  });
  return areaMeans(values, 1, null, weights).members?.[0] ?? null;
}

export const probe: Handler<'probe'> = async ({ forecastFolder, channel, start, box }, { signal }) => {
  const forecast = await readForecastIn(forecastFolder);
  const window = windowOf(forecast, box);
  const weights = weightsOf(forecast, window);
  const { latitudes, longitudes, leads } = forecast;
  const { timeIndex, validDates, truth: hasTruth } = startOf(forecast.starts, start);
  const initial = await initialOf(forecastFolder, forecast, { channel, timeIndex }, window, weights);
  return withChannel(forecastFolder, forecast, channel, async (reader) => {
    const truth: (number | null)[] = [];
    const quantiles: (number | null)[][] = [];
    const members: (number | null)[][] = Array.from({ length: reader.members }, () => []);
    let observed = 0;
    for (let lead = 0; lead < leads.length; lead++) {
      await breathe(signal);
      const fields = await reader.read(start, lead, 'member', window);
      const seen = hasTruth && reader.hasTruth ? await reader.read(start, lead, 'truth', window) : null;
      const means = areaMeans(fields, reader.members, seen, weights);
      observed = Math.max(observed, means.observed);
      for (const [m, values] of members.entries()) values.push(means.members?.[m] ?? null);
      quantiles.push(quantilesOf(means.members));
      truth.push(means.truth);
    }
    const one = weights.length === 1;
    return {
      latitude: one ? (latitudes?.[box.firstRow] ?? null) : null,
      longitude: one ? (longitudes?.[box.firstColumn] ?? null) : null,
      leads,
      dates: validDates,
      truth,
      quantiles,
      members,
      initial,
      cells: weights.length,
      observed,
    };
  });
};

export const transect: Handler<'transect'> = async (request, { signal }) => {
  const { forecastFolder, channel, start, lead, from, to } = request;
  const forecast = await readForecastIn(forecastFolder);
  const window = windowOf(forecast, around(from, to));
  const { latitudes, longitudes, leads } = forecast;
  const { validDates, truth: hasTruth } = startOf(forecast.starts, start);
  if (leads[lead] === undefined)
    throw new DriftcastError('bad-input', `The forecast has no lead with index ${lead}.`);
  const { points, units } = lineBetween(from, to, ({ row, column }) =>
    latitudes && longitudes ? { latitude: latitudes[row]!, longitude: longitudes[column]! } : null,
  );
  const { rows, columns } = window;
  const places = points.map(({ row, column }) => (row - rows.first) * columns.count + column - columns.first);
  return withChannel(forecastFolder, forecast, channel, async (reader) => {
    const fields = await reader.read(start, lead, 'member', window);
    await breathe(signal);
    const seen = hasTruth && reader.hasTruth ? await reader.read(start, lead, 'truth', window) : null;
    const size = rows.count * columns.count;
    const ensembles = places.map((cell) =>
      Array.from({ length: reader.members }, (_, m) => fields[m * size + cell]!),
    );
    return {
      rows: points.map(({ row }) => row),
      columns: points.map(({ column }) => column),
      distances: points.map(({ distance }) => distance),
      distanceUnits: units,
      date: validDates[lead] ?? '',
      truth: places.map((cell) => finiteOrNull(seen?.[cell] ?? Number.NaN)),
      mean: ensembles.map((values) =>
        finiteOrNull(values.reduce((sum, value) => sum + value, 0) / values.length),
      ),
      quantiles: ensembles.map(quantilesOf),
    };
  });
};

/** The smallest box that holds both. */
function around(a: GridCell, b: GridCell): CellBox {
  return {
    firstRow: Math.min(a.row, b.row),
    lastRow: Math.max(a.row, b.row),
    firstColumn: Math.min(a.column, b.column),
    lastColumn: Math.max(a.column, b.column),
  };
}
