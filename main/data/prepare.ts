/**
 * Makes a dataset of data files: cuts out region and period, fills short gaps, finds the land, splits by time
 * and learns from the training times alone what normalisation and climatology need. Streams: memory does not
 * grow with the length of the series.
 */
import { join } from 'node:path';
import { writeAtomicThrough } from '#main/workspace/atomic.ts';
import {
  type Dataset,
  type Normalisation,
  type PreparationSummary,
  type PrepareSettings,
  splitNames,
} from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { breathe, type WorkOptions } from './background.ts';
import { TimeLine } from './cf/timeAxis.ts';
import { GapFiller } from './prepared/gaps.ts';
import { statisticsFor } from './prepared/normalise.ts';
import {
  basisAt,
  chooseBasis,
  type SeasonalBasis,
  SeasonalFit,
  type SeasonalFitResult,
  seasonalShare,
} from './prepared/seasonal.ts';
import { Fingerprint, openSource, type SeriesSource } from './prepared/source.ts';
import { type SplitRanges, splitRanges, windowStarts } from './prepared/splits.ts';
import { fileNames, SeriesWriter, writeDescription } from './prepared/store.ts';

const readBytes = 32 * 1024 * 1024;
/** A preview reads everything up to this size, and a sample of the times beyond it. */
const previewBytes = 64 * 1024 * 1024;
const previewFrames = 24;

export interface PrepareInput extends WorkOptions {
  readonly files: readonly string[];
  readonly settings: PrepareSettings;
  /** An existing folder, which takes the prepared series. */
  readonly folder: string;
}

export type Prepared = Pick<Dataset, 'sources' | 'summary' | 'fingerprint' | 'system'>;

interface Plan {
  readonly timeLine: TimeLine;
  readonly ranges: SplitRanges;
  readonly basis: SeasonalBasis;
  readonly stepsPerYear: number | null;
  readonly normalisation: Normalisation;
  readonly warnings: string[];
}

/** Steps of the series in a year; null where times are no dates. */
function yearLength(timeLine: TimeLine): number | null {
  const first = timeLine.date(0);
  if (!first || timeLine.count < 2) return null;
  const year = 365.2425 * 86_400_000;
  const steps = ((timeLine.count - 1) * year) / (timeLine.value(timeLine.count - 1) - timeLine.value(0));
  // Calendars of 360 to 366 days all have twelve months and whole numbers of days.
  return Math.abs(steps - 12) < 0.4 ? 12 : steps;
}

function makePlan(source: SeriesSource, settings: PrepareSettings): Plan {
  const timeLine = new TimeLine(source.axis);
  const ranges = splitRanges(timeLine, settings);
  const stepsPerYear = yearLength(timeLine);
  const { first, end } = ranges.train;
  const dates = Array.from({ length: end - first }, (_, i) => timeLine.date(first + i)).filter(
    (d) => d !== null,
  );
  const basis = chooseBasis(dates, stepsPerYear);
  const warnings = [...source.warnings];
  let { normalisation } = settings;
  if (normalisation === 'seasonal-anomaly' && stepsPerYear === null) {
    normalisation = 'per-cell';
    warnings.push(
      'The times are no dates, so there is no season to remove; every cell is standardised by itself.',
    );
  } else if (normalisation === 'seasonal-anomaly' && dates.length < 2 * stepsPerYear!) {
    warnings.push('Training covers less than two years, so the seasonal cycle is only roughly known.');
  }
  return { timeLine, ranges, basis, stepsPerYear, normalisation, warnings };
}

interface Gathered {
  /** [height, width] */
  readonly mask: Float32Array;
  readonly filled: number;
  readonly gappy: ReadonlySet<number>;
  readonly fit: SeasonalFitResult;
}

/** Streams all frames once: fills gaps, hands frames on, and gathers mask and training statistics. */
async function gather(
  source: SeriesSource,
  plan: Plan,
  settings: PrepareSettings,
  sink: (frame: Float32Array) => Promise<void>,
  { signal, onProgress }: WorkOptions,
): Promise<Gathered> {
  const channels = source.channels.length;
  const { height, width } = source.region;
  const size = height * width * channels;
  const count = plan.timeLine.count;
  const seen = new Uint8Array(size);
  const missing = new Int32Array(count);
  const fit = new SeasonalFit(plan.basis, size);
  const { train } = plan.ranges;
  const filler = new GapFiller(size, settings.maxGapFill, async (time, frame) => {
    for (let i = 0; i < size; i++) {
      if (Number.isNaN(frame[i]!)) missing[time]!++;
      else seen[i] = 1;
    }
    if (time >= train.first && time < train.end)
      fit.add(basisAt(plan.basis, plan.timeLine.date(time)), frame);
    await sink(frame);
  });
  const step = source.framesPerRead(readBytes);
  for (let first = 0; first < count; first += step) {
    await breathe(signal);
    const block = await source.read(first, Math.min(step, count - first));
    for (let i = 0; i * size < block.length; i++) {
      await filler.push(first + i, block.slice(i * size, (i + 1) * size));
    }
    onProgress?.(Math.min(1, (first + step) / count));
  }
  await filler.finish();
  const never = seen.reduce((sum, value) => sum + 1 - value, 0);
  const gappy = new Set([...missing.keys()].filter((time) => missing[time]! > never));
  return { mask: maskOf(seen, channels), filled: filler.filled, gappy, fit: fit.finish() };
}

/** A cell counts as observed where every channel has been seen at some time. */
function maskOf(seen: Uint8Array, channels: number): Float32Array {
  return Float32Array.from({ length: seen.length / channels }, (_, cell) =>
    seen.subarray(cell * channels, (cell + 1) * channels).every((value) => value === 1) ? 1 : 0,
  );
}

function summarise(
  source: SeriesSource,
  plan: Plan,
  settings: PrepareSettings,
  found: { mask: Float32Array; filled: number; gappy: ReadonlySet<number>; share: number | null },
): PreparationSummary {
  const { timeLine, ranges } = plan;
  const { height, width, latitudes, longitudes } = source.region;
  const warnings = [...plan.warnings];
  const splitOf = (name: (typeof splitNames)[number]) => {
    const { first, end } = ranges[name];
    const { starts, dropped } = windowStarts(ranges[name], settings.horizon, (time) => found.gappy.has(time));
    if (starts.length === 0) {
      const why =
        dropped > 0
          ? 'every window touches missing values'
          : `it has ${end - first} times where a window takes ${settings.horizon + 1}`;
      warnings.push(`The ${name} split holds no example: ${why}.`);
    }
    return {
      firstTime: first,
      endTime: end,
      from: end > first ? timeLine.label(first) : '',
      to: end > first ? timeLine.label(end - 1) : '',
      examples: starts.length,
      droppedForGaps: dropped,
    };
  };
  const splits = { train: splitOf('train'), validation: splitOf('validation'), test: splitOf('test') };
  const dropped = splitNames.reduce((sum, name) => sum + splits[name].droppedForGaps, 0);
  if (dropped > 0) {
    warnings.push(
      `${dropped} windows are left out because cells are missing for more than ${settings.maxGapFill} steps.`,
    );
  }
  const maskedCells = found.mask.reduce((sum, value) => sum + 1 - value, 0);
  if (splits.train.examples > 0 && splits.train.examples < 30) {
    warnings.push(`There are only ${splits.train.examples} training examples; expect little skill.`);
  }
  if (found.share !== null && found.share > 0.3 && plan.normalisation !== 'seasonal-anomaly') {
    const percent = Math.round(found.share * 100);
    warnings.push(
      `The season explains ${percent} % of the variance; seasonal anomalies would be easier to forecast.`,
    );
  }
  return {
    channels: source.channels,
    height,
    width,
    times: timeLine.count,
    calendar: timeLine.axis.calendar ?? '',
    step: timeLine.axis.label,
    latitudes,
    longitudes,
    maskedCells,
    filledValues: found.filled,
    memoryBytes: timeLine.count * height * width * source.channels.length * 4,
    splits,
    seasonalShare: found.share,
    warnings,
  };
}

function refuseEmpty(summary: PreparationSummary, source: SeriesSource): void {
  if (summary.maskedCells === summary.height * summary.width) {
    throw new DriftcastError(
      'bad-input',
      `${source.channels[0]!.name} has no values in the chosen region and period.`,
      'Choose another region or period.',
    );
  }
  if (summary.splits.train.examples > 0) return;
  const why = summary.warnings.find((warning) => warning.startsWith('The train split'));
  throw new DriftcastError(
    'bad-input',
    why ?? 'The training split holds no example.',
    'Use a shorter horizon, a longer training period, or fill longer gaps.',
  );
}

/** Reads, checks and writes a prepared series into `folder`. Throws `bad-input`, `conflict`, `disk`, `cancelled` and what files throw. */
export async function prepareDataset({ files, settings, folder, ...work }: PrepareInput): Promise<Prepared> {
  const source = await openSource(files, settings);
  try {
    const plan = makePlan(source, settings);
    const fingerprint = new Fingerprint();
    let series: ReturnType<SeriesWriter['sum']> | undefined;
    let gathered: Gathered | undefined;
    await writeAtomicThrough(join(folder, fileNames.series), async (file) => {
      const writer = new SeriesWriter(file);
      gathered = await gather(
        source,
        plan,
        settings,
        async (frame) => {
          fingerprint.add(frame);
          await writer.write(frame);
        },
        work,
      );
      series = writer.sum();
    });
    const { mask, filled, gappy, fit } = gathered!;
    const share = plan.stepsPerYear === null ? null : seasonalShare(fit);
    const summary = summarise(source, plan, settings, { mask, filled, gappy, share });
    refuseEmpty(summary, source);
    const { calendar, units, values } = plan.timeLine.axis;
    await writeDescription(
      folder,
      {
        height: summary.height,
        width: summary.width,
        channels: source.channels.length,
        time: { calendar, units, values: [...values] },
        space: source.space,
        splits: plan.ranges,
        gappyTimes: [...gappy],
        normalisation: plan.normalisation,
        basis: plan.basis,
        stepsPerYear: plan.stepsPerYear,
      },
      series!,
      statisticsFor(plan.normalisation, fit, mask, source.channels.length),
      source.positions,
    );
    return {
      sources: source.sources,
      summary,
      fingerprint: fingerprint.finish(settings, source.axis),
      system: source.system,
    };
  } finally {
    await source.close();
  }
}

/**
 * What {@link prepareDataset} would make, without writing. Series beyond 64 MiB are judged by a sample of their
 * times, which the warnings say.
 */
export async function previewPreparation(
  files: readonly string[],
  settings: PrepareSettings,
  work: WorkOptions = {},
): Promise<PreparationSummary> {
  const source = await openSource(files, settings);
  try {
    const plan = makePlan(source, settings);
    const { height, width } = source.region;
    const count = plan.timeLine.count;
    const channels = source.channels.length;
    if (count * height * width * channels * 4 <= previewBytes) {
      const { mask, filled, gappy, fit } = await gather(source, plan, settings, async () => {}, work);
      const share = plan.stepsPerYear === null ? null : seasonalShare(fit);
      return summarise(source, plan, settings, { mask, filled, gappy, share });
    }
    const seen = new Uint8Array(height * width * channels);
    for (let i = 0; i < previewFrames; i++) {
      await breathe(work.signal);
      const frame = await source.read(Math.floor((i * (count - 1)) / (previewFrames - 1)), 1);
      for (let j = 0; j < seen.length; j++) if (!Number.isNaN(frame[j]!)) seen[j] = 1;
      work.onProgress?.((i + 1) / previewFrames);
    }
    plan.warnings.push(
      `The land is estimated from ${previewFrames} of ${count} times; gaps are counted when the dataset is prepared.`,
    );
    const found = { mask: maskOf(seen, channels), filled: 0, gappy: new Set<number>(), share: null };
    return summarise(source, plan, settings, found);
  } finally {
    await source.close();
  }
}
