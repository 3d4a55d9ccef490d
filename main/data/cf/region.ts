/** Turns a region in degrees or cells into the rows and columns to read. */
import type { Region } from '#shared/domain/dataset.ts';
import { assertNever, DriftcastError } from '#shared/errors.ts';
import type { Grid } from './grid.ts';
import { type Run, type Window, wholeWindow } from './slab.ts';

export interface ResolvedRegion {
  readonly window: Window;
  readonly height: number;
  readonly width: number;
  /** Degrees by row, in the order of the file. */
  readonly latitudes: number[] | null;
  /** Degrees by column, ascending also across the date line (so beyond 180 or 360 there). */
  readonly longitudes: number[] | null;
}

/** Float32 coordinates are off by this much at most; no grid is as fine. */
const tolerance = 1e-4;

const modulo = (value: number, base: number) => ((value % base) + base) % base;

function runsOf(indices: readonly number[]): Run[] {
  const runs: { first: number; count: number }[] = [];
  for (const index of indices) {
    const last = runs[runs.length - 1];
    if (last && last.first + last.count === index) last.count++;
    else runs.push({ first: index, count: 1 });
  }
  return runs;
}

/** Degrees east of `west`, in [0, 360); a cell on the western edge counts as 0 in spite of rounding. */
const eastOf = (longitude: number, west: number) => modulo(longitude - west + tolerance, 360) - tolerance;

function rowsIn(latitudes: Float64Array, south: number, north: number): number[] {
  return [...latitudes.keys()].filter(
    (i) => latitudes[i]! >= south - tolerance && latitudes[i]! <= north + tolerance,
  );
}

function columnRuns(longitudes: Float64Array, west: number, east: number): Run[] {
  const all = east - west >= 360;
  const span = modulo(east - west, 360);
  const inside = [...longitudes.keys()].filter((i) => {
    if (!Number.isFinite(longitudes[i])) return false;
    return all || eastOf(longitudes[i]!, west) <= span + tolerance;
  });
  const runs = runsOf(inside);
  if (all) return runs;
  const offset = (i: number) => eastOf(longitudes[i]!, west);
  if (runs.length === 2) {
    const from = (run: Run) => Math.min(offset(run.first), offset(run.first + run.count - 1));
    return runs.sort((p, q) => from(p) - from(q));
  }
  // A box of nearly the whole globe may leave out no cell and still begin in the middle of the file's map.
  const run = runs[0];
  const begin = inside.reduce((best, i) => (offset(i) < offset(best) ? i : best), inside[0] ?? 0);
  if (runs.length !== 1 || !run || begin === run.first || !isGlobal(longitudes)) return runs;
  const before = begin - run.first;
  return [
    { first: begin, count: run.count - before },
    { first: run.first, count: before },
  ];
}

/** Whether longitudes ascend and the last column is followed by the first one. */
function isGlobal(longitudes: Float64Array): boolean {
  const last = longitudes.length - 1;
  const step = (longitudes[last]! - longitudes[0]!) / Math.max(1, last);
  return step > 0 && Math.abs(step * (last + 1) - 360) < 0.5 * step;
}

const show = (degrees: number, positive: string, negative: string) =>
  `${Number(Math.abs(degrees).toFixed(2))}°${degrees < 0 ? negative : positive}`;

function describeSpan(grid: Grid): string {
  const span = (values: Float64Array) => [values[0]!, values[values.length - 1]!] as const;
  const [a, b] = span(grid.latitudes!);
  const [w, e] = span(grid.longitudes!);
  return `${show(a, 'N', 'S')} to ${show(b, 'N', 'S')} and ${show(w, 'E', 'W')} to ${show(e, 'E', 'W')}`;
}

/** Longitudes of the chosen columns; a jump from 359 to 0 or 180 to −180 goes on upwards, as CF wants axes. */
function unwrapped(longitudes: Float64Array, runs: readonly Run[]): number[] {
  const values = runs.flatMap((run) => [...longitudes.subarray(run.first, run.first + run.count)]);
  let turns = 0;
  return values.map((value, i) => {
    if (i > 0 && runs.length > 1 && i === runs[0]!.count && value < values[i - 1]!) turns = 360;
    return value + turns;
  });
}

function box(grid: Grid, region: Extract<Region, { kind: 'box' }>): Window {
  if (grid.latitudes === null || grid.longitudes === null) {
    throw new DriftcastError(
      'bad-input',
      `A box in degrees cannot be cut out of ${grid.variable.path}, whose rows and columns are no latitudes and longitudes.`,
      'Give the region in rows and columns instead.',
    );
  }
  if (region.south > region.north) {
    throw new DriftcastError(
      'bad-input',
      `The southern edge of the region (${region.south}°) lies north of its northern edge (${region.north}°).`,
      'Swap the two.',
    );
  }
  const rows = runsOf(rowsIn(grid.latitudes, region.south, region.north));
  const columns = columnRuns(grid.longitudes, region.west, region.east);
  if (rows.length === 0 || columns.length === 0) {
    throw new DriftcastError(
      'bad-input',
      `The region holds no cell of ${grid.variable.path}, which covers ${describeSpan(grid)}.`,
      'Move or enlarge the region.',
    );
  }
  if (rows.length > 1 || columns.length > 2) {
    throw new DriftcastError(
      'bad-input',
      `The coordinates of ${grid.variable.path} are not in order, so no region can be cut out of it.`,
      'Give the region in rows and columns instead.',
    );
  }
  return { rows: rows[0]!, columns };
}

function cells(grid: Grid, region: Extract<Region, { kind: 'cells' }>): Window {
  const { firstRow, lastRow, firstColumn, lastColumn } = region;
  const fits = (first: number, last: number, size: number) => first >= 0 && first <= last && last < size;
  if (!fits(firstRow, lastRow, grid.height) || !fits(firstColumn, lastColumn, grid.width)) {
    throw new DriftcastError(
      'bad-input',
      `Rows ${firstRow}–${lastRow} and columns ${firstColumn}–${lastColumn} are not inside of the grid of ${grid.height} × ${grid.width} cells.`,
      'Count rows and columns from 0.',
    );
  }
  return {
    rows: { first: firstRow, count: lastRow - firstRow + 1 },
    columns: [{ first: firstColumn, count: lastColumn - firstColumn + 1 }],
  };
}

/**
 * The rows and columns of a region. A box takes the cells whose centres lie in the closed box; `west > east` means
 * that it crosses the date line, and both conventions of longitude are understood. Throws `bad-input`.
 */
export function resolveRegion(grid: Grid, region: Region): ResolvedRegion {
  const window =
    region.kind === 'whole'
      ? wholeWindow(grid)
      : region.kind === 'box'
        ? box(grid, region)
        : region.kind === 'cells'
          ? cells(grid, region)
          : assertNever(region);
  const { rows, columns } = window;
  return {
    window,
    height: rows.count,
    width: columns.reduce((sum, run) => sum + run.count, 0),
    latitudes: grid.latitudes && [...grid.latitudes.subarray(rows.first, rows.first + rows.count)],
    longitudes: grid.longitudes && unwrapped(grid.longitudes, columns),
  };
}
