/** Which times train, validate and test, such that no window of horizon + 1 frames belongs to two of them. */
import type { PrepareSettings, SplitName } from '#shared/domain/dataset.ts';
import { splitNames } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { TimeLine } from '../cf/timeAxis.ts';

/** Times of a split as indices, end exclusive. Windows lie wholly inside, so their starts are h apart across a border. */
export interface TimeRange {
  readonly first: number;
  readonly end: number;
}

export type SplitRanges = Readonly<Record<SplitName, TimeRange>>;

/** Ranges of the three splits. Throws `bad-input` for periods that overlap and fractions above 1. */
export function splitRanges(timeLine: TimeLine, settings: Pick<PrepareSettings, 'split'>): SplitRanges {
  const { split } = settings;
  if (split.kind === 'fractions') {
    const shares = splitNames.map((name) => split[name]);
    const sum = shares.reduce((a, b) => a + b, 0);
    if (shares.some((share) => share < 0) || sum > 1 + 1e-9 || sum === 0) {
      throw new DriftcastError(
        'bad-input',
        `The shares of training, validation and test (${shares.join(', ')}) must be positive and sum to at most 1.`,
        'Use for example 0.7, 0.15 and 0.15.',
      );
    }
    const border = (share: number) => Math.min(timeLine.count, Math.round(share * timeLine.count));
    const first = border(split.train);
    const second = border(split.train + split.validation);
    return {
      train: { first: 0, end: first },
      validation: { first, end: second },
      test: { first: second, end: border(sum) },
    };
  }
  const range = (name: SplitName) => timeLine.range(split[name].from, split[name].to);
  const ranges = { train: range('train'), validation: range('validation'), test: range('test') };
  const inOrder = splitNames.map((name) => ({ name, ...ranges[name] })).sort((a, b) => a.first - b.first);
  for (const [i, later] of inOrder.entries()) {
    const earlier = inOrder[i - 1];
    if (earlier && later.first < earlier.end && later.first < later.end) {
      throw new DriftcastError(
        'bad-input',
        `The periods of ${earlier.name} and ${later.name} overlap.`,
        'Give every split its own period.',
      );
    }
  }
  return ranges;
}

/** Starts of the windows of `horizon + 1` frames in a range that touch no frame with gaps, and how many do. */
export function windowStarts(
  range: TimeRange,
  horizon: number,
  hasGaps: (time: number) => boolean,
): { starts: number[]; dropped: number } {
  const starts: number[] = [];
  let dropped = 0;
  let lastGap = -1;
  for (let time = range.first; time < range.end; time++) {
    if (hasGaps(time)) lastGap = time;
    const start = time - horizon;
    if (start < range.first) continue;
    if (lastGap >= start) dropped++;
    else starts.push(start);
  }
  return { starts, dropped };
}
