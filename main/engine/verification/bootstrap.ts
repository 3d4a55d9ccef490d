/** How sure scores are: intervals from resampling initial conditions, the independent units of a verification. */
import {
  type Interval,
  type IntervalSet,
  type ScoreIntervals,
  scoreNames,
  scoreOf,
} from '#shared/domain/scores.ts';
import { Random } from '#shared/random.ts';
import type { ScoreAccumulator } from './accumulator.ts';
import { emptySums, LeadMean, type LeadSums, scoreSet, sumNames } from './aggregate.ts';

export interface BootstrapOptions {
  draws?: number;
  /** Probability inside the intervals, e.g. 0.95. */
  level?: number;
  seed?: number;
}

/**
 * Percentile intervals (Efron 1979) of every score, overall and by lead, all from the same resamples of initial
 * conditions; null with fewer than two of them. Starts that follow each other in one series are not quite
 * independent, so for them the intervals are rather too narrow. Leads are gone through one by one: what is held
 * does not grow with the horizon.
 */
export function bootstrap(
  scores: ScoreAccumulator,
  { draws = 1000, level = 0.95, seed = 1 }: BootstrapOptions = {},
): ScoreIntervals | null {
  const sums = scores.sumsOf(scores.starts);
  if (sums.length < 2) return null;
  const random = new Random(seed, sums.length);
  /** How often each start is in each resample: [draw][start]. */
  const counts = Array.from({ length: draws }, () => {
    const count = new Uint16Array(sums.length);
    for (let i = 0; i < sums.length; i++) count[random.integer(sums.length)]! += 1;
    return count;
  });
  const overall = counts.map(() => new LeadMean());
  const byLead: IntervalSet[] = [];
  for (let lead = 0; lead < scores.leads.length; lead++) {
    const here = sums.map((start) => start[lead]);
    if (!here.some((one) => one !== undefined && one.weight > 0)) continue;
    const sets = counts.flatMap((count, draw) => {
      const total = resampled(here, count);
      // A resample may hold no start that has truth at this lead.
      if (total.weight === 0) return [];
      const set = scoreSet(total, scores.members);
      overall[draw]!.add(set);
      return [set];
    });
    byLead.push(intervalsOf(sets, level));
  }
  return {
    level,
    draws,
    overall: intervalsOf(
      overall.map((mean) => mean.result()),
      level,
    ),
    byLead,
  };
}

function resampled(sums: readonly (LeadSums | undefined)[], count: Uint16Array): LeadSums {
  const total = emptySums();
  sums.forEach((one, start) => {
    const times = count[start]!;
    if (one === undefined || times === 0) return;
    for (const name of sumNames) total[name] += times * one[name];
  });
  return total;
}

function intervalsOf(sets: readonly Parameters<typeof scoreOf>[0][], level: number): IntervalSet {
  const entries = scoreNames.map((name) => {
    const values = sets.map((set) => scoreOf(set, name)).filter((value) => value !== null);
    return [name, interval(values, level)] as const;
  });
  return Object.fromEntries(entries) as IntervalSet;
}

function interval(values: readonly number[], level: number): Interval | null {
  if (values.length === 0) return null;
  const sorted = Float64Array.from(values).sort();
  return { low: quantile(sorted, (1 - level) / 2), high: quantile(sorted, (1 + level) / 2) };
}

/** Linear interpolation between order statistics of ascending values. */
function quantile(sorted: Float64Array, probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
