/** Decides, before any value is read, how a series is split and what its season is made of. */
import type { Normalisation, PrepareSettings } from '#shared/domain/dataset.ts';
import { longestOf } from '#shared/time/stretches.ts';
import type { TimeLine } from '../cf/timeAxis.ts';
import { timeLineOf } from '../cf/trajectoryLine.ts';
import { chooseBasis, type SeasonalBasis } from './seasonal.ts';
import type { SeriesSource } from './source.ts';
import { type SplitRanges, splitRanges } from './splits.ts';

export interface Plan {
  readonly timeLine: TimeLine;
  readonly ranges: SplitRanges;
  readonly basis: SeasonalBasis;
  readonly stepsPerYear: number | null;
  readonly normalisation: Normalisation;
  readonly warnings: string[];
}

/** Steps of the series in a year; null where times are no dates. */
function yearLength(timeLine: TimeLine): number | null {
  const { first, end } = longestOf(timeLine.pieces);
  if (timeLine.axis.calendar === null || end - first < 2) return null;
  const year = 365.2425 * 86_400_000;
  const steps = ((end - 1 - first) * year) / (timeLine.value(end - 1) - timeLine.value(first));
  // Calendars of 360 to 366 days all have twelve months and whole numbers of days.
  return Math.abs(steps - 12) < 0.4 ? 12 : steps;
}

/** Throws `bad-input` for splits that do not fit. */
export function makePlan(source: SeriesSource, settings: PrepareSettings): Plan {
  const timeLine = timeLineOf(source.axis, source.trajectories, source.pieces);
  const ranges = splitRanges(timeLine, settings);
  const stepsPerYear = yearLength(timeLine);
  const { first, end } = ranges.train;
  // Trajectories share one clock: however many there are, they see one of them's share of the year.
  const training = Math.min(end - first, timeLine.axis.values.length);
  const dates = Array.from({ length: training }, (_, i) => timeLine.date(first + i)).filter(
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
