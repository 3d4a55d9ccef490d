/**
 * Finds the cells of another grid in a variable's own: the same places, whichever way round rows run, however
 * longitudes are counted, and whether the variable covers more or less: what lies beyond it is missing. Nothing is
 * interpolated: where the cells of both lie apart there is no answer but a sentence.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { Grid } from './grid.ts';
import type { Window } from './slab.ts';

export interface TargetGrid {
  readonly height: number;
  readonly width: number;
  /** Degrees by row and by column; null where rows and columns are no latitudes and longitudes. */
  readonly latitudes: readonly number[] | null;
  readonly longitudes: readonly number[] | null;
}

export interface Placement {
  /** What has to be read. */
  readonly window: Window;
  /** Of each target row and column, its place inside of what was read; −1 where the variable has nothing. */
  readonly rows: readonly number[];
  readonly columns: readonly number[];
}

/** Share of the distance to the next cell by which coordinates may be off: rounding, never another place. */
const slack = 0.02;
const hint = 'Interpolate the file onto that grid first, for example with cdo remapbil.';

/** @throws DriftcastError `bad-input` where the variable has no cells at the places of the target's */
export function placeOn(grid: Grid, target: TargetGrid, fileName: string): Placement {
  const name = `${grid.variable.path} in ${fileName}`;
  if (!target.latitudes || !target.longitudes) {
    if (grid.height === target.height && grid.width === target.width && !grid.latitudes)
      return placement(counted(target.height), counted(target.width));
    throw new DriftcastError(
      'bad-input',
      grid.latitudes
        ? `The cells of ${name} have latitudes and longitudes, those of the other grid have none.`
        : `${name} has ${grid.height} × ${grid.width} cells, the other grid ${target.height} × ${target.width}.`,
      'Choose a variable on the same grid.',
    );
  }
  if (!grid.latitudes || !grid.longitudes)
    throw new DriftcastError(
      'bad-input',
      `${name} has no latitudes and longitudes by row and column, so its cells can't be found.`,
      hint,
    );
  const rows = matches(grid.latitudes, target.latitudes, (a, b) => Math.abs(a - b));
  if (rows === null) throw apart(name, 'latitudes');
  if ('missing' in rows) throw elsewhere(name, 'latitude', rows);
  const columns = matches(grid.longitudes, target.longitudes, (a, b) => {
    const turn = (((a - b) % 360) + 360) % 360;
    return Math.min(turn, 360 - turn);
  });
  if (columns === null) throw apart(name, 'longitudes');
  if ('missing' in columns) throw elsewhere(name, 'longitude', columns);
  return placement(rows.found, columns.found);
}

const counted = (length: number) => Array.from({ length }, (_, i) => i);

function placement(rows: readonly number[], columns: readonly number[]): Placement {
  const run = (indices: readonly number[]) => {
    const known = indices.filter((index) => index >= 0);
    const first = known.reduce((a, b) => Math.min(a, b));
    return { first, count: known.reduce((a, b) => Math.max(a, b)) - first + 1 };
  };
  const [down, right] = [run(rows), run(columns)];
  return {
    window: { rows: down, columns: [right] },
    rows: rows.map((row) => (row < 0 ? -1 : row - down.first)),
    columns: columns.map((column) => (column < 0 ? -1 : column - right.first)),
  };
}

type Missing = { missing: number; nearest: number };

function matches(
  own: Float64Array,
  wanted: readonly number[],
  distance: (a: number, b: number) => number,
): { found: number[] } | Missing | null {
  const spacing = Math.abs((wanted[1] ?? (wanted[0] ?? 0) + 1) - (wanted[0] ?? 0)) || 1;
  const step = own.reduce(
    (most, value, i) => (i === 0 ? most : Math.max(most, distance(value, own[i - 1]!))),
    own.length === 1 ? spacing : 0,
  );
  const found: number[] = [];
  const fits = (i: number, value: number) => distance(own[i]!, value) <= slack * spacing;
  for (const value of wanted) {
    // As a rule the cell beside the one before, or the first one where longitudes begin anew.
    const before = found.at(-1) ?? -1;
    const next = [before + 1, before - 1, 0].find((i) => i >= 0 && i < own.length && fits(i, value));
    if (next !== undefined) {
      found.push(next);
      continue;
    }
    let best = 0;
    for (let i = 1; i < own.length; i++) if (distance(own[i]!, value) < distance(own[best]!, value)) best = i;
    if (fits(best, value)) found.push(best);
    // Inside of the variable's grid no place is farther from a cell than half a step.
    else if (distance(own[best]!, value) > 0.51 * step) found.push(-1);
    else return { missing: value, nearest: own[best]! };
  }
  return found.some((index) => index >= 0) ? { found } : null;
}

/** Where neither has anything of the other. */
function apart(name: string, what: 'latitudes' | 'longitudes') {
  return new DriftcastError('bad-input', `${name} and the other grid have no ${what} in common.`, hint);
}

function elsewhere(name: string, what: 'latitude' | 'longitude', { missing, nearest }: Missing) {
  const show = (degrees: number) => `${Number(degrees.toFixed(3))}°`;
  return new DriftcastError(
    'bad-input',
    `The cells of ${name} lie elsewhere: there is none at ${what} ${show(missing)}, the nearest is at ${show(nearest)}.`,
    hint,
  );
}
