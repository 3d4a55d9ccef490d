/**
 * Makes a dataset of data files: cuts out region and period, fills short gaps, finds the land, splits by time
 * and learns from the training times alone what normalisation and climatology need. Streams: memory does not
 * grow with the length of the series.
 */
import { join } from 'node:path';
import { writeAtomicThrough } from '#main/workspace/atomic.ts';
import type { Dataset, PreparationSummary, PrepareSettings } from '#shared/domain/dataset.ts';
import { breathe, type WorkOptions } from './background.ts';
import { Fingerprint } from './prepared/fingerprint.ts';
import { GapFiller } from './prepared/gaps.ts';
import { statisticsFor } from './prepared/normalise.ts';
import { makePlan, type Plan } from './prepared/plan.ts';
import { basisAt, SeasonalFit, type SeasonalFitResult, seasonalShare } from './prepared/seasonal.ts';
import { openSource, type SeriesSource } from './prepared/source.ts';
import { fileNames, SeriesWriter, writeDescription, writeStatics } from './prepared/store.ts';
import { refuseConstant, refuseEmpty, summarise } from './prepared/summary.ts';

const readBytes = 16 * 1024 * 1024;
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
  const take = async (time: number, frame: Float32Array) => {
    for (let i = 0; i < size; i++) {
      if (Number.isNaN(frame[i]!)) missing[time]!++;
      else seen[i] = 1;
    }
    if (time >= train.first && time < train.end)
      fit.add(basisAt(plan.basis, plan.timeLine.date(time)), frame);
    await sink(frame);
  };
  const step = source.framesPerRead(readBytes);
  // Missing values are filled inside of one trajectory or stretch: its neighbours on the axis are other worlds.
  let filled = 0;
  for (const { first: from, end } of plan.timeLine.pieces) {
    const length = end - from;
    const filler = new GapFiller(size, settings.maxGapFill, (time, frame) => take(from + time, frame));
    for (let first = 0; first < length; first += step) {
      await breathe(signal);
      const block = await source.read(from + first, Math.min(step, length - first));
      for (let i = 0; i * size < block.length; i++) {
        await filler.push(first + i, block.slice(i * size, (i + 1) * size));
      }
      onProgress?.(Math.min(1, (from + Math.min(length, first + step)) / count));
    }
    await filler.finish();
    filled += filler.filled;
  }
  const never = seen.reduce((sum, value) => sum + 1 - value, 0);
  const gappy = new Set([...missing.keys()].filter((time) => missing[time]! > never));
  return { mask: maskOf(seen, channels), filled, gappy, fit: fit.finish() };
}

/** A cell counts as observed where every channel has been seen at some time. */
function maskOf(seen: Uint8Array, channels: number): Float32Array {
  return Float32Array.from({ length: seen.length / channels }, (_, cell) =>
    seen.subarray(cell * channels, (cell + 1) * channels).every((value) => value === 1) ? 1 : 0,
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
    refuseConstant(source, fit);
    const { names, inputs } = source.statics;
    const fields = await source.readStatics();
    if (names.length > 0) fingerprint.add(fields);
    const statics = names.length > 0 ? await writeStatics(folder, names, inputs, fields) : undefined;
    const { calendar, units, values } = plan.timeLine.axis;
    await writeDescription(
      folder,
      {
        height: summary.height,
        width: summary.width,
        channels: source.channels.length,
        time: { calendar, units, values: [...values] },
        trajectories: source.trajectories ?? undefined,
        pieces: source.pieces ? [...source.pieces] : undefined,
        statics,
        boundary: source.boundary,
        space: source.space,
        slices: [...source.slices],
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
