/** One map at one time, for the stage: a single slab, decoded. */
import { DriftcastError } from '#shared/errors.ts';
import { coordinateValues, type Grid, gridOf } from './cf/grid.ts';
import { type Placement, placeOn, type TargetGrid } from './cf/ontoGrid.ts';
import { SlabReader, wholeWindow, windowWidth } from './cf/slab.ts';
import { labelOf } from './cf/timeAxis.ts';
import { attributeText, type DataFile } from './formats/dataFile.ts';
import { findVariable, withFile } from './openFile.ts';

export interface FieldSelection {
  /** Index on the variable's time axis; ignored where it has none. */
  readonly time?: number;
  /** Indices of other dimensions by name; 0 where not given. */
  readonly slices?: Readonly<Record<string, number>>;
  /** The cells of this grid, in its order, instead of the variable's own. */
  readonly onto?: TargetGrid | undefined;
  /** Every so manyth row and column alone (`shared/coarse.ts`); not together with `onto`. */
  readonly stride?: number;
  /** The values of all this where they are at hand: then nothing is read. */
  readonly known?: Float32Array | undefined;
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

const copyOf = (values: Iterable<number> | null) => values && [...values];

/** Values in the order of the grid that they were found on. */
function gather(data: Float32Array, { window, rows, columns }: Placement): Float32Array {
  const width = windowWidth(window);
  const out = new Float32Array(rows.length * columns.length);
  let at = 0;
  for (const row of rows)
    for (const column of columns)
      out[at++] = row < 0 || column < 0 ? Number.NaN : data[row * width + column]!;
  return out;
}

/** Reads one map. Throws `bad-input` for indices outside, and what the file throws. */
export function readField(
  file: string | DataFile,
  variablePath: string,
  { time = 0, slices = {}, onto, stride = 1, known }: FieldSelection = {},
): Promise<Field> {
  return withFile(file, async (opened) => {
    const variable = findVariable(opened, variablePath);
    const grid = await gridOf(opened, variable);
    const index = checkTime(grid, time);
    const placed = onto && placeOn(grid, onto, opened.name);
    const reader = new SlabReader(opened, grid, placed?.window ?? wholeWindow(grid), slices);
    const axis = grid.timeAxis;
    const data =
      known ??
      (await (stride > 1 && !placed
        ? reader.readCoarse(index, stride)
        : reader.read(index, 1, new Float32Array(reader.cells))));
    return {
      data: placed ? gather(data, placed) : data,
      height: onto?.height ?? Math.ceil(grid.height / stride),
      width: onto?.width ?? Math.ceil(grid.width / stride),
      units: attributeText(variable.attributes, 'units'),
      longName: attributeText(variable.attributes, 'long_name'),
      time: axis ? labelOf(axis, axis.values[index]!) : null,
      times: axis?.values.length ?? 1,
      latitudes: onto ? copyOf(onto.latitudes) : copyOf(grid.latitudes),
      longitudes: onto ? copyOf(onto.longitudes) : copyOf(grid.longitudes),
      cellLatitudes: await cellCoordinates(opened, grid, 'latitude'),
      cellLongitudes: await cellCoordinates(opened, grid, 'longitude'),
    };
  });
}
