/** Values over time: the regional mean on the time line, and one cell under the probe. */
import type { Region } from '#shared/domain/dataset.ts';
import { breathe, type WorkOptions } from './background.ts';
import { type Grid, gridOf } from './cf/grid.ts';
import { resolveRegion } from './cf/region.ts';
import { SlabReader, type Window } from './cf/slab.ts';
import { labelOf } from './cf/timeAxis.ts';
import { attributeText, type DataFile } from './formats/dataFile.ts';
import { findVariable, withFile } from './openFile.ts';

export interface Series {
  /** One value a time, NaN where all cells are missing. */
  readonly values: Float32Array;
  readonly times: string[];
  readonly units: string;
}

export interface SeriesOptions extends WorkOptions {
  readonly slices?: Readonly<Record<string, number>>;
}

const readBytes = 16 * 1024 * 1024;

/** Area weights by row: the cosine of latitude where rows are latitudes, else 1. */
function rowWeights(latitudes: readonly number[] | null, rows: number): number[] {
  return Array.from({ length: rows }, (_, i) =>
    latitudes ? Math.max(0, Math.cos((latitudes[i]! * Math.PI) / 180)) : 1,
  );
}

async function collect(
  file: DataFile,
  grid: Grid,
  window: Window,
  weights: readonly number[],
  { slices, signal, onProgress }: SeriesOptions,
): Promise<Series> {
  const reader = new SlabReader(file, grid, window, slices);
  const times = grid.timeAxis?.values.length ?? 1;
  const values = new Float32Array(times);
  const width = reader.cells / window.rows.count;
  const step = reader.timesPerRead(readBytes);
  for (let first = 0; first < times; first += step) {
    await breathe(signal);
    const count = Math.min(step, times - first);
    const block = await reader.read(first, count, new Float32Array(count * reader.cells));
    for (let t = 0; t < count; t++) {
      let [sum, weight] = [0, 0];
      for (let cell = 0; cell < reader.cells; cell++) {
        const value = block[t * reader.cells + cell]!;
        if (Number.isNaN(value)) continue;
        const w = weights[Math.floor(cell / width)]!;
        sum += w * value;
        weight += w;
      }
      values[first + t] = weight > 0 ? sum / weight : Number.NaN;
    }
    onProgress?.((first + count) / times);
  }
  const axis = grid.timeAxis;
  return {
    values,
    times: axis ? axis.values.map((value) => labelOf(axis, value)) : [''],
    units: attributeText(grid.variable.attributes, 'units'),
  };
}

/** Mean over the cells of a region at every time, weighted by the area of cells on the sphere. */
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
