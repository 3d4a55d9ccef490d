/** What preparing a series makes of it, in numbers and warnings for the person who decides. */
import { type PreparationSummary, type PrepareSettings, splitNames } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Plan } from './plan.ts';
import type { SeasonalFitResult } from './seasonal.ts';
import type { SeriesSource } from './source.ts';
import { windowStarts } from './splits.ts';

/** `found` is what reading the values told; `share` is null where it is not known. */
export function summarise(
  source: SeriesSource,
  plan: Plan,
  settings: PrepareSettings,
  found: { mask: Float32Array; filled: number; gappy: ReadonlySet<number>; share: number | null },
): PreparationSummary {
  const { timeLine, ranges } = plan;
  const { trajectories } = timeLine;
  const { height, width, latitudes, longitudes } = source.region;
  const warnings = [...plan.warnings];
  const splitOf = (name: (typeof splitNames)[number]) => {
    const { first, end } = ranges[name];
    const isGappy = (time: number) => found.gappy.has(time);
    const windows = { pieces: timeLine.pieces, stride: settings.stride };
    const { starts, dropped } = windowStarts(ranges[name], settings.horizon, isGappy, windows);
    const longest = Math.max(
      0,
      ...timeLine.pieces.map((piece) => Math.min(end, piece.end) - Math.max(first, piece.first)),
    );
    const whose =
      trajectories && longest > 0
        ? 'each of its trajectories has'
        : source.pieces
          ? 'its longest stretch without a gap has'
          : 'it has';
    if (starts.length === 0) {
      const why =
        dropped > 0
          ? 'every window touches missing values'
          : `${whose} ${longest} times where a window takes ${settings.horizon + 1}`;
      warnings.push(`The ${name} split holds no example: ${why}.`);
    }
    return {
      firstTime: first,
      endTime: end,
      from: end > first ? timeLine.label(first) : '',
      to: end > first ? timeLine.label(end - 1) : '',
      examples: starts.length,
      droppedForGaps: dropped,
      ...(trajectories ? { trajectories: (end - first) / trajectories.length } : {}),
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
    ...(trajectories ? { trajectories } : {}),
    ...(source.pieces ? { stretches: source.pieces.length } : {}),
    ...(source.statics.inputs > 0 ? { masks: source.statics.names.slice(0, source.statics.inputs) } : {}),
    calendar: timeLine.axis.calendar ?? '',
    step: timeLine.axis.label,
    latitudes,
    longitudes,
    ...(source.positions ? { curvilinear: true } : {}),
    maskedCells,
    filledValues: found.filled,
    memoryBytes: timeLine.count * height * width * source.channels.length * 4,
    splits,
    seasonalShare: found.share,
    warnings,
  };
}

/** What rounding leaves of a deviation that is none, as a share of the mean: values are float32. */
const unmoved = 1e-6;

/**
 * Throws `bad-input` for a variable that stays the same at every cell over the training period.
 * @param fit of the training times; values of a frame, row-major with channels last
 */
export function refuseConstant(
  source: SeriesSource,
  { mean, deviation }: Pick<SeasonalFitResult, 'mean' | 'deviation'>,
): void {
  const { channels } = source;
  for (const [channel, { name }] of channels.entries()) {
    const moves = deviation.some(
      (value, i) =>
        i % channels.length === channel && value > unmoved * Math.max(Math.abs(mean[i]!), Number.MIN_VALUE),
    );
    if (moves) continue;
    throw new DriftcastError(
      'bad-input',
      `${name} never changes over the training period in the chosen region: there is nothing to forecast.`,
      'Leave this variable out, or choose another region or a longer period.',
    );
  }
}

/** Throws `bad-input` for datasets that nothing can be trained on. */
export function refuseEmpty(summary: PreparationSummary, source: SeriesSource): void {
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
