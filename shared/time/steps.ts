/**
 * The spacing of a series in time: whether it is regular, how to name it, and how to go on beyond its end.
 * Months are steps of their own: a monthly series is regular although its months differ in length.
 */
import { astronomicalYear, type Calendar } from './calendars.ts';
import { type CalendarDate, formatDate, fromMillis, millisPerDay, monthStart, toMillis } from './dates.ts';

export type TimeStep =
  | { readonly kind: 'millis'; readonly millis: number }
  /** `placement` says what stays fixed within the month: the offset from its start, from its end, or the fraction. */
  | { readonly kind: 'months'; readonly months: number; readonly placement: 'start' | 'end' | 'fraction' };

export interface Spacing {
  /** Words: "1 month", "6 hours", "irregular", or "one time" where there are not two. */
  readonly label: string;
  readonly regular: boolean;
  /** Null where the series is irregular or has fewer than two times. */
  readonly step: TimeStep | null;
  /** Why the series is irregular, as the end of a sentence that begins with "The times". */
  readonly problem?: string;
}

const count = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'}`;
const udunitsMonth = (365.242198781 / 12) * millisPerDay;

/** A duration in words, in the largest unit that divides it: "2 days", "90 minutes", "0.08 seconds". */
export function describeDuration(millis: number): string {
  const months = Math.round(millis / udunitsMonth);
  if (months > 0 && Math.abs(millis - months * udunitsMonth) < 1000) {
    return months % 12 === 0 ? count(months / 12, 'year') : count(months, 'month');
  }
  const table = [
    [millisPerDay, 'day'],
    [3_600_000, 'hour'],
    [60_000, 'minute'],
    [1000, 'second'],
  ] as const;
  for (const [length, unit] of table) {
    if (millis >= length && Math.abs(millis / length - Math.round(millis / length)) < 1e-6) {
      return count(Math.round(millis / length), unit);
    }
  }
  if (millis >= millisPerDay) return `${Number((millis / millisPerDay).toPrecision(4))} days`;
  return `${Number((millis / 1000).toPrecision(4))} seconds`;
}

export function describeTimeStep(step: TimeStep): string {
  if (step.kind === 'millis') return describeDuration(step.millis);
  return step.months % 12 === 0 ? count(step.months / 12, 'year') : count(step.months, 'month');
}

interface MonthPlace {
  index: number;
  fromStart: number;
  fromEnd: number;
  fraction: number;
}

function placeInMonth(date: CalendarDate): MonthPlace {
  const start = toMillis(monthStart(date));
  const length = toMillis(monthStart(date, 1)) - start;
  const fromStart = toMillis(date) - start;
  return {
    index: astronomicalYear(date.calendar, date.year) * 12 + date.month,
    fromStart,
    fromEnd: length - fromStart,
    fraction: fromStart / length,
  };
}

const spread = (values: readonly number[]) =>
  values.reduce((a, b) => Math.max(a, b), -Infinity) - values.reduce((a, b) => Math.min(a, b), Infinity);

function monthlyStep(dates: readonly CalendarDate[]): TimeStep | null {
  const places = dates.map(placeInMonth);
  const months = places[1]!.index - places[0]!.index;
  if (months < 1) return null;
  if (places.some((place, i) => i > 0 && place.index - places[i - 1]!.index !== months)) return null;
  if (spread(places.map((place) => place.fromStart)) < 1000) {
    return { kind: 'months', months, placement: 'start' };
  }
  if (spread(places.map((place) => place.fromEnd)) < 1000)
    return { kind: 'months', months, placement: 'end' };
  // Mid-month dates of real files wander by a day or two (16 January 12:00, 15 February).
  if (spread(places.map((place) => place.fraction)) < 0.1) {
    return { kind: 'months', months, placement: 'fraction' };
  }
  return null;
}

/** The difference that occurs most often, differences within a hundredth of each other counting as one. */
export function commonDifference(differences: readonly number[]): number {
  const sorted = [...differences].sort((a, b) => a - b);
  let best = { value: sorted[0]!, count: 0 };
  for (let i = 0; i < sorted.length; ) {
    let end = i;
    while (end < sorted.length && sorted[end]! - sorted[i]! <= 0.01 * Math.abs(sorted[i]!)) end++;
    if (end - i > best.count) best = { value: sorted[Math.floor((i + end - 1) / 2)]!, count: end - i };
    i = end;
  }
  return best.value;
}

interface Words {
  at: (value: number) => string;
  length: (difference: number) => string;
}

/** Even spacing of plain numbers; times stored as float32 may wander by a hundredth of a step. */
function evenSpacing(values: readonly number[], words: Words): { step: number } | { problem: string } {
  const differences = values.slice(1).map((value, i) => value - values[i]!);
  const falling = differences.findIndex((difference) => !(difference > 0));
  if (falling >= 0) {
    const [a, b] = [words.at(values[falling]!), words.at(values[falling + 1]!)];
    return { problem: `do not increase: ${a} is followed by ${b}` };
  }
  const step = (values[values.length - 1]! - values[0]!) / (values.length - 1);
  if (differences.every((difference) => Math.abs(difference - step) <= 0.01 * step)) return { step };
  const usual = commonDifference(differences);
  const odd = Math.max(
    0,
    differences.findIndex((difference) => Math.abs(difference - usual) > 0.01 * usual),
  );
  const from = words.at(values[odd]!);
  const to = words.at(values[odd + 1]!);
  const lengths = `${words.length(differences[odd]!)} where ${words.length(usual)} is usual`;
  return { problem: `are irregular: from ${from} to ${to} it is ${lengths}` };
}

/** Spacing of dates, given in ascending order on the axis of `toMillis`. */
export function describeStep(millis: readonly number[], calendar: Calendar): Spacing {
  if (millis.length < 2) return { label: 'one time', regular: true, step: null };
  const monthly = monthlyStep(millis.map((value) => fromMillis(calendar, value)));
  if (monthly) return { label: describeTimeStep(monthly), regular: true, step: monthly };
  const even = evenSpacing(millis, {
    at: (value) => formatDate(fromMillis(calendar, value)),
    length: describeDuration,
  });
  if ('problem' in even) return { label: 'irregular', regular: false, step: null, problem: even.problem };
  // Rounding noise of float32 times must not end up in the label or in dates beyond the data.
  const second = Math.round(even.step / 1000) * 1000;
  const exact = Math.abs(even.step - second) < 1e-4 * even.step ? second : Math.round(even.step);
  const step: TimeStep = { kind: 'millis', millis: exact };
  return { label: describeTimeStep(step), regular: true, step };
}

/** The same for a time axis that is no calendar: seconds of a simulation, or bare indices (units ''). */
export function describePlainStep(
  values: readonly number[],
  units: string,
): Omit<Spacing, 'step'> & { step: number | null } {
  if (values.length < 2) return { label: 'one time', regular: true, step: null };
  const suffix = units === '' || units === '1' ? '' : ` ${units}`;
  const words = (value: number) => `${Number(value.toPrecision(6))}${suffix}`;
  const even = evenSpacing(values, { at: words, length: words });
  if ('problem' in even) return { label: 'irregular', regular: false, step: null, problem: even.problem };
  return { label: words(even.step), regular: true, step: even.step };
}

/** The date `n` steps after (before, for negative n) a date of the series. */
export function addSteps(date: CalendarDate, step: TimeStep, n: number): CalendarDate {
  if (step.kind === 'millis') return fromMillis(date.calendar, toMillis(date) + n * step.millis);
  const whole = Math.floor(n);
  const start = toMillis(monthStart(date, whole * step.months));
  const length = toMillis(monthStart(date, whole * step.months + 1)) - start;
  const place = placeInMonth(date);
  const offset =
    step.placement === 'start'
      ? Math.min(place.fromStart, length - 1)
      : step.placement === 'end'
        ? Math.max(0, length - place.fromEnd)
        : place.fraction * length;
  const here = start + offset;
  if (whole === n) return fromMillis(date.calendar, here);
  // Real-valued leads lie between two months in proportion.
  const next = toMillis(addSteps(date, step, whole + 1));
  return fromMillis(date.calendar, here + (n - whole) * (next - here));
}
