/** How sure a score is: intervals from resampling initial conditions, the independent units of a verification. */
import type { ScoreSet } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import type { ScoreAccumulator } from './accumulator.ts';
import { summarise } from './aggregate.ts';

export interface BootstrapOptions {
  draws?: number;
  /** Probability inside the interval, e.g. 0.95. */
  level?: number;
  seed?: number;
}

/** `low` and `high` of the percentile interval (Efron 1979). */
export interface Interval {
  low: number;
  high: number;
}

/**
 * Interval of an overall score, e.g. `(s) => s.fairCrps`; null where the score is undefined in every draw.
 * @throws DriftcastError `bad-input` with fewer than two initial conditions.
 */
export function bootstrapInterval(
  scores: ScoreAccumulator,
  pick: (overall: ScoreSet) => number | null,
  options: BootstrapOptions = {},
): Interval | null {
  const { draws = 1000, level = 0.95, seed = 1 } = options;
  const sums = scores.sumsOf(scores.starts);
  if (sums.length < 2)
    throw new DriftcastError(
      'bad-input',
      'An interval over initial conditions needs at least two of them.',
      'Score more starts.',
    );
  const random = new Random(seed, sums.length);
  const values: number[] = [];
  for (let draw = 0; draw < draws; draw++) {
    const sample = sums.map(() => sums[random.integer(sums.length)]!);
    const value = pick(summarise(sample, scores.leads, scores.members).overall);
    if (value !== null) values.push(value);
  }
  if (values.length === 0) return null;
  values.sort((a, b) => a - b);
  return { low: quantile(values, (1 - level) / 2), high: quantile(values, (1 + level) / 2) };
}

/** Linear interpolation between order statistics of ascending values. */
function quantile(sorted: readonly number[], probability: number): number {
  const position = probability * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(below + 1, sorted.length - 1);
  return sorted[below]! + (position - below) * (sorted[above]! - sorted[below]!);
}
