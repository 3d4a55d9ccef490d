/**
 * What files of one series have in common, told once: the variables that they hold, how those count time, and where
 * their cells lie. Ten thousand files of one kind then cost ten thousand times, not ten thousand tables of contents.
 */
import type { FileFormat } from '#shared/domain/file.ts';
import { type Axis, coordinateValues, type Grid, gridOf } from '../cf/grid.ts';
import type { DataFile, DataVariable } from '../formats/dataFile.ts';

/** Attributes that decide how values are read; others (a range, a date of creation) may differ from file to file. */
const deciding = [
  'units',
  'scale_factor',
  'add_offset',
  '_FillValue',
  'missing_value',
  'valid_min',
  'valid_max',
  'valid_range',
  '_Unsigned',
  'standard_name',
  'axis',
  'bounds',
  'climatology',
  'coordinates',
  'positive',
  'cf_role',
  'grid_mapping',
  'flag_values',
] as const;

/** Packing and units: what may differ between files whose values are still the same quantity. */
export const encodingAttributes: readonly string[] = deciding.slice(0, 9);

export interface Layout {
  readonly format: FileFormat;
  readonly variables: readonly DataVariable[];
  /** Path of the dimension that counts times; null where there is none. */
  readonly time: string | null;
  readonly timeVariable: DataVariable | null;
  /** Path of the dimension that counts trajectories; null where there is none. */
  readonly trajectory: string | null;
  /** Variables that say where cells, levels and members are. */
  readonly places: readonly string[];
  /** Of a variable over time and space, of which there is at least one in a file of a series. */
  readonly rows: string | null;
  readonly columns: string | null;
}

function describeVariable(variable: DataVariable, time: string | null, isTime: boolean): string {
  const dims = variable.dims.map(({ path, size }) => `${path} ${path === time ? '' : size}`);
  const texts = deciding.map((name) =>
    isTime && name === 'units' ? '' : JSON.stringify(variable.attributes.get(name)?.value ?? null),
  );
  return [variable.path, variable.type, variable.unreadable ?? '', dims, texts].join('|');
}

/** Equal for files that differ in nothing but their times and values. */
export function layoutKey(
  file: Pick<DataFile, 'format' | 'variables'>,
  layout: Pick<Layout, 'time' | 'timeVariable'>,
): string {
  const { time, timeVariable } = layout;
  const described = file.variables.map((variable) =>
    describeVariable(variable, time, variable.path === timeVariable?.path),
  );
  return [file.format, ...described].join('\n');
}

/** The grids of all variables that have one; a variable whose coordinates cannot be read is like any other data. */
async function gridsIn(file: DataFile): Promise<Grid[]> {
  const grids: Grid[] = [];
  for (const variable of file.variables) {
    if (variable.dims.length === 0) continue;
    const grid = await gridOf(file, variable).catch(() => null);
    if (grid) grids.push(grid);
  }
  return grids;
}

/** The most telling grid: one over time and two directions in space, with as many dimensions as there are. */
function leading(grids: readonly Grid[]): Grid | null {
  const rank = ({ time, y, x, axes }: Grid) =>
    (time === null ? 0 : 100) + (y === null ? 0 : 20) + (x === null ? 0 : 20) + axes.length;
  return grids.reduce<Grid | null>((best, grid) => (!best || rank(grid) > rank(best) ? grid : best), null);
}

/** Looks through all variables of a file. */
export async function layoutOf(file: DataFile): Promise<Layout> {
  const grids = await gridsIn(file);
  const lead = leading(grids);
  const path = (axis: Axis | undefined) => axis?.dimension.path ?? null;
  const at = (place: number | null | undefined) => (place == null ? undefined : lead?.axes[place]);
  const places = new Set<string>();
  for (const grid of grids) {
    for (const axis of grid.axes) {
      if (axis.values !== null && axis.role !== 'time') places.add(axis.coordinate!.path);
    }
    if (grid.curvilinear) {
      places.add(grid.curvilinear.latitude.path);
      places.add(grid.curvilinear.longitude.path);
    }
  }
  const time = at(lead?.time);
  const overTime = (name: string) =>
    file.variables.some(
      (variable) => variable.path === name && variable.dims.some((dim) => dim.path === path(time)),
    );
  return {
    format: file.format,
    variables: file.variables,
    time: path(time),
    timeVariable: time?.values ? time.coordinate : null,
    trajectory: path(at(lead?.trajectory)),
    places: [...places].filter((name) => !overTime(name)),
    rows: path(at(lead?.y)),
    columns: path(at(lead?.x)),
  };
}

/** Where the cells, levels and members of a file lie: decoded coordinates by path, NaN where missing. */
export type Places = ReadonlyMap<string, Float64Array>;

export async function placesOf(file: DataFile, layout: Layout): Promise<Places> {
  const places = new Map<string, Float64Array>();
  for (const name of layout.places) {
    const variable = file.variables.find((candidate) => candidate.path === name);
    if (variable) places.set(name, await coordinateValues(file, variable));
  }
  return places;
}

/** Whether coordinates agree to a thousandth of their spacing, or to the rounding of float32. */
function near(a: Float64Array, b: Float64Array): boolean {
  if (a.length !== b.length) return false;
  const spacing = a.length > 1 ? Math.abs(a[a.length - 1]! - a[0]!) / (a.length - 1) : 0;
  const slack = Number.isFinite(spacing) ? 1e-3 * spacing : 0;
  return a.every(
    (value, i) =>
      (Number.isNaN(value) && Number.isNaN(b[i]!)) ||
      Math.abs(value - b[i]!) <= Math.max(slack, 1e-6 * Math.abs(value)),
  );
}

/** The first coordinate in which two files differ; null where all that both state is the same. */
export function firstDifference(a: Places, b: Places): string | null {
  for (const [name, values] of a) {
    const other = b.get(name);
    if (other && !near(values, other)) return name;
  }
  return null;
}
