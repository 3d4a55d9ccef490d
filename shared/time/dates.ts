/** Dates in a CF calendar: exact to the millisecond, compared, printed and read in the file's own calendar. */
import { DriftcastError } from '../errors.ts';
import {
  astronomicalYear,
  type Calendar,
  dayNumber,
  daysBeforeMonth,
  daysInMonth,
  fromDayNumber,
  isValidDay,
  yearFromAstronomical,
} from './calendars.ts';

export const millisPerDay = 86_400_000;

export interface CalendarDate {
  readonly calendar: Calendar;
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
}

/** Milliseconds on the calendar's own axis; only differences and order within one calendar have a meaning. */
export function toMillis(date: CalendarDate): number {
  const clock = ((date.hour * 60 + date.minute) * 60 + date.second) * 1000 + date.millisecond;
  return dayNumber(date.calendar, date) * millisPerDay + clock;
}

/** The inverse of {@link toMillis}. Throws `damaged-file` beyond some 270 000 years, where a double is no longer exact. */
export function fromMillis(calendar: Calendar, millis: number): CalendarDate {
  if (!Number.isFinite(millis) || Math.abs(millis) > 8.6e15) {
    throw new DriftcastError(
      'damaged-file',
      'A time lies outside of any calendar.',
      'Check the values and the units of the time variable.',
    );
  }
  const whole = Math.round(millis);
  const number = Math.floor(whole / millisPerDay);
  const clock = whole - number * millisPerDay;
  return {
    calendar,
    ...fromDayNumber(calendar, number),
    hour: Math.floor(clock / 3_600_000),
    minute: Math.floor(clock / 60_000) % 60,
    second: Math.floor(clock / 1000) % 60,
    millisecond: clock % 1000,
  };
}

/** Negative, zero or positive, as `Array.prototype.sort` wants it. Both dates must be of one calendar. */
export function compareDates(a: CalendarDate, b: CalendarDate): number {
  return toMillis(a) - toMillis(b);
}

/** Day of the year from 1, as cftime counts it (days dropped in October 1582 are counted). */
export function dayOfYear(date: CalendarDate): number {
  return daysBeforeMonth(date.calendar, date.year, date.month) + date.day;
}

/** Share of the year that has passed, in [0, 1). */
export function yearFraction(date: CalendarDate): number {
  const { calendar, year } = date;
  const length = daysBeforeMonth(calendar, year, 12) + daysInMonth(calendar, year, 12);
  const clock = ((date.hour * 60 + date.minute) * 60 + date.second) * 1000 + date.millisecond;
  return (dayOfYear(date) - 1 + clock / millisPerDay) / length;
}

/** Angle of the year in radians, in [0, 2π). */
export function seasonPhase(date: CalendarDate): number {
  return 2 * Math.PI * yearFraction(date);
}

const pad = (value: number, width = 2) => String(value).padStart(width, '0');

/** ISO 8601 in the date's own calendar, e.g. 2010-02-30T00:00:00 in 360_day; milliseconds only where there are any. */
export function formatDate(date: CalendarDate): string {
  const year = date.year < 0 ? `-${pad(-date.year, 4)}` : pad(date.year, 4);
  const fraction = date.millisecond === 0 ? '' : `.${pad(date.millisecond, 3)}`;
  return `${year}-${pad(date.month)}-${pad(date.day)}T${pad(date.hour)}:${pad(date.minute)}:${pad(date.second)}${fraction}`;
}

/** First of the month that lies `months` after the month of a date. */
export function monthStart(date: CalendarDate, months = 0): CalendarDate {
  const index = astronomicalYear(date.calendar, date.year) * 12 + date.month - 1 + months;
  const year = yearFromAstronomical(date.calendar, Math.floor(index / 12));
  const month = index - Math.floor(index / 12) * 12 + 1;
  return { calendar: date.calendar, year, month, day: 1, hour: 0, minute: 0, second: 0, millisecond: 0 };
}

const prefixPattern =
  /^([+-]?\d{1,6})(?:-(\d{1,2})(?:-(\d{1,2})(?:[T ](\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,3}))?)?)?)?)?)?Z?$/;

/**
 * Reads an ISO date or the beginning of one ("2017", "2017-06", "2017-06-30T12") as the stretch of time that
 * it names: `start` inclusive, `end` exclusive, both on the axis of {@link toMillis}. Throws `bad-input`.
 */
export function parseDateRange(text: string, calendar: Calendar): { start: number; end: number } {
  const match = prefixPattern.exec(text.trim());
  const parts = match?.slice(1).map((part) => (part === undefined ? undefined : Number(part)));
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = parts ?? [];
  const date = { calendar, year: year ?? 0, month, day, hour, minute, second, millisecond: 0 };
  if (!match || !isValidDay(calendar, date) || hour > 23 || minute > 59 || second > 59) {
    throw new DriftcastError(
      'bad-input',
      `"${text}" is not a date in the calendar ${calendar}.`,
      'Write it as 2017, 2017-06, 2017-06-30 or 2017-06-30T12:00:00.',
    );
  }
  const millisecond = match[7] === undefined ? 0 : Number(match[7].padEnd(3, '0'));
  const start = toMillis(date) + millisecond;
  const groups: (string | undefined)[] = match.slice(1);
  const fields = groups.indexOf(undefined);
  if (fields === 1) return { start, end: toMillis(monthStart(date, 12)) };
  if (fields === 2) return { start, end: toMillis(monthStart(date, 1)) };
  const length = [millisPerDay, 3_600_000, 60_000, 1000][fields - 3] ?? 1;
  return { start, end: start + length };
}

/** The first instant that an ISO date, or the beginning of one, names. Throws `bad-input`. */
export function parseDate(text: string, calendar: Calendar): CalendarDate {
  return fromMillis(calendar, parseDateRange(text, calendar).start);
}
