/** Values over time: the regional mean on the time line, and one cell under the probe. */
import type { Region } from '#shared/domain/dataset.ts';
import { breathe, type WorkOptions } from './background.ts';
import { type Grid, gridOf } from './cf/grid.ts';
import { resolveRegion } from './cf/region.ts';
import { SlabReader, type Window } from './cf/slab.ts';
import { labelOf } from './cf/timeAxis.ts';
import { attributeText, bytesPerValue, type DataFile } from './formats/dataFile.ts';
import { findVariable, withFile } from './openFile.ts';

export interface Series {
  /** One value a time, NaN where all cells are missing. */
  readonly values: Float32Array;
  readonly times: string[];
  readonly units: string;
  /** How many cells there are, and how many of them have a value at one of the times that were read. */
  readonly cells: number;
  readonly observed: number;
}

export interface SeriesOptions extends WorkOptions {
  readonly slices?: Readonly<Record<string, number>>;
  /** About how much may be read, in bytes: of a longer series evenly spaced times are, and lines drawn between them. */
  readonly mostBytes?: number;
  /** Told of every time that is read: its decoded values, which are not to be kept. */
  readonly onFrame?: (time: number, values: Float32Array) => void;
}

const readBytes = 16 * 1024 * 1024;
/** However large the frames: fewer show no season. */
const fewestSamples = 64;

/** Area weights by row: the cosine of latitude where rows are latitudes, else 1. */
export function rowWeights(latitudes: readonly number[] | null, rows: number): number[] {
  return Array.from({ length: rows }, (_, i) =>
    latitudes ? Math.max(0, Math.cos((latitudes[i]! * Math.PI) / 180)) : 1,
  );
}

/** Times to read where all would be too many, first and last among them; null where all can be read. */
function sampleOfTimes(reader: SlabReader, times: number, mostBytes: number): number[] | null {
  const { chunks, type } = reader.grid.variable;
  // A stored chunk is read whole, whatever is wanted of it.
  const together = reader.grid.time === null ? 1 : (chunks?.[reader.grid.time] ?? 1);
  const bytes = reader.cells * bytesPerValue(type);
  if (times * bytes <= mostBytes) return null;
  const count = Math.max(fewestSamples, Math.floor(mostBytes / (bytes * together)));
  if (count * together >= times) return null;
  return Array.from({ length: count }, (_, i) => Math.round((i * (times - 1)) / (count - 1)));
}

/** Straight lines between the values at the given times; NaN where one of both ends is. */
function fillBetween(values: Float32Array, known: readonly number[]): void {
  for (let i = 1; i < known.length; i++) {
    const [from, to] = [known[i - 1]!, known[i]!];
    for (let time = from + 1; time < to; time++) {
      const share = (time - from) / (to - from);
      values[time] = (1 - share) * values[from]! + share * values[to]!;
    }
  }
}

async function collect(
  file: DataFile,
  grid: Grid,
  window: Window,
  weights: readonly number[],
  { slices, signal, onProgress, onFrame, mostBytes = Number.POSITIVE_INFINITY }: SeriesOptions,
): Promise<Series> {
  const reader = new SlabReader(file, grid, window, slices);
  const times = grid.timeAxis?.values.length ?? 1;
  const values = new Float32Array(times);
  const width = reader.cells / window.rows.count;
  const seen = new Uint8Array(reader.cells);
  const meanOf = (frame: Float32Array) => {
    let [sum, weight] = [0, 0];
    for (let cell = 0; cell < frame.length; cell++) {
      const value = frame[cell]!;
      if (Number.isNaN(value)) continue;
      seen[cell] = 1;
      const w = weights[Math.floor(cell / width)]!;
      sum += w * value;
      weight += w;
    }
    return weight > 0 ? sum / weight : Number.NaN;
  };
  const sampled = sampleOfTimes(reader, times, mostBytes);
  if (sampled !== null) {
    for (const [i, time] of sampled.entries()) {
      await breathe(signal);
      const frame = await reader.read(time, 1, new Float32Array(reader.cells));
      values[time] = meanOf(frame);
      onFrame?.(time, frame);
      onProgress?.((i + 1) / sampled.length);
    }
    fillBetween(values, sampled);
  } else {
    const step = reader.timesPerRead(readBytes);
    for (let first = 0; first < times; first += step) {
      await breathe(signal);
      const count = Math.min(step, times - first);
      const block = await reader.read(first, count, new Float32Array(count * reader.cells));
      for (let t = 0; t < count; t++) {
        const frame = block.subarray(t * reader.cells, (t + 1) * reader.cells);
        values[first + t] = meanOf(frame);
        onFrame?.(first + t, frame);
      }
      onProgress?.((first + count) / times);
    }
  }
  const axis = grid.timeAxis;
  return {
    values,
    times: axis ? axis.values.map((value) => labelOf(axis, value)) : [''],
    units: attributeText(grid.variable.attributes, 'units'),
    cells: reader.cells,
    observed: seen.reduce((sum, one) => sum + one, 0),
  };
}

/** Mean over the cells of a region at every time, weighted by the area of cells on the sphere; `mostBytes` makes it a sample. */
export function readRegionalMean(
  file: string | DataFile,
  variablePath: string,
  region: Region,
  options: SeriesOptions = {},
): Promise<Series> {
  return withFile(file, async (opened) => {
    const grid = await gridOf(opened, findVariable(opened, variablePath));
    const { window, latitudes, height } = resolveRegion(grid, region);
    return collect(opened, grid, window, rowWeights(latitudes, height), options);
  });
}

/** Values of one cell (row and column of the file, from 0) at every time. */
export function readCellSeries(
  file: string | DataFile,
  variablePath: string,
  row: number,
  column: number,
  options: SeriesOptions = {},
): Promise<Series> {
  return withFile(file, async (opened) => {
    const grid = await gridOf(opened, findVariable(opened, variablePath));
    const region = {
      kind: 'cells',
      firstRow: row,
      lastRow: row,
      firstColumn: column,
      lastColumn: column,
    } as const;
    return collect(opened, grid, resolveRegion(grid, region).window, [1], options);
  });
}
