/** One map at one time, for the stage: a single slab, decoded. */
import { DriftcastError } from '#shared/errors.ts';
import { coordinateValues, type Grid, gridOf } from './cf/grid.ts';
import { SlabReader, wholeWindow } from './cf/slab.ts';
import { labelOf } from './cf/timeAxis.ts';
import { attributeText, type DataFile } from './formats/dataFile.ts';
import { findVariable, withFile } from './openFile.ts';

export interface FieldSelection {
  /** Index on the variable's time axis; ignored where it has none. */
  readonly time?: number;
  /** Indices of other dimensions by name; 0 where not given. */
  readonly slices?: Readonly<Record<string, number>>;
}

export interface Field {
  /** [height, width], row-major as in the file, NaN where missing. */
  readonly data: Float32Array;
  readonly height: number;
  readonly width: number;
  readonly units: string;
  readonly longName: string;
  /** The time's label; null where the variable has no time. */
  readonly time: string | null;
  readonly times: number;
  /** Degrees by row and column; null where rows and columns are no latitudes and longitudes. */
  readonly latitudes: number[] | null;
  readonly longitudes: number[] | null;
  /** Degrees by cell, [height, width], on curvilinear grids; NaN where the file has none. */
  readonly cellLatitudes: Float32Array | null;
  readonly cellLongitudes: Float32Array | null;
}

function checkTime(grid: Grid, time: number): number {
  const count = grid.time === null ? 1 : grid.variable.shape[grid.time]!;
  if (Number.isInteger(time) && time >= 0 && time < count) return time;
  throw new DriftcastError(
    'bad-input',
    `${grid.variable.path} has no time with index ${time}.`,
    count === 0 ? 'The variable has no times.' : `Choose an index from 0 to ${count - 1}.`,
  );
}

async function cellCoordinates(file: DataFile, grid: Grid, which: 'latitude' | 'longitude') {
  if (grid.curvilinear === null) return null;
  return Float32Array.from(await coordinateValues(file, grid.curvilinear[which]));
}

/** Reads one map. Throws `bad-input` for indices outside, and what the file throws. */
export function readField(
  file: string | DataFile,
  variablePath: string,
  { time = 0, slices = {} }: FieldSelection = {},
): Promise<Field> {
  return withFile(file, async (opened) => {
    const variable = findVariable(opened, variablePath);
    const grid = await gridOf(opened, variable);
    const index = checkTime(grid, time);
    const reader = new SlabReader(opened, grid, wholeWindow(grid), slices);
    const axis = grid.timeAxis;
    return {
      data: await reader.read(index, 1, new Float32Array(reader.cells)),
      height: grid.height,
      width: grid.width,
      units: attributeText(variable.attributes, 'units'),
      longName: attributeText(variable.attributes, 'long_name'),
      time: axis ? labelOf(axis, axis.values[index]!) : null,
      times: axis?.values.length ?? 1,
      latitudes: grid.latitudes && [...grid.latitudes],
      longitudes: grid.longitudes && [...grid.longitudes],
      cellLatitudes: await cellCoordinates(opened, grid, 'latitude'),
      cellLongitudes: await cellCoordinates(opened, grid, 'longitude'),
    };
  });
}
