/** A prepared dataset ready for training and forecasting: windows are views, gathered on demand from memory or disk. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { Channel, Dataset, SplitName } from '#shared/domain/dataset.ts';
import type { ExampleSource, Normaliser } from '#shared/domain/examples.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { CalendarDate } from '#shared/time/dates.ts';
import { sliceAxis, TimeLine } from './cf/timeAxis.ts';
import { conditionMaker } from './prepared/conditions.ts';
import { makeNormaliser, SeasonalMean } from './prepared/normalise.ts';
import { windowStarts } from './prepared/splits.ts';
import {
  type Description,
  fileNames,
  openFloats,
  type Positions,
  readDescription,
  readFloats,
} from './prepared/store.ts';
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
  /** Degrees by cell on curvilinear grids, else null. */
  readonly positions: Positions | null;
  /** Number of times. */
  readonly times: number;
  readonly timeLine: TimeLine;
  readonly conditionChannels: number;
  /** Extra input channels at initial times, [times.length, height, width, conditionChannels]; null when there are none. */
  conditions(timeIndices: readonly number[]): Float32Array | null;
  /** All windows of a split, in order of time. */
  examples(split: SplitName): ExampleSource;
  /** Physical [height, width, channel], gaps filled, NaN where missing; a copy. Throws `bad-input` outside of the data. */
  frame(timeIndex: number): Promise<Float32Array>;
  hasFrame(timeIndex: number): boolean;
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

/** Frames by time index, synchronously: climatology asks for many at once. */
interface Frames {
  copy(timeIndex: number, target: Float32Array, at?: number): void;
  close(): void;
}

async function openFrames(folder: string, description: Description, budget: number): Promise<Frames> {
  const { height, width, channels, files } = description;
  const size = height * width * channels;
  const path = join(folder, fileNames.series);
  if (files.series.bytes <= budget) {
    const all = await readFloats(path, files.series);
    return {
      copy: (time, target, at = 0) => target.set(all.subarray(time * size, (time + 1) * size), at),
      close: () => {},
    };
  }
  await (await openFloats(path, files.series)).close();
  const file = openSync(path, 'r');
  return {
    copy(time, target, at = 0) {
      const bytes = new Uint8Array(target.buffer, target.byteOffset + at * 4, size * 4);
      for (let done = 0; done < bytes.length; ) {
        const read = readSync(file, bytes, done, bytes.length - done, time * size * 4 + done);
        if (read === 0) {
          throw new DriftcastError(
            'damaged-file',
            `The prepared data in ${path} were cut short while they were being read.`,
            'Prepare the dataset again from its source files.',
          );
        }
        done += read;
      }
    },
    close: () => closeSync(file),
  };
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
  const timeLine = new TimeLine(sliceAxis(whole, 0, values.length));
  const seasonal = new SeasonalMean(description.basis, statistics.seasonal, size);
  const seasonalMean = (timeIndex: number) => seasonal.at(timeLine.date(timeIndex));
  const normaliser = makeNormaliser(normalisation, statistics, channels, seasonalMean);
  const gappy = new Set(description.gappyTimes);
  const { mask } = statistics;
  const areaWeights =
    areaWeighting === 'latitude' ? latitudeWeights(dataset) : new Float32Array(height * width).fill(1);
  const { horizon, extraChannels } = dataset.settings;
  const conditions = conditionMaker(extraChannels, dataset.summary, mask, timeLine);
  const hasFrame = (time: number) => Number.isInteger(time) && time >= 0 && time < values.length;

  const physical = (timeIndex: number): Float32Array => {
    if (!hasFrame(timeIndex)) {
      throw new DriftcastError(
        'bad-input',
        `The dataset has no time with index ${timeIndex}.`,
        `Choose an index from 0 to ${values.length - 1}.`,
      );
    }
    const frame = new Float32Array(size);
    frames.copy(timeIndex, frame);
    return frame;
  };

  const examples = (split: SplitName): ExampleSource => {
    const { starts } = windowStarts(description.splits[split], horizon, (time) => gappy.has(time));
    return {
      count: starts.length,
      horizon,
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
    positions,
    times: values.length,
    timeLine,
    conditionChannels: conditions.channels,
    conditions: (timeIndices) => conditions.make(timeIndices),
    examples,
    frame: async (timeIndex) => physical(timeIndex),
    hasFrame,
    date: (timeIndex) => timeLine.date(timeIndex),
    label: (timeIndex) => timeLine.label(timeIndex),
    indexOf(text) {
      const { first, end } = timeLine.range(text, text);
      if (first < end) return first;
      throw new DriftcastError(
        'bad-input',
        `The dataset has no time ${text}.`,
        `Its times go from ${timeLine.label(0)} to ${timeLine.label(values.length - 1)}, every ${timeLine.axis.label}.`,
      );
    },
    seasonalMean,
    trainingEnsemble: (timeIndex) =>
      sameSeasonTimes(timeLine, description.splits.train, description.stepsPerYear, timeIndex).map(physical),
    async close() {
      frames.close();
    },
  };
}
