/**
 * The observed values that belong to a forecast, from another file: either one laid out like a forecast (a lead
 * dimension), or any series on the same grid, out of which the valid times are picked.
 */
import { DriftcastError } from '#shared/errors.ts';
import { decoderOf } from './cf/decode.ts';
import { type Grid, gridOf } from './cf/grid.ts';
import { resolveRegion } from './cf/region.ts';
import { SlabReader, type Window, wholeWindow } from './cf/slab.ts';
import { sourceName } from './forecastCoordinates.ts';
import type { ForecastReader } from './forecastReader.ts';
import {
  attributeText,
  type DataFile,
  type DataVariable,
  hasDefaultFill,
  isNumericType,
} from './formats/dataFile.ts';
import { openData } from './joined/openJoined.ts';

export interface TruthReader {
  /** [height, width] at a start and lead of the forecast; null where the file has no such time. */
  read(start: number, lead: number): Promise<Float32Array | null>;
  close(): Promise<void>;
}

function mismatch(file: DataFile, forecast: ForecastReader, why: string): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `${file.name} cannot serve as the truth of ${forecast.name}: ${why}.`,
    'Name a file with the observed values on the grid and in the calendar of the forecast.',
  );
}

/** The window of the series that the forecast covers: the whole grid, or the box of its coordinates. */
function windowFor(file: DataFile, grid: Grid, forecast: ForecastReader): Window {
  const { height, width, latitudes, longitudes } = forecast;
  if (grid.height === height && grid.width === width) return wholeWindow(grid);
  if (grid.latitudes && grid.longitudes && latitudes && longitudes) {
    const region = resolveRegion(grid, {
      kind: 'box',
      south: latitudes.reduce((a, b) => Math.min(a, b)),
      north: latitudes.reduce((a, b) => Math.max(a, b)),
      west: longitudes[0]!,
      east: longitudes[width - 1]!,
    });
    const sameRows = region.latitudes?.every((value, i) => Math.abs(value - latitudes[i]!) < 1e-3);
    if (region.height === height && region.width === width && sameRows) return region.window;
  }
  throw mismatch(
    file,
    forecast,
    `its grid of ${grid.height} × ${grid.width} cells does not hold the forecast's`,
  );
}

/** Of every further dimension, such as depth, the entry that the forecast says it is for. */
function slicesFor(file: DataFile, grid: Grid, forecast: ForecastReader): Record<string, number> {
  const kept = [grid.time, grid.y, grid.x, grid.trajectory];
  const slices: Record<string, number> = {};
  for (const [place, { dimension, coordinate, values }] of grid.axes.entries()) {
    const { name, size } = dimension;
    if (kept.includes(place) || size === 1) continue;
    const standardName = attributeText(coordinate?.attributes ?? new Map(), 'standard_name');
    const scalar =
      forecast.scalars.find((other) => [name, sourceName(name)].includes(other.name)) ??
      forecast.scalars.find((other) => other.standardName !== '' && other.standardName === standardName);
    if (!scalar)
      throw mismatch(
        file,
        forecast,
        `it has ${size} entries along ${name}, and the forecast does not say which of them it is for`,
      );
    const entries = values ? [...values] : Array.from({ length: size }, (_, i) => i);
    const tolerance = 1e-5 * Math.max(1, Math.abs(scalar.value));
    const index = entries.findIndex((entry) => Math.abs(entry - scalar.value) <= tolerance);
    if (index < 0)
      throw mismatch(file, forecast, `its ${name} is nowhere ${scalar.value}, as the forecast's is`);
    slices[name] = index;
  }
  return slices;
}

/** Reads the trajectory of a start; null where the file has no such one. */
function readerOf(
  file: DataFile,
  grid: Grid,
  window: Window,
  slices: Readonly<Record<string, number>>,
  trajectory: number | undefined,
): SlabReader | null {
  if (trajectory === undefined || grid.trajectory === null) return new SlabReader(file, grid, window, slices);
  const { name, size } = grid.axes[grid.trajectory]!.dimension;
  return trajectory < size ? new SlabReader(file, grid, window, { ...slices, [name]: trajectory }) : null;
}

async function seriesTruth(file: DataFile, grid: Grid, forecast: ForecastReader): Promise<TruthReader> {
  const axis = grid.timeAxis!;
  if (forecast.validTimes === null) throw mismatch(file, forecast, 'the forecast states no valid times');
  if (axis.calendar !== forecast.calendar) throw mismatch(file, forecast, 'it has another calendar');
  const window = windowFor(file, grid, forecast);
  const slices = slicesFor(file, grid, forecast);
  const readers = forecast.starts.map(({ trajectory }) => readerOf(file, grid, window, slices, trajectory));
  const { values } = axis;
  // Times that went through other units come back a little off; no step is as short as a thousandth of itself.
  const step = values.length > 1 ? Math.abs(values[1]! - values[0]!) : 1;
  return {
    async read(start, lead) {
      const wanted = forecast.validTimes![start]![lead]!;
      const index = values.findIndex((value) => Math.abs(value - wanted) <= 1e-3 * step);
      const reader = readers[start] ?? null;
      return index < 0 || reader === null ? null : reader.read(index, 1, new Float32Array(reader.cells));
    },
    close: () => file.close(),
  };
}

/** A variable [start,] lead, row, column, matched with the forecast by position. */
function leadTruth(file: DataFile, variable: DataVariable, forecast: ForecastReader): TruthReader {
  const { height, width, leads, starts } = forecast;
  const several = variable.shape.length === 4;
  const expected = [...(several ? [starts.length] : []), leads.length, height, width];
  if (variable.shape.join() !== expected.join() || (!several && starts.length > 1)) {
    throw mismatch(file, forecast, `${variable.path} has the shape ${variable.shape.join(' × ')}`);
  }
  return {
    async read(start, lead) {
      const first = [...(several ? [start] : []), lead, 0, 0];
      const count = [...(several ? [1] : []), 1, height, width];
      const raw = await file.read(variable, first, count);
      return decoderOf(variable, hasDefaultFill(file)).decode(raw, new Float32Array(raw.length));
    },
    close: () => file.close(),
  };
}

/** Opens a file, or a folder of files that are one series, as the truth of a forecast. Throws `bad-input` where the two do not fit, and what files throw. */
export async function openTruth(path: string, forecast: ForecastReader): Promise<TruthReader> {
  const file = await openData([path]);
  try {
    const leaf = (name: string) => name.slice(name.lastIndexOf('/') + 1);
    const wanted = leaf(forecast.variable);
    const candidates = file.variables.filter(
      (variable) => isNumericType(variable.type) && [wanted, `${wanted}_truth`].includes(leaf(variable.path)),
    );
    for (const variable of candidates) {
      const grid = await gridOf(file, variable);
      const names = variable.dims.map((dim) => dim.name);
      if (names.includes('lead') && !names.includes('member')) {
        return leadTruth(file, variable, forecast);
      }
      if (grid.timeAxis && grid.y !== null && grid.x !== null) return await seriesTruth(file, grid, forecast);
    }
    throw mismatch(file, forecast, `it has no variable ${wanted} with times and two dimensions in space`);
  } catch (error) {
    await file.close();
    throw error;
  }
}
