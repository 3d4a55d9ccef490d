/** Several variables of one or several files as one series of frames [time, height, width, channel]. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Channel, Dataset, PrepareSettings } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { whyNotForecastable } from '../cf/forecastable.ts';
import { type Grid, gridOf } from '../cf/grid.ts';
import { type ResolvedRegion, resolveRegion } from '../cf/region.ts';
import { SlabReader } from '../cf/slab.ts';
import { calendarAxis, labelOf, sliceAxis, type TimeAxis, TimeLine } from '../cf/timeAxis.ts';
import type { DataFile } from '../formats/dataFile.ts';
import { openDataFile } from '../formats/registry.ts';
import { findVariable } from '../openFile.ts';
import { cellPositions, channelOf, type SpaceAxis, spaceAxis, systemOf } from './describe.ts';
import type { Positions } from './store.ts';

interface Part {
  readonly file: DataFile;
  readonly grids: readonly Grid[];
  readonly readers: readonly SlabReader[];
  /** Index of the part's first time on the joined axis. */
  readonly first: number;
  readonly count: number;
}

export interface SeriesSource {
  readonly channels: Channel[];
  readonly region: ResolvedRegion;
  /** The source's names for rows and columns, for files made from this series. */
  readonly space: { readonly rows: SpaceAxis; readonly columns: SpaceAxis };
  readonly positions: Positions | null;
  /** The used part of the time axis; regular. */
  readonly axis: TimeAxis;
  readonly sources: Dataset['sources'];
  readonly system: Dataset['system'];
  readonly warnings: string[];
  /** Frames in one read without exceeding the budget. */
  framesPerRead(budget: number): number;
  /** [count, height, width, channel], NaN where missing. */
  read(first: number, count: number): Promise<Float32Array>;
  close(): Promise<void>;
}

const near = (a: ArrayLike<number> | null, b: ArrayLike<number> | null) =>
  (a === null) === (b === null) &&
  (a === null || Array.from(a).every((value, i) => Math.abs(value - b![i]!) < 1e-3));

function checkSame(first: Grid, other: Grid, where: string): void {
  const same =
    first.height === other.height &&
    first.width === other.width &&
    near(first.latitudes, other.latitudes) &&
    near(first.longitudes, other.longitudes);
  if (!same) {
    throw new DriftcastError(
      'bad-input',
      `${other.variable.path} in ${where} lies on another grid than ${first.variable.path}.`,
      'Choose variables and files on one grid.',
    );
  }
}

async function gridsOf(file: DataFile, settings: PrepareSettings): Promise<Grid[]> {
  const grids: Grid[] = [];
  for (const name of settings.variables) {
    const variable = findVariable(file, name);
    const grid = await gridOf(file, variable);
    // Times are judged later, on the joined series and the chosen period; so is their number.
    const usable = grid.timeAxis ? { ...grid, timeAxis: { ...grid.timeAxis, problem: undefined } } : grid;
    const enough = {
      ...variable,
      shape: variable.shape.map((n, i) => (i === grid.time ? Math.max(n, 1e6) : n)),
    };
    const reason = whyNotForecastable(enough, usable);
    if (reason) throw new DriftcastError('bad-input', reason, 'Choose another variable.');
    const reference = grids[0];
    if (reference) {
      checkSame(reference, grid, file.name);
      if (reference.timeAxis!.values.join() !== grid.timeAxis!.values.join()) {
        throw new DriftcastError(
          'bad-input',
          `${name} and ${reference.variable.path} in ${file.name} have different times.`,
          'Choose variables with the same times.',
        );
      }
    }
    grids.push(grid);
  }
  return grids;
}

/** Times of all files in order. Throws `conflict` where files overlap or count time differently. */
function joinAxes(parts: readonly { file: DataFile; grids: readonly Grid[] }[]): TimeAxis {
  const axes = parts.map(({ grids }) => grids[0]!.timeAxis!);
  const first = axes[0]!;
  if (axes.length === 1) return first;
  for (const [i, axis] of axes.entries()) {
    if (axis.calendar !== first.calendar || axis.calendar === null) {
      throw new DriftcastError(
        'conflict',
        `${parts[0]!.file.name} and ${parts[i]!.file.name} cannot be joined: their times are not dates of one calendar.`,
        'Prepare them one by one.',
      );
    }
    const before = axes[i - 1];
    if (before && axis.values[0]! <= before.values[before.values.length - 1]!) {
      throw new DriftcastError(
        'conflict',
        `${parts[i - 1]!.file.name} and ${parts[i]!.file.name} overlap: the second begins at ${labelOf(axis, axis.values[0]!)}, before the first ends.`,
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

/** The chosen period of the series, which must be regular. */
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
  if (cut.problem !== undefined) {
    throw new DriftcastError(
      'bad-input',
      `The times of the series ${cut.problem}.`,
      'Choose a period in which the times are regular, or resample the file.',
    );
  }
  return { first, axis: cut };
}

function sliceWarnings(grid: Grid, slices: Readonly<Record<string, number>>): string[] {
  return grid.axes.flatMap(({ dimension }, place) => {
    const free = place !== grid.time && place !== grid.y && place !== grid.x && dimension.size > 1;
    if (!free || slices[dimension.name] !== undefined || slices[dimension.path] !== undefined) return [];
    return [`Of the ${dimension.size} entries along ${dimension.name} only the first is used.`];
  });
}

/** Opens the files of a series and checks that they fit together. Throws `bad-input`, `conflict` and what files throw. */
export async function openSource(paths: readonly string[], settings: PrepareSettings): Promise<SeriesSource> {
  const opened: { file: DataFile; grids: Grid[] }[] = [];
  const files: DataFile[] = [];
  const close = async () => {
    for (const file of files) await file.close();
  };
  try {
    for (const path of paths) {
      const file = await openDataFile(path);
      files.push(file);
      opened.push({ file, grids: await gridsOf(file, settings) });
    }
    if (opened.length === 0)
      throw new DriftcastError('bad-input', 'No file was given.', 'Name at least one.');
    opened.sort((a, b) => a.grids[0]!.timeAxis!.values[0]! - b.grids[0]!.timeAxis!.values[0]!);
    const grid = opened[0]!.grids[0]!;
    for (const { file, grids } of opened.slice(1)) checkSame(grid, grids[0]!, file.name);
    const region = resolveRegion(grid, settings.region);
    const period = cutPeriod(joinAxes(opened), settings.period);
    let first = -period.first;
    const parts = opened.map(({ file, grids }): Part => {
      const count = grids[0]!.timeAxis!.values.length;
      const readers = grids.map((each) => new SlabReader(file, each, region.window, settings.slices));
      const part = { file, grids, readers, first, count };
      first += count;
      return part;
    });
    const channels = opened[0]!.grids.map(channelOf);
    return {
      channels,
      region,
      space: {
        rows: spaceAxis(grid, grid.y, 'y', [region.window.rows], region.latitudes),
        columns: spaceAxis(grid, grid.x, 'x', region.window.columns, region.longitudes),
      },
      positions: await cellPositions(opened[0]!.file, grid, region.window),
      axis: period.axis,
      sources: await describeSources(files),
      system: systemOf(channels),
      warnings: [
        ...new Set([
          ...period.axis.notes,
          ...opened[0]!.grids.flatMap((each) => sliceWarnings(each, settings.slices)),
        ]),
      ],
      framesPerRead: (budget) => parts[0]!.readers[0]!.timesPerRead(budget / channels.length),
      read: (start, count) => readJoined(parts, start, count, channels.length),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

async function readJoined(parts: readonly Part[], start: number, count: number, channels: number) {
  const cells = parts[0]!.readers[0]!.cells;
  const frames = new Float32Array(count * cells * channels);
  for (const part of parts) {
    const from = Math.max(start, part.first);
    const to = Math.min(start + count, part.first + part.count);
    if (from >= to) continue;
    for (const [channel, reader] of part.readers.entries()) {
      const block = await reader.read(from - part.first, to - from, new Float32Array((to - from) * cells));
      const base = (from - start) * cells;
      for (let i = 0; i < block.length; i++) frames[(base + i) * channels + channel] = block[i]!;
    }
  }
  return frames;
}

async function describeSources(files: readonly DataFile[]): Promise<Dataset['sources']> {
  const sources: Dataset['sources'] = [];
  for (const file of files) {
    const { mtime, size } = await stat(file.path);
    sources.push({ path: file.path, name: basename(file.path), bytes: size, modified: mtime.toISOString() });
  }
  return sources;
}

/** SHA-256 over the decoded values as they come, closed with the settings. */
export class Fingerprint {
  private readonly hash = createHash('sha256');

  add(frame: Float32Array): void {
    this.hash.update(new Uint8Array(frame.buffer, frame.byteOffset, frame.byteLength));
  }

  finish(settings: PrepareSettings, axis: TimeAxis): string {
    const ordered = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1));
    return this.hash.update(JSON.stringify([ordered, axis.calendar, axis.values])).digest('hex');
  }
}
