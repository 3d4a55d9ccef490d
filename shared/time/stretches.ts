/**
 * Where an irregular series is regular after all: its stretches of one step, the gaps between them, and both in
 * words, so that a person can choose what to do about them.
 */
import { astronomicalYear, type Calendar } from './calendars.ts';
import { formatDate, fromMillis, millisPerDay } from './dates.ts';
import { commonDifference, describeDuration, describePlainStep, describeStep } from './steps.ts';

/** Times as milliseconds on a calendar's axis, or plain numbers in `units`. */
export interface Times {
  readonly values: readonly number[];
  readonly calendar: Calendar | null;
  readonly units: string;
}

export interface Stretches {
  /** The step inside of the stretches in words; "irregular" where no two times share one. */
  readonly step: string;
  /** The difference of neighbours that occurs most often, on the axis of the values. */
  readonly usual: number;
  /** In order and without gaps between their indices, end exclusive; single times are stretches too. */
  readonly ranges: readonly { readonly first: number; readonly end: number }[];
}

/** Half of what a regular axis allows, because a stretch is measured against the usual step and not its own. */
const tolerance = 0.005;

function describe({ calendar, units }: Times, values: readonly number[]) {
  return calendar === null ? describePlainStep(values, units) : describeStep(values, calendar);
}

function rangesBetween(count: number, isBorder: (i: number) => boolean) {
  const ranges: { first: number; end: number }[] = [];
  let first = 0;
  for (let i = 1; i <= count; i++) {
    if (i < count && !isBorder(i)) continue;
    ranges.push({ first, end: i });
    first = i;
  }
  return ranges;
}

/** Stretches of whole months, for series whose usual step is a month or several; null where that does not fit. */
function monthlyRanges({ values, calendar }: Times, usual: number) {
  if (calendar === null || usual < 27 * millisPerDay) return null;
  const months = values.map((value) => {
    const { year, month } = fromMillis(calendar, value);
    return astronomicalYear(calendar, year) * 12 + month;
  });
  const step = commonDifference(months.slice(1).map((month, i) => month - months[i]!));
  return step < 1 ? null : rangesBetween(values.length, (i) => months[i]! - months[i - 1]! !== step);
}

/** Null where the times do not increase or are not all there: then there is no order to speak of. */
export function stretchesOf(times: Times): Stretches | null {
  const { values } = times;
  if (values.length < 2 || !values.every(Number.isFinite)) return null;
  const differences = values.slice(1).map((value, i) => value - values[i]!);
  if (!differences.every((difference) => difference > 0)) return null;
  const usual = commonDifference(differences);
  const even = rangesBetween(values.length, (i) => Math.abs(differences[i - 1]! - usual) > tolerance * usual);
  const isRegular = ({ first, end }: { first: number; end: number }) =>
    describe(times, values.slice(first, end)).regular;
  const monthly = monthlyRanges(times, usual);
  const whole = monthly !== null && monthly.length < even.length && monthly.every(isRegular) ? monthly : even;
  // Steps that creep within the tolerance can add up; such a stretch has no step and falls apart.
  const ranges = whole.flatMap((range) =>
    isRegular(range)
      ? [range]
      : Array.from({ length: range.end - range.first }, (_, i) => ({
          first: range.first + i,
          end: range.first + i + 1,
        })),
  );
  const longest = longestOf(ranges);
  const step =
    longest.end - longest.first < 2
      ? 'irregular'
      : describe(times, values.slice(longest.first, longest.end)).label;
  return { step, usual, ranges };
}

/** The first of the longest ones. */
export function longestOf<Range extends { first: number; end: number }>(ranges: readonly Range[]): Range {
  return ranges.reduce((a, b) => (b.end - b.first > a.end - a.first ? b : a));
}

const counted = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;
const mostGaps = 3;

/** Where the gaps are and how long (of many the longest), and what is regular: a sentence or two. */
export function describeGaps(times: Times, { step, usual, ranges }: Stretches): string {
  const { values, calendar, units } = times;
  const suffix = units === '' || units === '1' ? '' : ` ${units}`;
  const plain = (value: number) => `${Number(value.toPrecision(6))}${suffix}`;
  const at = (index: number) =>
    calendar === null
      ? plain(values[index]!)
      : formatDate(fromMillis(calendar, values[index]!)).replace(/T00:00:00$/, '');
  const length = (difference: number) =>
    calendar === null ? plain(difference) : describeDuration(difference);
  const gaps = ranges.slice(1).map(({ first }) => ({ first, length: values[first]! - values[first - 1]! }));
  const named = [...gaps]
    .sort((a, b) => b.length - a.length)
    .slice(0, mostGaps)
    .sort((a, b) => a.first - b.first)
    .map((gap) => `from ${at(gap.first - 1)} to ${at(gap.first)} (${length(gap.length)})`);
  const most = longestOf(ranges);
  const rest = gaps.length - named.length;
  const stretch =
    step === 'irregular'
      ? ''
      : ` The longest regular stretch goes from ${at(most.first)} to ${at(most.end - 1)} (${counted(most.end - most.first, 'time', 'times')}).`;
  const breaks = `The usual step of ${step === 'irregular' ? length(usual) : step} is broken ${counted(gaps.length, 'time', 'times')}`;
  return `${breaks}: ${named.join(', ')}${rest > 0 ? ` and ${rest} more` : ''}.${stretch}`;
}
