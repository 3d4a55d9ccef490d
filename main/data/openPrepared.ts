/** A prepared dataset ready for training and forecasting: windows are views, gathered on demand from memory or disk. */
import type { Channel, Dataset, SplitName } from '#shared/domain/dataset.ts';
import type { ExampleSource, Normaliser } from '#shared/domain/examples.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { CalendarDate } from '#shared/time/dates.ts';
import { sliceAxis, type TimeLine, type Trajectories } from './cf/timeAxis.ts';
import { timeLineOf } from './cf/trajectoryLine.ts';
import { type BoundaryCondition, boundaryCondition, fixedMask } from './prepared/boundary.ts';
import { conditionMaker } from './prepared/conditions.ts';
import { openFrames } from './prepared/frames.ts';
import { makeNormaliser, SeasonalMean } from './prepared/normalise.ts';
import { windowStarts } from './prepared/splits.ts';
import { openStatics } from './prepared/staticFields.ts';
import { type Description, type Positions, readDescription } from './prepared/store.ts';
import { sameSeasonTimes } from './prepared/years.ts';

/** Series up to this size are kept in memory; larger ones are read frame by frame. */
const memoryBudget = 512 * 1024 * 1024;

export interface OpenOptions {
  /** Weights of cells in scores: all 1 (the default), or the cosine of latitude. */
  readonly areaWeighting?: 'none' | 'latitude';
  readonly memoryBudget?: number;
}

export interface PreparedDataset {
  readonly dataset: Dataset;
  readonly channels: readonly Channel[];
  readonly height: number;
  readonly width: number;
  /** [height, width]: 1 observed, 0 always missing. */
  readonly mask: Float32Array;
  readonly areaWeights: Float32Array;
  readonly normaliser: Normaliser;
  /** The source's names and attributes of rows and columns. */
  readonly space: Description['space'];
  /** What was chosen of further dimensions, such as a depth. */
  readonly slices: Description['slices'];
  /** Degrees by cell on curvilinear grids, else null. */
  readonly positions: Positions | null;
  /** Number of times, of all trajectories together. */
  readonly times: number;
  /**
   * Trajectories lie one after the other on the time axis (index = trajectory · length + step); null for one time
   * line. So go forward in time by {@link after} alone: the index after a trajectory's last is another's first.
   */
  readonly trajectories: Trajectories | null;
  readonly timeLine: TimeLine;
  readonly conditionChannels: number;
  /** Extra input channels at initial times (season, latitude, masks of the trajectory), [times.length, height, width, conditionChannels]; null when there are none. */
  conditions(timeIndices: readonly number[]): Float32Array | null;
  /**
   * All windows of a split, in order of time, each inside of one trajectory. `horizon` and `stride` are those of the
   * settings if not given; a stride of Infinity leaves the first start of each trajectory.
   */
  examples(split: SplitName, horizon?: number, stride?: number): ExampleSource;
  /** Physical [height, width, channel], gaps filled, NaN where missing; a copy. Throws `bad-input` outside of the data. */
  frame(timeIndex: number): Promise<Float32Array>;
  hasFrame(timeIndex: number): boolean;
  /**
   * The index `lead` steps (also real-valued) after a start: `start + lead` as long as that is the same trajectory, else
   * an index beyond all data at which labels, conditions and normalisation are those of the start's own trajectory.
   */
  after(start: number, lead: number): number;
  /** Whether the data know what followed `lead` steps after a start in its trajectory. */
  hasTruth(start: number, lead: number): boolean;
  /** The frame {@link after} a start, as of {@link frame}; null where the data have none. */
  truthAt(start: number, lead: number): Promise<Float32Array | null>;
  /** A static field [height, width] of the trajectory of a time; null for a name that was not prepared. Do not write to it. */
  staticField(name: string, timeIndex: number): Float32Array | null;
  /** What is prescribed in a forecast from `start`, in physical units; null where nothing is. */
  boundary(start: number): BoundaryCondition | null;
  /** In the file's calendar, also beyond the data and at real-valued indices; null where times are no dates. */
  date(timeIndex: number): CalendarDate | null;
  /** The same as text: ISO date, or number with units. */
  label(timeIndex: number): string;
  /** Index of a date's prefix, or of a number in the file's time units. Throws `bad-input` if no time fits. */
  indexOf(text: string): number;
  /** Mean of the training years for the season of any time index: physical, NaN where masked. Do not write to it. */
  seasonalMean(timeIndex: number): Float32Array;
  /** Fields of the training years at the same season, one a complete year; a sample of times where there is no year. */
  trainingEnsemble(timeIndex: number): Float32Array[];
  close(): Promise<void>;
}

function latitudeWeights(dataset: Dataset): Float32Array {
  const { height, width, latitudes } = dataset.summary;
  return Float32Array.from({ length: height * width }, (_, cell) =>
    latitudes ? Math.max(0, Math.cos((latitudes[Math.floor(cell / width)]! * Math.PI) / 180)) : 1,
  );
}

/**
 * Opens the prepared series that `prepareDataset` wrote into `folder`. Throws `damaged-file` where a checksum fails.
 */
export async function openPrepared(
  folder: string,
  dataset: Dataset,
  { areaWeighting = 'none', memoryBudget: budget = memoryBudget }: OpenOptions = {},
): Promise<PreparedDataset> {
  const { description, statistics, positions } = await readDescription(folder);
  const { height, width, channels, normalisation } = description;
  const size = height * width * channels;
  const frames = await openFrames(folder, description, budget);
  const { calendar, units, values } = description.time;
  const whole = { calendar, units, values, label: '', regular: true, notes: [] };
  const { trajectories = null, pieces = null } = description;
  const axis = pieces === null ? sliceAxis(whole, 0, values.length) : whole;
  const timeLine = timeLineOf(axis, trajectories, pieces);
  const times = timeLine.count;
  const seasonal = new SeasonalMean(description.basis, statistics.seasonal, size);
  const seasonalMean = (timeIndex: number) => seasonal.at(timeLine.date(timeIndex));
  const normaliser = makeNormaliser(normalisation, statistics, channels, seasonalMean);
  const gappy = new Set(description.gappyTimes);
  const isGappy = (time: number) => gappy.has(time);
  const { mask } = statistics;
  const areaWeights =
    areaWeighting === 'latitude' ? latitudeWeights(dataset) : new Float32Array(height * width).fill(1);
  const { horizon, extraChannels } = dataset.settings;
  const statics = await openStatics(folder, description, timeLine);
  const conditions = conditionMaker(
    extraChannels,
    dataset.summary,
    mask,
    timeLine,
    statics,
    positions?.latitude ?? null,
  );
  const hasFrame = (time: number) => Number.isInteger(time) && time >= 0 && time < times;

  const physical = (timeIndex: number): Float32Array => {
    if (!hasFrame(timeIndex)) {
      throw new DriftcastError(
        'bad-input',
        `The dataset has no time with index ${timeIndex}.`,
        `Choose an index from 0 to ${times - 1}.`,
      );
    }
    const frame = new Float32Array(size);
    frames.copy(timeIndex, frame);
    return frame;
  };

  const boundaryFrom = (start: number): BoundaryCondition | null => {
    const fixed = statics.field(fixedMask, start);
    if (!description.boundary || fixed === null) return null;
    const { calendar: dates, values: clock } = timeLine.axis;
    const { rows, columns } = description.space;
    return boundaryCondition(description.boundary, {
      channels: dataset.summary.channels.map(({ name }) => name.slice(name.lastIndexOf('/') + 1)),
      fixed,
      initial: physical(start),
      rows: rows.values,
      columns: columns.values,
      time(lead) {
        const value = timeLine.value(timeLine.after(start, lead));
        return dates === null ? value : (value - clock[0]!) / 1000;
      },
    });
  };

  const examples = (split: SplitName, steps = horizon, stride = dataset.settings.stride): ExampleSource => {
    const windows = { pieces: timeLine.pieces, stride };
    const { starts } = windowStarts(description.splits[split], steps, isGappy, windows);
    return {
      count: starts.length,
      horizon: steps,
      shape: { height, width, channels },
      conditionChannels: conditions.channels,
      mask,
      areaWeights,
      async frames(requests) {
        const batch = new Float32Array(requests.length * size);
        for (const [i, { example, step }] of requests.entries()) {
          const time = starts[example]! + step;
          frames.copy(time, batch, i * size);
          normaliser.normalise(batch.subarray(i * size, (i + 1) * size), time);
        }
        return batch;
      },
      conditions: async (wanted) => conditions.make(wanted.map((example) => starts[example]!)),
      timeIndex: (example) => starts[example]!,
    };
  };

  return {
    dataset,
    channels: dataset.summary.channels,
    height,
    width,
    mask,
    areaWeights,
    normaliser,
    space: description.space,
    slices: description.slices,
    positions,
    times,
    trajectories: timeLine.trajectories,
    timeLine,
    conditionChannels: conditions.channels,
    conditions: (timeIndices) => conditions.make(timeIndices),
    examples,
    frame: async (timeIndex) => physical(timeIndex),
    hasFrame,
    date: (timeIndex) => timeLine.date(timeIndex),
    label: (timeIndex) => timeLine.label(timeIndex),
    after: (start, lead) => timeLine.after(start, lead),
    hasTruth: (start, lead) => hasFrame(timeLine.after(start, lead)),
    async truthAt(start, lead) {
      const time = timeLine.after(start, lead);
      return hasFrame(time) ? physical(time) : null;
    },
    staticField: (name, timeIndex) => statics.field(name, timeIndex),
    boundary: (start) => boundaryFrom(start),
    indexOf: (text) => timeLine.indexOf(text),
    seasonalMean,
    trainingEnsemble: (timeIndex) =>
      sameSeasonTimes(timeLine, description.splits.train, description.stepsPerYear, timeIndex, isGappy).map(
        physical,
      ),
    async close() {
      frames.close();
    },
  };
}
