/** The parts of a file that are read one after the other: its one time line, or its trajectories. */
import type { PrepareSettings } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Grid } from '../cf/grid.ts';
import type { ResolvedRegion } from '../cf/region.ts';
import { SlabReader } from '../cf/slab.ts';
import { labelOf, sliceAxis, type TimeAxis, TimeLine } from '../cf/timeAxis.ts';
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

/** Throws `bad-input` for empty periods. */
export function partsOf(
  { file, grids }: OpenedFile,
  region: ResolvedRegion,
  { period, slices }: Choices,
): Joined {
  const grid = grids[0]!;
  const cut = cutPeriod(grid.timeAxis!, period);
  const count = cut.axis.values.length;
  const part = (own: Part['slices'], first: number): Part => {
    const readers = grids.map((each) => new SlabReader(file, each, region.window, own));
    return { file, grid, readers, slices: own, first, count, skip: cut.first };
  };
  const number = trajectoriesIn(grid, slices) ?? 1;
  if (number === 1) return { axis: cut.axis, trajectories: null, parts: [part(slices, 0)] };
  const name = trajectoryAxis(grid)!.dimension.name;
  const parts = Array.from({ length: number }, (_, trajectory) =>
    part({ ...slices, [name]: trajectory }, trajectory * count),
  );
  return { axis: cut.axis, trajectories: number, parts };
}
