/** Calls on opened data files: what is in them, one map, the regional mean over time. */
import { gridOf } from '#main/data/cf/grid.ts';
import { wholeWindow } from '#main/data/cf/slab.ts';
import { labelOf } from '#main/data/cf/timeAxis.ts';
import { CoarseFrames } from '#main/data/coarseFrames.ts';
import { readField } from '#main/data/field.ts';
import { inspectOpen } from '#main/data/inspect.ts';
import { findVariable } from '#main/data/openFile.ts';
import { cellPositions } from '#main/data/prepared/describe.ts';
import { readRegionalMean } from '#main/data/series.ts';
import { statisticsOf } from '#main/data/statistics.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import type { FieldData, StepEvent } from '../protocol.ts';
import { OpenFiles } from './open-files.ts';

const files = new OpenFiles();
const coarse = new CoarseFrames();

/** Progress events at most about ten times a second. */
export function stepEmitter(emit: (event: StepEvent) => void, message: string): (share: number) => void {
  let last = 0;
  return (fraction) => {
    const now = Date.now();
    if (now - last < 100 && fraction < 1) return;
    last = now;
    emit({ kind: 'step', fraction, message });
  };
}

export function rangeOf(values: Float32Array): FieldData['range'] {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  // A million values for every map: several times as fast as an iterator.
  for (let at = 0; at < values.length; at++) {
    const value = values[at]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : null;
}

export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);

export const inspect: Handler<'inspect'> = ({ paths, statistics }, { signal, emit }) => {
  const opening = { signal, onProgress: stepEmitter(emit, 'Reading what the files hold') };
  return files.useAnew(paths, opening, (file) =>
    inspectOpen(file, { statistics, signal, onProgress: stepEmitter(emit, `Reading ${file.name}`) }),
  );
};

export const statistics: Handler<'statistics'> = ({ paths, variable: name }, { signal, emit }) =>
  files.use(paths, async (file) => {
    const summary = await inspectOpen(file, { statistics: false, signal });
    const variable = findVariable(file, name);
    const found = summary.variables.find((candidate) => candidate.name === variable.path);
    if (found === undefined) throw new DriftcastError('not-found', `${file.name} has no variable "${name}".`);
    const grid = await gridOf(file, variable);
    const onProgress = stepEmitter(emit, `Reading ${name}`);
    const onBlock = coarse.keeper(file, grid)?.block;
    return { ...found, ...(await statisticsOf(file, variable, grid.time, { signal, onProgress, onBlock })) };
  });

/** The shape of the series for the time line: seconds of reading, not minutes. */
const rhythmBytes = 256 * 1024 * 1024;

export const rhythm: Handler<'rhythm'> = ({ paths, variable, slices }, { signal, emit }) =>
  files.use(paths, async (file) => {
    const onProgress = stepEmitter(emit, `Reading ${variable}`);
    const onFrame = coarse.keeper(file, await gridOf(file, findVariable(file, variable)), slices)?.frame;
    const { times, values } = await readRegionalMean(
      file,
      variable,
      { kind: 'whole' },
      { slices, signal, onProgress, onFrame, mostBytes: rhythmBytes },
    );
    return { dates: times, means: [...values].map(finiteOrNull) };
  });

export const series: Handler<'series'> = ({ paths, variable, box, slices }, { signal, emit }) =>
  files.use(paths, async (file) => {
    const onProgress = stepEmitter(emit, `Reading ${variable}`);
    const region = { kind: 'cells', ...box } as const;
    const read = await readRegionalMean(file, variable, region, { slices, signal, onProgress });
    const { times, values, cells, observed } = read;
    return { dates: times, values: [...values].map(finiteOrNull), cells, observed };
  });

export const grid: Handler<'grid'> = ({ paths, variable }) =>
  files.use(paths, async (file) => {
    const { height, width, latitudes, longitudes, curvilinear } = await gridOf(
      file,
      findVariable(file, variable),
    );
    return {
      height,
      width,
      latitudes: latitudes && [...latitudes],
      longitudes: longitudes && [...longitudes],
      curvilinear: curvilinear !== null,
    };
  });

/** Degrees of every cell as a field. */
export function degreesField(
  data: Float32Array | undefined,
  { height, width }: { height: number; width: number },
  direction: 'latitude' | 'longitude',
): FieldData {
  if (!data)
    throw new DriftcastError(
      'not-found',
      `This grid has no ${direction} of single cells: it is not curvilinear.`,
    );
  const units = direction === 'latitude' ? 'degrees_north' : 'degrees_east';
  return { data, height, width, units, date: '', range: rangeOf(data) };
}

export const degrees: Handler<'degrees'> = ({ paths, variable, direction }) =>
  files.use(paths, async (file) => {
    const grid = await gridOf(file, findVariable(file, variable));
    const positions = await cellPositions(file, grid, wholeWindow(grid));
    return degreesField(positions?.[direction], grid, direction);
  });

export const times: Handler<'times'> = ({ paths, variable }) =>
  files.use(paths, async (file) => {
    const { timeAxis: axis } = await gridOf(file, findVariable(file, variable));
    return { dates: axis ? [...axis.values].map((value) => labelOf(axis, value)) : [''] };
  });

export const field: Handler<'field'> = ({ paths, variable, time, slices, onto, stride }) =>
  files.use(paths, async (file) => {
    const known =
      stride && !onto ? coarse.find(file, findVariable(file, variable), { time, slices, stride }) : undefined;
    const selection = { time, slices, onto, stride: stride ?? 1, known };
    const { data, height, width, units, time: date } = await readField(file, variable, selection);
    return { data, height, width, units, date: date ?? '', range: rangeOf(data) };
  });
