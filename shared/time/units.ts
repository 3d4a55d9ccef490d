/**
 * CF time coordinates: `<unit> since <reference>` between numbers and dates.
 * Sources: CF conventions 1.11, section 4.4; UDUNITS for unit names, time zones and the lengths of month and year.
 */
import { DriftcastError } from '../errors.ts';
import { type Calendar, calendarFromName, isValidDay } from './calendars.ts';
import { type CalendarDate, fromMillis, millisPerDay, toMillis } from './dates.ts';

export interface TimeAxisCodec {
  readonly calendar: Calendar;
  /** One of the CF unit names, in the plural ("days"). */
  readonly unit: string;
  readonly unitMillis: number;
  readonly reference: CalendarDate;
  /** A sentence on anything in the units that a person should know about, e.g. a year 0 read as year 1. */
  readonly note?: string;
  /** Rounded to the millisecond. Throws `damaged-file` for values that are missing or name no date. */
  decode(value: number): CalendarDate;
  encode(date: CalendarDate): number;
}

/** UDUNITS: the mean tropical year in 1900; its month is a twelfth of that. */
const udunitsYear = 365.242198781 * millisPerDay;

const unitTable: readonly [name: string, millis: number, spellings: string][] = [
  ['nanoseconds', 1e-6, 'nanosecond nanosec nsec ns'],
  ['microseconds', 1e-3, 'microsecond microsec usec us µs μs'],
  ['milliseconds', 1, 'millisecond millisec msec ms'],
  ['seconds', 1000, 'second sec s'],
  ['minutes', 60_000, 'minute min'],
  ['hours', 3_600_000, 'hour hr h'],
  ['days', millisPerDay, 'day d'],
  ['weeks', 7 * millisPerDay, 'week'],
  ['fortnights', 14 * millisPerDay, 'fortnight'],
  ['months', udunitsYear / 12, 'month mon'],
  ['years', udunitsYear, 'year yr a'],
  ['common_years', 365 * millisPerDay, 'common_year'],
  ['leap_years', 366 * millisPerDay, 'leap_year'],
  ['julian_years', 365.25 * millisPerDay, 'julian_year'],
  ['gregorian_years', 365.2425 * millisPerDay, 'gregorian_year'],
];

const units = new Map(
  unitTable.flatMap(([name, millis, spellings]) =>
    spellings.split(' ').flatMap((spelling) => [
      [spelling, { name, millis }],
      [`${spelling}s`, { name, millis }],
    ]),
  ) as [string, { name: string; millis: number }][],
);

/** Whether a `units` attribute states times at all, so that a variable can be recognised as a time coordinate. */
export function looksLikeTimeUnits(text: string): boolean {
  return /^\s*\S+\s+(since|after)\s+[+-]?\d/i.test(text) || /^\s*day as %Y%m%d/i.test(text);
}

const datePattern = /^([+-]?\d{1,6})(?:-(\d{1,2})(?:-(\d{1,2}))?)?/;
const packedDatePattern = /^(\d{4})(\d{2})(\d{2})(?=$|[T\s])/;
const clockPattern = /^[T\s]+(\d{1,2})(?::(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?/i;
const packedClockPattern = /^[T\s]+(\d{2})(\d{2})(\d{2}(?:\.\d*)?)?(?=$|\s|Z)/i;
const zonePattern = /^\s*(?:(Z|UTC|GMT)|([+-]?)(\d{1,2})(?::?(\d{2}))?)?\s*$/i;

function badUnits(text: string, why: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `The time units "${text}" cannot be read: ${why}.`,
    'Time units look like "days since 1900-01-01 00:00:00".',
  );
}

/** Reads a reference date and time, time zone included, as UTC. */
function parseReference(full: string, text: string, calendar: Calendar) {
  const packed = packedDatePattern.exec(text);
  const date = packed ?? datePattern.exec(text);
  if (!date) throw badUnits(full, 'no reference date follows "since"');
  let rest = text.slice(date[0].length);
  const clock = packedClockPattern.exec(rest) ?? clockPattern.exec(rest);
  if (clock) rest = rest.slice(clock[0].length);
  const zone = zonePattern.exec(rest);
  if (!zone) throw badUnits(full, `"${rest.trim()}" is neither a time nor a time zone`);

  let note: string | undefined;
  let year = Number(date[1]);
  if (year === 0 && (calendar === 'standard' || calendar === 'julian')) {
    // UDUNITS does the same; such references mark climatologies, in which the year has no meaning.
    year = 1;
    note = `The calendar ${calendar} has no year 0; the reference year of "${full}" is read as year 1.`;
  }
  // Climatologies are also written with 0000-00-00.
  const month = Number(date[2] ?? 1) || 1;
  const day = Number(date[3] ?? 1) || 1;
  if (!isValidDay(calendar, { year, month, day })) {
    throw badUnits(full, `the calendar ${calendar} has no such day`);
  }
  const [hour, minute, second] = [1, 2, 3].map((i) => Number(clock?.[i] ?? 0)) as [number, number, number];
  if (hour > 24 || minute > 59 || second >= 61) throw badUnits(full, 'no clock shows that time');
  const offset = (zone[2] === '-' ? -1 : 1) * (Number(zone[3] ?? 0) * 60 + Number(zone[4] ?? 0));
  const midnight = toMillis({ calendar, year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 });
  const millis = midnight + (hour * 60 + minute - offset) * 60_000 + Math.round(second * 1000);
  return { millis, note };
}

/** Absolute times as some tools write them: 20000131.5 is noon of 31 January 2000. */
function absoluteDays(calendar: Calendar): TimeAxisCodec {
  const fields = { calendar, hour: 0, minute: 0, second: 0, millisecond: 0 };
  return {
    calendar,
    unit: 'days',
    unitMillis: millisPerDay,
    reference: { ...fields, year: 1, month: 1, day: 1 },
    decode(value) {
      const whole = Math.floor(value);
      const [year, month, day] = [Math.floor(whole / 10_000), Math.floor(whole / 100) % 100, whole % 100];
      const date = { ...fields, year, month, day };
      if (!isValidDay(calendar, date)) throw badTime(value, 'day as %Y%m%d.%f');
      return fromMillis(calendar, toMillis(date) + (value - whole) * millisPerDay);
    },
    encode(date) {
      const start = toMillis({ ...date, hour: 0, minute: 0, second: 0, millisecond: 0 });
      return date.year * 10_000 + date.month * 100 + date.day + (toMillis(date) - start) / millisPerDay;
    },
  };
}

function badTime(value: number, unitsText: string): DriftcastError {
  return new DriftcastError(
    'damaged-file',
    `The time ${value} in "${unitsText}" is no date.`,
    'Repair the time variable: every time must have a value.',
  );
}

/**
 * Understands the `units` and `calendar` attributes of a time variable. Months and years have the lengths that
 * CF takes from UDUNITS (30.44 and 365.24 days), and 30 and 360 days in the 360_day calendar.
 * Throws `damaged-file` for units that cannot be read and `unsupported` for unknown calendars.
 */
export function parseTimeUnits(text: string, calendarName?: string): TimeAxisCodec {
  const calendar = calendarFromName(calendarName);
  if (/^\s*day as %Y%m%d(\.%f)?\s*$/i.test(text)) return absoluteDays(calendar);
  const match = /^\s*(\S+)\s+(?:since|after)\s+(.+?)\s*$/i.exec(text);
  if (!match) throw badUnits(text, 'they are not of the form "<unit> since <date>"');
  const unit = units.get(match[1]!.toLowerCase());
  if (!unit) throw badUnits(text, `"${match[1]}" is not a unit of time`);
  const is360 = calendar === '360_day';
  const unitMillis =
    is360 && unit.name === 'months'
      ? 30 * millisPerDay
      : is360 && unit.name === 'years'
        ? 360 * millisPerDay
        : unit.millis;
  const { millis: start, note } = parseReference(text, match[2]!, calendar);
  return {
    calendar,
    unit: unit.name,
    unitMillis,
    reference: fromMillis(calendar, start),
    ...(note === undefined ? {} : { note }),
    decode(value) {
      if (!Number.isFinite(value)) throw badTime(value, text);
      return fromMillis(calendar, start + value * unitMillis);
    },
    encode: (date) => (toMillis(date) - start) / unitMillis,
  };
}
