/**
 * What becomes of times that are not regular, by a person's choice: means over equal steps, values in between, the
 * stretches between gaps, or the longest of them. Nothing is invented silently: steps without data stay missing.
 */
import type { IrregularChoice } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { fromMillis, millisPerDay, monthStart, toMillis } from '#shared/time/dates.ts';
import { parseStep } from '#shared/time/step-text.ts';
import { addSteps, type TimeStep } from '#shared/time/steps.ts';
import { describeGaps, longestOf, type Stretches, stretchesOf } from '#shared/time/stretches.ts';
import { calendarAxis, labelOf, type Piece, sliceAxis, type TimeAxis, TimeLine } from '../cf/timeAxis.ts';
import { interpolate, mean, type ReadRaw } from './resample.ts';

/** A series that forecasts can be learned from, made of one whose times may be anything that increases. */
export interface Regularised {
  readonly axis: TimeAxis;
  /** Stretches of the axis that gaps part; null where it has none. */
  readonly pieces: readonly Piece[] | null;
  readonly notes: readonly string[];
  /** [count, values of a frame] of the times from `first` on, NaN where no data are. */
  read(first: number, count: number, raw: ReadRaw): Promise<Float32Array>;
}

/** A new axis may be this many times longer than the file's: what goes beyond is a slip of the pen. */
const mostTimes = 5_000_000;

/** Says where times are irregular and what can be done. */
export function irregular(axis: TimeAxis, found: Stretches | null): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `The times of the series ${axis.problem}.${found === null ? '' : ` ${describeGaps(axis, found)}`}`,
    found === null
      ? 'Put the times of the file in order, each of them once.'
      : 'Choose what to do about it (on the command line: --irregular): means over equal steps (resample-mean), values in between (interpolate), windows between the gaps (split), or the longest regular stretch (cut). Or choose a period in which the times are regular.',
  );
}

/**
 * `axis` is that of the chosen period. Throws `bad-input` where it is irregular and nothing is chosen, and for steps
 * that do not fit it.
 */
export function regularise(
  axis: TimeAxis,
  choice: IrregularChoice | undefined,
  maxGapFill: number,
): Regularised {
  const found = axis.problem === undefined && choice === undefined ? null : stretchesOf(axis);
  const asIs: Regularised = {
    axis,
    pieces: null,
    notes: [],
    read: (first, count, raw) => raw.read(first, count),
  };
  if (choice === undefined || found === null) {
    if (axis.problem !== undefined) throw irregular(axis, found);
    return asIs;
  }
  switch (choice.kind) {
    case 'cut':
      return axis.problem === undefined ? asIs : cut(axis, found);
    case 'split':
      return axis.problem === undefined ? asIs : split(axis, found);
    case 'resample-mean':
      return means(axis, stepFor(axis, choice.step), choice.step);
    case 'interpolate':
      return between(axis, stepFor(axis, choice.step), choice.step, found.usual, maxGapFill);
  }
}

function noStretch(axis: TimeAxis, found: Stretches): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `The times of the series ${axis.problem}, and no two of them follow each other at the same step.`,
    `Resample it to a regular step instead, for instance with resample-mean. ${describeGaps(axis, found)}`,
  );
}

function cut(axis: TimeAxis, found: Stretches): Regularised {
  const { first, end } = longestOf(found.ranges);
  if (end - first < 2) throw noStretch(axis, found);
  const own = sliceAxis(axis, first, end);
  const [from, to] = [own.values[0]!, own.values[own.values.length - 1]!].map((value) => labelOf(own, value));
  return {
    axis: own,
    pieces: null,
    notes: [
      `Only the longest regular stretch is used: ${end - first} of ${axis.values.length} times, from ${from} to ${to}.`,
    ],
    read: (start, count, raw) => raw.read(first + start, count),
  };
}

function split(axis: TimeAxis, found: Stretches): Regularised {
  const kept = found.ranges.filter(({ first, end }) => end - first >= 2);
  if (kept.length === 0) throw noStretch(axis, found);
  let next = 0;
  const pieces = kept.map(({ first, end }) => {
    const piece = { first: next, end: next + end - first, from: first };
    next = piece.end;
    return piece;
  });
  const alone = axis.values.length - next;
  const values = kept.flatMap(({ first, end }) => axis.values.slice(first, end));
  const { problem: _, ...rest } = axis;
  return {
    axis: { ...rest, values, label: found.step },
    pieces: pieces.map(({ first, end }) => ({ first, end })),
    notes: [
      `${describeGaps(axis, found)} Windows lie in one of ${pieces.length} regular stretches.${alone > 0 ? ` ${alone} times that stand alone are left out.` : ''}`,
    ],
    async read(first, count, raw) {
      const parts: Float32Array[] = [];
      for (const piece of pieces) {
        const from = Math.max(first, piece.first);
        const end = Math.min(first + count, piece.end);
        if (from < end) parts.push(await raw.read(piece.from + from - piece.first, end - from));
      }
      return joined(parts);
    },
  };
}

function joined(parts: readonly Float32Array[]): Float32Array {
  if (parts.length === 1) return parts[0]!;
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const stepFor = (axis: TimeAxis, text: string) => parseStep(text, axis.calendar === null ? axis.units : null);

/** Times `n` steps after a start for n = 0, 1, … as long as they are at most `last`. */
function grid(axis: TimeAxis, start: number, step: TimeStep | number, last: number, text: string): number[] {
  const { calendar } = axis;
  const size =
    typeof step === 'number' ? step : step.kind === 'millis' ? step.millis : step.months * 28 * millisPerDay;
  if ((last - start) / size > mostTimes) {
    throw new DriftcastError(
      'bad-input',
      `A step of ${text} is too fine: it would make ${Math.round((last - start) / size)} times of ${axis.values.length}.`,
      'Choose a step near that of the data.',
    );
  }
  const values: number[] = [];
  for (let n = 0; ; n++) {
    const value =
      typeof step === 'number' ? start + n * step : toMillis(addSteps(fromMillis(calendar!, start), step, n));
    // Sums of steps that are no binary fractions may miss the last time by their rounding.
    if (value > last + 1e-6 * size) return values;
    values.push(value);
  }
}

/** Where bins begin: at whole days, hours and months, so that a mean says what it is a mean of. */
function origin(axis: TimeAxis, step: TimeStep | number): number {
  const first = axis.values[0]!;
  if (axis.calendar === null || typeof step === 'number') return first;
  const date = fromMillis(axis.calendar, first);
  if (step.kind === 'months') {
    const within = 12 % step.months === 0 ? (date.month - 1) % step.months : 0;
    return toMillis(monthStart(date, -within));
  }
  const unit = Math.min(step.millis, millisPerDay);
  return Math.floor(first / unit) * unit;
}

/** An axis without two times has no step that a forecast could take. */
function madeAxis(axis: TimeAxis, values: number[], text: string): TimeAxis {
  if (values.length < 2) {
    throw new DriftcastError(
      'bad-input',
      `A step of ${text} is too coarse: it leaves one time of ${axis.values.length}.`,
      'Choose a step near that of the data.',
    );
  }
  if (axis.calendar !== null) return calendarAxis(values, axis.calendar, axis.notes);
  const { problem: _, ...rest } = axis;
  return sliceAxis({ ...rest, values }, 0, values.length);
}

const missingNote = (missing: number, all: number, what: string) =>
  missing === 0 ? '' : ` ${missing} of ${all} steps ${what}`;

function means(axis: TimeAxis, step: TimeStep | number, text: string): Regularised {
  const raw = axis.values;
  const starts = grid(axis, origin(axis, step), step, raw[raw.length - 1]!, text);
  const own = madeAxis(axis, starts, text);
  const line = new TimeLine(own);
  // Bin k holds the raw times from bounds[k] to bounds[k + 1].
  const bounds = [...starts, line.value(starts.length)].map((start) => lowerBound(raw, start));
  bounds[starts.length] = raw.length;
  const empty = starts.filter((_, k) => bounds[k] === bounds[k + 1]).length;
  return {
    axis: own,
    pieces: null,
    notes: [
      `Every time is the mean over the ${own.label} that it begins: ${raw.length} times became ${starts.length}.${missingNote(empty, starts.length, 'hold no data: short gaps are filled, windows over longer ones left out.')}`,
    ],
    read: (first, count, source) => mean(bounds, first, count, source),
  };
}

function between(
  axis: TimeAxis,
  step: TimeStep | number,
  text: string,
  usual: number,
  maxGapFill: number,
): Regularised {
  const raw = axis.values;
  const values = grid(axis, raw[0]!, step, raw[raw.length - 1]!, text);
  const own = madeAxis(axis, values, text);
  const size = (values[values.length - 1]! - values[0]!) / (values.length - 1);
  // Between neighbours further apart than a gap that may be filled, nothing is known.
  const furthest = 1.01 * (maxGapFill + 1) * Math.max(size, usual);
  const places = values.map((value) => {
    const after = Math.min(raw.length - 1, lowerBound(raw, value - 1e-6 * size));
    const before = Math.abs(raw[after]! - value) <= 1e-6 * size ? after : Math.max(0, after - 1);
    const span = raw[after]! - raw[before]!;
    return {
      before,
      after,
      weight: span === 0 ? 0 : Math.min(1, (value - raw[before]!) / span),
      known: span <= furthest,
    };
  });
  const unknown = places.filter(({ known }) => !known).length;
  return {
    axis: own,
    pieces: null,
    notes: [
      `Values are interpolated in time, one every ${own.label}: ${raw.length} times became ${values.length}.${missingNote(unknown, values.length, 'lie in longer gaps: windows over them are left out.')}`,
    ],
    read: (first, count, source) => interpolate(places.slice(first, first + count), source),
  };
}

/** Index of the first value that is not below `wanted`; the length where there is none. */
function lowerBound(values: readonly number[], wanted: number): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! < wanted) low = middle + 1;
    else high = middle;
  }
  return low;
}
