/**
 * Day arithmetic of the six CF calendars: no JavaScript library knows them all, and a date shown in another
 * calendar than the file's own is a wrong date. Source: CF conventions 1.11, section 4.4.1.
 */
import { DriftcastError } from '../errors.ts';

export const calendars = [
  'standard',
  'proleptic_gregorian',
  'julian',
  'noleap',
  'all_leap',
  '360_day',
] as const;

export type Calendar = (typeof calendars)[number];

const aliases: Record<string, Calendar> = {
  gregorian: 'standard',
  '365_day': 'noleap',
  '366_day': 'all_leap',
};

/** The calendar of a CF `calendar` attribute; a missing one means `standard`. Throws `unsupported` for others. */
export function calendarFromName(name: string | undefined): Calendar {
  const key = (name ?? '').trim().toLowerCase();
  if (key === '') return 'standard';
  const known = calendars.find((calendar) => calendar === key) ?? aliases[key];
  if (known) return known;
  throw new DriftcastError(
    'unsupported',
    `The calendar "${name}" is not one of the CF calendars.`,
    `Set the time variable's calendar attribute to one of ${calendars.join(', ')}.`,
  );
}

/** Year, month (1–12) and day of the month (from 1). `standard` and `julian` have no year 0: 1 BC is year −1. */
export interface YearMonthDay {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

const commonMonths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
/** Julian day number of 1582-10-15, the first day of the Gregorian part of the `standard` calendar. */
const gregorianStart = 2299161;

const hasYearZero = (calendar: Calendar) => calendar !== 'standard' && calendar !== 'julian';

/** Consecutive numbering of years, in which 1 BC is 0. */
export function astronomicalYear(calendar: Calendar, year: number): number {
  return hasYearZero(calendar) || year > 0 ? year : year + 1;
}

export function yearFromAstronomical(calendar: Calendar, year: number): number {
  return hasYearZero(calendar) || year > 0 ? year : year - 1;
}

export function isLeapYear(calendar: Calendar, year: number): boolean {
  const y = astronomicalYear(calendar, year);
  const gregorian = (y % 4 === 0 && y % 100 !== 0) || y % 400 === 0;
  switch (calendar) {
    case 'noleap':
    case '360_day':
      return false;
    case 'all_leap':
      return true;
    case 'julian':
      return y % 4 === 0;
    case 'standard':
      return y <= 1582 ? y % 4 === 0 : gregorian;
    case 'proleptic_gregorian':
      return gregorian;
  }
}

/** Length of a month in days; October 1582 counts 31 in `standard`, as its last day does. */
export function daysInMonth(calendar: Calendar, year: number, month: number): number {
  if (calendar === '360_day') return 30;
  return month === 2 && isLeapYear(calendar, year) ? 29 : commonMonths[month - 1]!;
}

/** Days of the year before the first of `month`. */
export function daysBeforeMonth(calendar: Calendar, year: number, month: number): number {
  let days = 0;
  for (let m = 1; m < month; m++) days += daysInMonth(calendar, year, m);
  return days;
}

export function isValidDay(calendar: Calendar, { year, month, day }: YearMonthDay): boolean {
  if (![year, month, day].every(Number.isInteger)) return false;
  if (year === 0 && !hasYearZero(calendar)) return false;
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(calendar, year, month)) return false;
  return !(calendar === 'standard' && year === 1582 && month === 10 && day > 4 && day < 15);
}

/** Julian day number in either real calendar, by counting years from March so that the leap day comes last. */
function julianDayNumber(gregorian: boolean, year: number, month: number, day: number): number {
  const shift = Math.floor((14 - month) / 12);
  const y = year + 4800 - shift;
  const m = month + 12 * shift - 3;
  const base = day + Math.floor((153 * m + 2) / 5) + 365 * y + Math.floor(y / 4);
  return gregorian ? base - Math.floor(y / 100) + Math.floor(y / 400) - 32045 : base - 32083;
}

function fromJulianDayNumber(gregorian: boolean, number: number): YearMonthDay {
  let c = number + 32082;
  let centuries = 0;
  if (gregorian) {
    const a = number + 32044;
    centuries = Math.floor((4 * a + 3) / 146097);
    c = a - Math.floor((146097 * centuries) / 4);
  }
  const d = Math.floor((4 * c + 3) / 1461);
  const e = c - Math.floor((1461 * d) / 4);
  const m = Math.floor((5 * e + 2) / 153);
  const shift = Math.floor(m / 10);
  return {
    year: 100 * centuries + d - 4800 + shift,
    month: m + 3 - 12 * shift,
    day: e - Math.floor((153 * m + 2) / 5) + 1,
  };
}

/** Days on a continuous axis of the calendar; the zero differs by calendar and means nothing by itself. */
export function dayNumber(calendar: Calendar, date: YearMonthDay): number {
  const year = astronomicalYear(calendar, date.year);
  const { month, day } = date;
  switch (calendar) {
    case 'proleptic_gregorian':
      return julianDayNumber(true, year, month, day);
    case 'julian':
      return julianDayNumber(false, year, month, day);
    case 'standard': {
      const number = julianDayNumber(true, year, month, day);
      return number >= gregorianStart ? number : julianDayNumber(false, year, month, day);
    }
    case '360_day':
      return year * 360 + (month - 1) * 30 + day - 1;
    case 'noleap':
    case 'all_leap':
      return year * (calendar === 'noleap' ? 365 : 366) + daysBeforeMonth(calendar, year, month) + day - 1;
  }
}

/** The inverse of {@link dayNumber}. */
export function fromDayNumber(calendar: Calendar, number: number): YearMonthDay {
  if (calendar === 'proleptic_gregorian') return fromJulianDayNumber(true, number);
  if (calendar === 'julian' || calendar === 'standard') {
    const date = fromJulianDayNumber(calendar === 'standard' && number >= gregorianStart, number);
    return { ...date, year: yearFromAstronomical(calendar, date.year) };
  }
  const length = calendar === '360_day' ? 360 : calendar === 'noleap' ? 365 : 366;
  const year = Math.floor(number / length);
  let rest = number - year * length;
  let month = 1;
  for (; rest >= daysInMonth(calendar, year, month); month++) rest -= daysInMonth(calendar, year, month);
  return { year, month, day: rest + 1 };
}
