/** Several variables of one or several files as one series of frames [time, height, width, channel]. */
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { Channel, Dataset, PrepareSettings } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { whyNotForecastable } from '../cf/forecastable.ts';
import { type Grid, gridOf } from '../cf/grid.ts';
import { type ResolvedRegion, resolveRegion } from '../cf/region.ts';
import type { Piece, TimeAxis } from '../cf/timeAxis.ts';
import type { DataFile } from '../formats/dataFile.ts';
import { openData } from '../joined/openJoined.ts';
import { findVariable } from '../openFile.ts';
import { type Boundary, boundaryOf, fixedMask } from './boundary.ts';
import {
  cellPositions,
  channelOf,
  type SliceValue,
  type SpaceAxis,
  sliceValues,
  spaceAxis,
  statedSystem,
  systemOf,
} from './describe.ts';
import { type Part, partsOf, trajectoriesIn } from './parts.ts';
import { regularise } from './regularise.ts';
import { checkStatics, namedMasks, readStatics } from './statics.ts';
import type { Positions } from './store.ts';

export interface SeriesSource {
  readonly channels: Channel[];
  readonly region: ResolvedRegion;
  /** The source's names for rows and columns, for files made from this series. */
  readonly space: { readonly rows: SpaceAxis; readonly columns: SpaceAxis };
  readonly positions: Positions | null;
  readonly slices: readonly SliceValue[];
  /** The used part of the time axis, of one trajectory where there are several; regular but for gaps. */
  readonly axis: TimeAxis;
  /** Stretches of the axis between its gaps; null where it has none. */
  readonly pieces: readonly Piece[] | null;
  /** Number of trajectories, which follow each other in what is read; null for one time line. */
  readonly trajectories: number | null;
  /** Static fields to prepare: first those that become input channels. */
  readonly statics: { readonly names: readonly string[]; readonly inputs: number };
  readonly boundary: Boundary | null;
  readonly sources: Dataset['sources'];
  readonly system: Dataset['system'];
  readonly warnings: string[];
  /** Frames in one read without exceeding the budget. */
  framesPerRead(budget: number): number;
  /** [count, height, width, channel], NaN where missing. */
  read(first: number, count: number): Promise<Float32Array>;
  /** [trajectory, name, height, width]; one entry for a time line. */
  readStatics(): Promise<Float32Array>;
  close(): Promise<void>;
}

/** Read at once where frames are made of several in the file. */
const rawBytes = 16 * 1024 * 1024;

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
      if (trajectoriesIn(reference, settings.slices) !== trajectoriesIn(grid, settings.slices)) {
        throw new DriftcastError(
          'bad-input',
          `${name} and ${reference.variable.path} in ${file.name} have different numbers of trajectories.`,
          'Choose variables with the same trajectories.',
        );
      }
    }
    grids.push(grid);
  }
  return grids;
}

function sliceWarnings(grid: Grid, slices: Readonly<Record<string, number>>): string[] {
  return grid.axes.flatMap(({ dimension }, place) => {
    const used = [grid.time, grid.y, grid.x, grid.trajectory].includes(place);
    const free = !used && dimension.size > 1;
    if (!free || slices[dimension.name] !== undefined || slices[dimension.path] !== undefined) return [];
    return [`Of the ${dimension.size} entries along ${dimension.name} only the first is used.`];
  });
}

/** Opens the files of a series as one and checks that they can be forecast. Throws `bad-input`, `conflict` and what files throw. */
export async function openSource(paths: readonly string[], settings: PrepareSettings): Promise<SeriesSource> {
  const file = await openData(paths);
  const close = () => file.close();
  try {
    const grids = await gridsOf(file, settings);
    const grid = grids[0]!;
    const region = resolveRegion(grid, settings.region);
    const { axis: fileAxis, trajectories, parts } = partsOf({ file, grids }, region, settings);
    const { axis, pieces, notes, read } = regularise(fileAxis, settings.irregular, settings.maxGapFill);
    if (pieces !== null && trajectories !== null) {
      throw new DriftcastError(
        'bad-input',
        'Trajectories with gaps in time cannot be split at them.',
        'Cut them to the longest regular stretch, or resample them to a regular step.',
      );
    }
    const first = parts[0]!;
    // What does not change in time is read once for a time line.
    const lines = trajectories === null ? [first] : parts;
    const masks = settings.masks ?? namedMasks(file);
    const stating = (file.joined?.files ?? [file]).map(({ attributes }) =>
      boundaryOf({ ...file, attributes }),
    );
    const boundaries = new Set(stating.map((each) => JSON.stringify(each)));
    const boundary = boundaries.size === 1 ? stating[0]! : null;
    const needed = boundary === null || masks.includes(fixedMask) ? [] : [fixedMask];
    const statics = { names: [...masks, ...needed], inputs: masks.length };
    await checkStatics(lines, statics.names, region);
    const channels = grids.map(channelOf);
    return {
      channels,
      region,
      space: {
        rows: spaceAxis(grid, grid.y, 'y', [region.window.rows], region.latitudes),
        columns: spaceAxis(grid, grid.x, 'x', region.window.columns, region.longitudes),
      },
      positions: await cellPositions(file, grid, region.window),
      slices: sliceValues(grids, settings.slices, trajectories),
      axis,
      pieces,
      trajectories,
      statics,
      boundary,
      sources: await describeSources(file),
      system: statedSystem(file) ?? systemOf(channels),
      warnings: [
        ...new Set([
          ...fileAxis.notes,
          ...notes,
          ...(boundaries.size > 1
            ? ['The files state different boundary conditions, so none is applied.']
            : []),
          ...grids.flatMap((each) => sliceWarnings(each, settings.slices)),
        ]),
      ],
      framesPerRead: (budget) => first.readers[0]!.timesPerRead(budget / channels.length),
      read(start, count) {
        // Frames are asked for within one trajectory, whose times in the file may be others and more.
        const trajectory = Math.floor(start / axis.values.length);
        const from = trajectory * fileAxis.values.length;
        return read(start - trajectory * axis.values.length, count, {
          size: region.height * region.width * channels.length,
          step: first.readers[0]!.timesPerRead(rawBytes / channels.length),
          read: (raw, n) => readJoined(parts, from + raw, n, channels.length),
        });
      },
      readStatics: () => readStatics(lines, statics.names, region),
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
      const block = await reader.read(
        part.skip + from - part.first,
        to - from,
        new Float32Array((to - from) * cells),
      );
      const base = (from - start) * cells;
      for (let i = 0; i < block.length; i++) frames[(base + i) * channels + channel] = block[i]!;
    }
  }
  return frames;
}

/** Of a series of very many files its folders are named: a dataset is described in a page, not in a book. */
const mostSources = 100;

async function describeSources({ path, name, joined }: DataFile): Promise<Dataset['sources']> {
  if (!joined) {
    const { mtime, size } = await stat(path);
    return [{ path, name: basename(path), bytes: size, modified: mtime.toISOString() }];
  }
  const describe = (file: { path: string; name: string; bytes: number; modified: number }) => ({
    path: file.path,
    name: file.name,
    bytes: file.bytes,
    modified: new Date(file.modified).toISOString(),
  });
  if (joined.files.length <= mostSources) return joined.files.map(describe);
  const folders = [...new Set(joined.files.map((file) => dirname(file.path)))];
  return folders.map((folder) => {
    const files = joined.files.filter((file) => dirname(file.path) === folder);
    return describe({
      path: folder,
      name: `${folders.length === 1 ? name : basename(folder)} (${files.length} files)`,
      bytes: files.reduce((sum, { bytes }) => sum + bytes, 0),
      modified: files.reduce((newest, { modified }) => Math.max(newest, modified), 0),
    });
  });
}
