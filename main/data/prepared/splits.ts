/** Which times or trajectories train, validate and test, such that no window of horizon + 1 frames belongs to two of them. */
import type { PrepareSettings, SplitName } from '#shared/domain/dataset.ts';
import { splitNames } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Piece, TimeLine, Trajectories } from '../cf/timeAxis.ts';

/** Times of a split as indices, end exclusive. Windows lie wholly inside, so their starts are h apart across a border. */
export type TimeRange = Piece;

export type SplitRanges = Readonly<Record<SplitName, TimeRange>>;

type Split = PrepareSettings['split'];

/** The sum of the shares. */
function checkShares(split: Extract<Split, { kind: 'fractions' }>): number {
  const shares = splitNames.map((name) => split[name]);
  const sum = shares.reduce((a, b) => a + b, 0);
  if (shares.every((share) => share >= 0) && sum <= 1 + 1e-9 && sum > 0) return sum;
  throw new DriftcastError(
    'bad-input',
    `The shares of training, validation and test (${shares.join(', ')}) must be positive and sum to at most 1.`,
    'Use for example 0.7, 0.15 and 0.15.',
  );
}

/**
 * Whole numbers of trajectories near the shares: at least one for each split that has a share, as long as there are
 * enough; of two the training gets one and the test the other.
 */
export function shareOut(
  count: number,
  shares: Readonly<Record<SplitName, number>>,
): Record<SplitName, number> {
  const quota = (name: SplitName) => shares[name] * count;
  const total = Math.min(count, Math.round(splitNames.reduce((sum, name) => sum + quota(name), 0)));
  const order = (['train', 'test', 'validation'] as const).filter((name) => shares[name] > 0);
  const given = { train: 0, validation: 0, test: 0 };
  for (const name of order.slice(0, Math.max(1, total))) given[name] = 1;
  const sum = () => given.train + given.validation + given.test;
  while (sum() < total) {
    const neediest = order.reduce((a, b) => (quota(b) - given[b] > quota(a) - given[a] + 1e-9 ? b : a));
    given[neediest]++;
  }
  return given;
}

function trajectoryRanges({ count, length }: Trajectories, split: Split): SplitRanges {
  if (split.kind === 'periods') {
    throw new DriftcastError(
      'bad-input',
      'Trajectories cannot be split by periods: all of them cover the same times.',
      'Split them by fractions, or give the numbers of trajectories for training, validation and test.',
    );
  }
  if (split.kind === 'fractions') checkShares(split);
  const numbers = split.kind === 'fractions' ? shareOut(count, split) : split;
  const sum = numbers.train + numbers.validation + numbers.test;
  if (sum > count || sum === 0) {
    throw new DriftcastError(
      'bad-input',
      `The split asks for ${sum} trajectories, but the data hold ${count}.`,
      'Give numbers of trajectories for training, validation and test that the data can fill.',
    );
  }
  const second = numbers.train + numbers.validation;
  return {
    train: { first: 0, end: numbers.train * length },
    validation: { first: numbers.train * length, end: second * length },
    test: { first: second * length, end: sum * length },
  };
}

/**
 * Ranges of the three splits; of trajectories they are whole ones. Throws `bad-input` for periods that overlap,
 * fractions above 1, and more trajectories than there are.
 */
export function splitRanges(timeLine: TimeLine, settings: Pick<PrepareSettings, 'split'>): SplitRanges {
  const { split } = settings;
  if (timeLine.trajectories !== null) return trajectoryRanges(timeLine.trajectories, split);
  if (split.kind === 'trajectories') {
    throw new DriftcastError(
      'bad-input',
      'The data hold one time line, which cannot be split by trajectories.',
      'Split it by fractions or periods.',
    );
  }
  if (split.kind === 'fractions') {
    const sum = checkShares(split);
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

export interface WindowOptions {
  /** Of the time line, in order: what no window straddles. Without it the range is one. */
  readonly pieces?: readonly Piece[];
  /** Steps between starts, counted from the first time of each piece or of the range; Infinity: that one alone. */
  readonly stride?: number;
}

/**
 * Starts of the windows of `horizon + 1` frames in a range that lie in one piece and touch no frame with gaps,
 * and how many do touch one.
 */
export function windowStarts(
  range: TimeRange,
  horizon: number,
  hasGaps: (time: number) => boolean,
  { pieces = [range], stride = 1 }: WindowOptions = {},
): { starts: number[]; dropped: number } {
  const starts: number[] = [];
  let dropped = 0;
  for (const piece of pieces) {
    const first = Math.max(range.first, piece.first);
    const end = Math.min(range.end, piece.end);
    let lastGap = -1;
    for (let time = first; time < end; time++) {
      if (hasGaps(time)) lastGap = time;
      const start = time - horizon;
      if (start < first || (start - first) % stride !== 0) continue;
      if (lastGap >= start) dropped++;
      else starts.push(start);
    }
  }
  return { starts, dropped };
}
