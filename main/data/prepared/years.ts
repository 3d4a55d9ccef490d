/** The same season in every complete training year: the ensemble that climatology is. */
import { daysInMonth } from '#shared/time/calendars.ts';
import { type CalendarDate, fromMillis, monthStart, toMillis } from '#shared/time/dates.ts';
import { GappyLine } from '../cf/gappyLine.ts';
import type { TimeLine } from '../cf/timeAxis.ts';
import { TrajectoryLine } from '../cf/trajectoryLine.ts';
import type { TimeRange } from './splits.ts';

/** Members where there are no years to choose from. */
const sampleSize = 20;

/** The date with another year; 29 February becomes the 28th where it must. */
function inYearOf(date: CalendarDate, months: number): CalendarDate {
  const target = monthStart(date, months);
  const day = Math.min(date.day, daysInMonth(date.calendar, target.year, target.month));
  const { hour, minute, second, millisecond } = date;
  return { ...target, day, hour, minute, second, millisecond };
}

function nearest(timeLine: TimeLine, range: TimeRange, value: number): number {
  let [low, high] = [range.first, range.end - 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (timeLine.value(middle) < value) low = middle + 1;
    else high = middle;
  }
  const before = Math.max(range.first, low - 1);
  return value - timeLine.value(before) < timeLine.value(low) - value ? before : low;
}

/** Evenly spread picks out of `count` things, at most {@link sampleSize}. */
function evenly(count: number): number[] {
  const members = Math.min(sampleSize, count);
  return Array.from({ length: members }, (_, i) => Math.floor(((i + 0.5) * count) / members));
}

/**
 * The same time after the start in the training trajectories, which is what they have in common; their last time
 * stands for all that comes later.
 */
function sameTimeOf(timeLine: TrajectoryLine, train: TimeRange, timeIndex: number): number[] {
  const { length } = timeLine.trajectories;
  const step = Math.min(length - 1, Math.max(0, Math.round(timeLine.locate(timeIndex).step)));
  return evenly((train.end - train.first) / length).map((k) => train.first + k * length + step);
}

/** Steps from the first to the last training time, gaps included. */
function spanOf(timeLine: TimeLine, { first, end }: TimeRange, stepsPerYear: number): number {
  if (end - first < 2) return end - first;
  const year = 365.2425 * 86_400_000;
  return 1 + ((timeLine.value(end - 1) - timeLine.value(first)) * stepsPerYear) / year;
}

/**
 * Indices of the training times that share the season of a time (which may lie beyond the data), one from each
 * complete year counted from the start of training, so that every season has equally many. Evenly spread
 * training times where the series has no dates or no complete year; of trajectories, their times since the start.
 * Times that lie in a gap are left out, as long as others remain.
 */
export function sameSeasonTimes(
  timeLine: TimeLine,
  train: TimeRange,
  stepsPerYear: number | null,
  timeIndex: number,
  hasGaps: (time: number) => boolean = () => false,
): number[] {
  const count = train.end - train.first;
  const whole = (times: number[]) => {
    const usable = times.filter((time) => !hasGaps(time));
    return usable.length > 0 ? usable : times;
  };
  if (timeLine instanceof TrajectoryLine) return whole(sameTimeOf(timeLine, train, timeIndex));
  const date = timeLine.date(timeIndex);
  // Half a step of slack: 365 daily times are a year although the mean year is longer.
  const steps =
    timeLine instanceof GappyLine && stepsPerYear !== null ? spanOf(timeLine, train, stepsPerYear) : count;
  const years = stepsPerYear === null ? 0 : Math.floor((steps + 0.5) / stepsPerYear);
  const sample = () => whole(evenly(count).map((i) => train.first + i));
  if (date === null || years < 1) return sample();
  const start = timeLine.value(train.first);
  // The first date of that season not before training starts; a step's rounding may lie either side of it.
  const slack = (timeLine.value(timeLine.after(train.first, 1)) - start) / 2;
  const startDate = fromMillis(date.calendar, start);
  let months = (startDate.year - date.year) * 12 - 12;
  while (toMillis(inYearOf(date, months)) < start - slack) months += 12;
  const wanted = Array.from({ length: years }, (_, k) => toMillis(inYearOf(date, months + 12 * k)));
  const found = wanted.map((value) => ({ value, time: nearest(timeLine, train, value) }));
  if (!(timeLine instanceof GappyLine)) return whole(found.map(({ time }) => time));
  // A season that fell into a gap has no time near it.
  const near = found.filter(({ value, time }) => Math.abs(timeLine.value(time) - value) <= 2.5 * slack);
  return near.length > 0 ? whole(near.map(({ time }) => time)) : sample();
}
