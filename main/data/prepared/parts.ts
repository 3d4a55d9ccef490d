/** How files follow each other on one time axis: as periods of one time line, or as trajectories side by side. */
import type { PrepareSettings } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Grid } from '../cf/grid.ts';
import type { ResolvedRegion } from '../cf/region.ts';
import { SlabReader } from '../cf/slab.ts';
import { calendarAxis, labelOf, sliceAxis, type TimeAxis, TimeLine } from '../cf/timeAxis.ts';
import type { DataFile } from '../formats/dataFile.ts';

export interface OpenedFile {
  readonly file: DataFile;
  /** One a variable, all with the same times and trajectories. */
  readonly grids: readonly Grid[];
}

/** Times that follow each other in one file, and where they go. */
export interface Part {
  readonly file: DataFile;
  readonly grid: Grid;
  /** One a channel. */
  readonly readers: readonly SlabReader[];
  /** Choices for the dimensions besides time and space, the trajectory among them. */
  readonly slices: Readonly<Record<string, number>>;
  /** Index of the part's first time on the joined axis, which may begin after it. */
  readonly first: number;
  readonly count: number;
  /** Times of the file before the part's first one. */
  readonly skip: number;
}

export interface Joined {
  /** Of one trajectory where there are several; of the chosen period, regular or not. */
  readonly axis: TimeAxis;
  /** Number of trajectories; null for one time line. */
  readonly trajectories: number | null;
  readonly parts: readonly Part[];
}

const trajectoryAxis = (grid: Grid) => (grid.trajectory === null ? null : grid.axes[grid.trajectory]!);

/** The trajectories of a file that are in use; null where there is no such dimension, or one was chosen. */
export function trajectoriesIn(grid: Grid, slices: Readonly<Record<string, number>>): number | null {
  const axis = trajectoryAxis(grid);
  if (axis === null) return null;
  const { name, path, size } = axis.dimension;
  return slices[name] === undefined && slices[path] === undefined ? size : null;
}

/** Whether plain times agree to a thousandth of a step. */
function sameClock(a: TimeAxis, b: TimeAxis): boolean {
  const step = Math.abs((a.values[1] ?? 1) - (a.values[0] ?? 0));
  return (
    a.calendar === b.calendar &&
    a.units === b.units &&
    a.values.length === b.values.length &&
    a.values.every((value, i) => Math.abs(value - b.values[i]!) <= 1e-3 * step)
  );
}

/** Times of all files in order. Throws `conflict` where files overlap or count time differently. */
function joinAxes(opened: readonly OpenedFile[]): TimeAxis {
  const axes = opened.map(({ grids }) => grids[0]!.timeAxis!);
  const first = axes[0]!;
  if (axes.length === 1) return first;
  for (const [i, axis] of axes.entries()) {
    if (axis.calendar !== first.calendar || axis.calendar === null) {
      throw new DriftcastError(
        'conflict',
        `${opened[0]!.file.name} and ${opened[i]!.file.name} cannot be joined: their times are neither dates of one calendar nor those of equal trajectories.`,
        'Prepare them one by one.',
      );
    }
    const before = axes[i - 1];
    if (before && axis.values[0]! <= before.values[before.values.length - 1]!) {
      throw new DriftcastError(
        'conflict',
        `${opened[i - 1]!.file.name} and ${opened[i]!.file.name} overlap: the second begins at ${labelOf(axis, axis.values[0]!)}, before the first ends.`,
        'Leave one of them out, or cut them so that every time occurs once.',
      );
    }
  }
  return calendarAxis(
    axes.flatMap((axis) => axis.values),
    first.calendar!,
    axes.flatMap((axis) => axis.notes),
  );
}

/** The chosen period of the series. */
function cutPeriod(axis: TimeAxis, period: PrepareSettings['period']): { first: number; axis: TimeAxis } {
  const { first, end } = new TimeLine(axis).range(period.from, period.to);
  const cut = sliceAxis(axis, first, end);
  if (cut.values.length === 0) {
    throw new DriftcastError(
      'bad-input',
      'The chosen period holds no times of the file.',
      `The file goes from ${labelOf(axis, axis.values[0]!)} to ${labelOf(axis, axis.values[axis.values.length - 1]!)}.`,
    );
  }
  return { first, axis: cut };
}

type Choices = Pick<PrepareSettings, 'period' | 'slices'>;

function readersOf({ file, grids }: OpenedFile, region: ResolvedRegion, slices: Part['slices']) {
  return grids.map((grid) => new SlabReader(file, grid, region.window, slices));
}

/** Trajectories of all files in the order of the files. Throws `conflict` where their times differ. */
function joinTrajectories(
  opened: readonly OpenedFile[],
  region: ResolvedRegion,
  { period, slices }: Choices,
): Joined {
  const reference = opened[0]!;
  const whole = reference.grids[0]!.timeAxis!;
  const cut = cutPeriod(whole, period);
  const count = cut.axis.values.length;
  const parts: Part[] = [];
  for (const each of opened) {
    const grid = each.grids[0]!;
    if (!sameClock(whole, grid.timeAxis!)) {
      throw new DriftcastError(
        'conflict',
        `The trajectories in ${reference.file.name} and ${each.file.name} have different times.`,
        'Join only files whose trajectories begin, step and end alike.',
      );
    }
    const number = trajectoriesIn(grid, slices);
    const name = trajectoryAxis(grid)?.dimension.name;
    for (let trajectory = 0; trajectory < (number ?? 1); trajectory++) {
      const own = number === null ? slices : { ...slices, [name!]: trajectory };
      const readers = readersOf(each, region, own);
      const first = parts.length * count;
      parts.push({ file: each.file, grid, readers, slices: own, first, count, skip: cut.first });
    }
  }
  return { axis: cut.axis, trajectories: parts.length, parts };
}

function joinPeriods(
  opened: readonly OpenedFile[],
  region: ResolvedRegion,
  { period, slices }: Choices,
): Joined {
  const cut = cutPeriod(joinAxes(opened), period);
  let first = -cut.first;
  const parts = opened.map((each): Part => {
    const grid = each.grids[0]!;
    const count = grid.timeAxis!.values.length;
    const part = { file: each.file, grid, readers: readersOf(each, region, slices), slices, first, count };
    first += count;
    return { ...part, skip: 0 };
  });
  return { axis: cut.axis, trajectories: null, parts };
}

/**
 * Joins files along trajectories where any holds several, or where plain times begin anew in every file; else along
 * time, in its order. Throws `bad-input` for empty periods and `conflict` for files that do not fit.
 */
export function joinFiles(opened: readonly OpenedFile[], region: ResolvedRegion, settings: Choices): Joined {
  const grids = opened.map((each) => each.grids[0]!);
  const anew =
    opened.length > 1 &&
    grids.every(({ timeAxis }) => timeAxis!.calendar === null && sameClock(grids[0]!.timeAxis!, timeAxis!));
  const several = grids.some((grid) => (trajectoriesIn(grid, settings.slices) ?? 1) > 1);
  if (anew || several) return joinTrajectories(opened, region, settings);
  const start = ({ grids }: OpenedFile) => grids[0]!.timeAxis!.values[0]!;
  return joinPeriods(
    [...opened].sort((a, b) => start(a) - start(b)),
    region,
    settings,
  );
}
