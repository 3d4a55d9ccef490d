import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DriftcastError } from '#shared/errors.ts';
import { type Calendar, calendars, dayNumber, fromDayNumber, isValidDay } from '#shared/time/calendars.ts';
import {
  compareDates,
  formatDate,
  fromMillis,
  parseDate,
  parseDateRange,
  seasonPhase,
  toMillis,
  yearFraction,
} from '#shared/time/dates.ts';
import { addSteps, describePlainStep, describeStep, type TimeStep } from '#shared/time/steps.ts';
import { looksLikeTimeUnits, parseTimeUnits } from '#shared/time/units.ts';

const anyCalendar = fc.constantFrom<Calendar>(...calendars);
const anyMillis = fc.integer({ min: -2e14, max: 4e14 });
const unitNames = ['days', 'hours', 'min', 'secs', 'msec', 'weeks', 'months', 'years', 'common_years'];

describe('calendars', () => {
  it('number days without holes, in the order of the dates', () => {
    fc.assert(
      fc.property(anyCalendar, fc.integer({ min: -1_500_000, max: 4_000_000 }), (calendar, number) => {
        const date = fromDayNumber(calendar, number);
        expect(isValidDay(calendar, date)).toBe(true);
        expect(dayNumber(calendar, date)).toBe(number);
        const next = fromDayNumber(calendar, number + 1);
        const rank = (d: typeof date) => d.year * 10_000 + d.month * 100 + d.day;
        expect(rank(next)).toBeGreaterThan(rank(date));
      }),
    );
  });

  it('know which days do not exist', () => {
    expect(isValidDay('standard', { year: 1582, month: 10, day: 10 })).toBe(false);
    expect(isValidDay('proleptic_gregorian', { year: 1582, month: 10, day: 10 })).toBe(true);
    expect(isValidDay('standard', { year: 0, month: 1, day: 1 })).toBe(false);
    expect(isValidDay('noleap', { year: 2000, month: 2, day: 29 })).toBe(false);
    expect(isValidDay('360_day', { year: 2001, month: 2, day: 30 })).toBe(true);
  });
});

describe('dates', () => {
  it('survive the way to milliseconds, to text and back', () => {
    fc.assert(
      fc.property(anyCalendar, anyMillis, (calendar, millis) => {
        const date = fromMillis(calendar, millis);
        expect(toMillis(date)).toBe(millis);
        expect(compareDates(date, fromMillis(calendar, millis + 1))).toBeLessThan(0);
        expect(toMillis(parseDate(formatDate(date), calendar))).toBe(millis);
        expect(yearFraction(date)).toBeGreaterThanOrEqual(0);
        expect(seasonPhase(date)).toBeLessThan(2 * Math.PI);
      }),
    );
  });

  it('read the beginning of a date as the stretch it names', () => {
    const range = (text: string, calendar: Calendar = 'standard') => {
      const { start, end } = parseDateRange(text, calendar);
      return [formatDate(fromMillis(calendar, start)), formatDate(fromMillis(calendar, end))];
    };
    expect(range('2017')).toEqual(['2017-01-01T00:00:00', '2018-01-01T00:00:00']);
    expect(range('2017-02', '360_day')).toEqual(['2017-02-01T00:00:00', '2017-03-01T00:00:00']);
    expect(range('2017-12-31')).toEqual(['2017-12-31T00:00:00', '2018-01-01T00:00:00']);
    expect(range('2017-06-30T12')).toEqual(['2017-06-30T12:00:00', '2017-06-30T13:00:00']);
    for (const text of ['', 'today', '2017-13', '2017-02-30', '2017-6-1T25']) {
      expect(() => parseDateRange(text, 'standard')).toThrow(DriftcastError);
    }
  });
});

describe('time units', () => {
  it('decode and encode are inverse for every unit and calendar', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        fc.constantFrom(...unitNames),
        fc.constantFrom('1850-01-01', '1-1-1 00:00:0.0', '2000-02-28 12:00', '1999-12-30T23:59:30Z'),
        fc.double({ min: -1500, max: 90_000, noNaN: true }),
        (calendar, unit, reference, value) => {
          const codec = parseTimeUnits(`${unit} since ${reference}`, calendar);
          const date = codec.decode(value);
          expect(toMillis(codec.decode(codec.encode(date)))).toBe(toMillis(date));
          // Dates are whole milliseconds; tens of thousands of years in float64 are known to about one as well.
          const rounding = 4 * Number.EPSILON * Math.abs(value) * codec.unitMillis;
          expect(Math.abs(codec.encode(date) - value) * codec.unitMillis).toBeLessThan(0.6 + rounding);
        },
      ),
    );
  });

  it('take the lengths of month and year from UDUNITS, and from the calendar in 360_day', () => {
    const show = (units: string, value: number, calendar?: string) =>
      formatDate(parseTimeUnits(units, calendar).decode(value));
    expect(show('years since 2000-01-01', 1)).toBe('2000-12-31T05:48:45.975');
    expect(show('months since 2000-01-01', 1)).toBe('2000-01-31T10:29:03.831');
    expect(show('years since 2000-01-01', 1, '360_day')).toBe('2001-01-01T00:00:00');
  });

  it('read odd references', () => {
    const show = (units: string, calendar?: string) => formatDate(parseTimeUnits(units, calendar).reference);
    expect(show('days since 2000')).toBe('2000-01-01T00:00:00');
    expect(show('days since 2000-5')).toBe('2000-05-01T00:00:00');
    expect(show('days since 20000203 0600')).toBe('2000-02-03T06:00:00');
    expect(show('hours since 2000-01-01 6')).toBe('2000-01-01T06:00:00');
    expect(show('hours since 2000-01-01 24:00')).toBe('2000-01-02T00:00:00');
    expect(show('seconds since 1992-10-8 15:15:42.5 -6:00')).toBe('1992-10-08T21:15:42.500');
    expect(show('days since 0000-00-00', 'noleap')).toBe('0000-01-01T00:00:00');
    expect(show('days since 0-1-1')).toBe('0001-01-01T00:00:00');
    expect(parseTimeUnits('days since 0-1-1').note).toContain('year 1');
    expect(formatDate(parseTimeUnits('day as %Y%m%d.%f').decode(20000131.5))).toBe('2000-01-31T12:00:00');
  });

  it('refuse what is no time with a sentence', () => {
    const bad = [
      'metres',
      'days since',
      'furlongs since 2000-01-01',
      'days since 2001-02-30',
      'days since then',
    ];
    for (const units of bad) expect(() => parseTimeUnits(units)).toThrow(/cannot be read/);
    expect(() => parseTimeUnits('days since 2000-01-01', 'martian')).toThrow(/martian/);
    expect(() => parseTimeUnits('days since 2000-01-01').decode(Number.NaN)).toThrow(/no date/);
    expect(looksLikeTimeUnits('hours since 1900-01-01')).toBe(true);
    expect(looksLikeTimeUnits('degrees_north')).toBe(false);
  });
});

describe('steps', () => {
  const series = (calendar: Calendar, first: string, step: TimeStep, count: number) =>
    Array.from({ length: count }, (_, i) => toMillis(addSteps(parseDate(first, calendar), step, i)));
  const days = (n: number): TimeStep => ({ kind: 'millis', millis: n * 86_400_000 });

  it('name regular series', () => {
    const month = { kind: 'months', months: 1 } as const;
    const label = (calendar: Calendar, first: string, step: TimeStep) =>
      describeStep(series(calendar, first, step, 40), calendar).label;
    expect(label('standard', '2000-01-01', { ...month, placement: 'start' })).toBe('1 month');
    expect(label('standard', '2000-01-31', { ...month, placement: 'end' })).toBe('1 month');
    expect(label('noleap', '2000-01-16T12', { ...month, placement: 'fraction' })).toBe('1 month');
    expect(label('360_day', '2000-01-16', days(30))).toBe('1 month');
    expect(label('standard', '2000-01-01', { ...month, months: 12, placement: 'start' })).toBe('1 year');
    expect(label('standard', '1582-10-01', days(1))).toBe('1 day');
    expect(label('standard', '2000-01-01', { kind: 'millis', millis: 21_600_000 })).toBe('6 hours');
    expect(label('standard', '2000-01-01', days(365.242198781 / 12))).toBe('1 month');
    expect(label('standard', '2000-01-01', { kind: 'millis', millis: 80 })).toBe('0.08 seconds');
  });

  it('tell where a series is irregular', () => {
    const millis = series('standard', '2000-01-01', days(1), 10).filter((_, i) => i !== 4);
    expect(describeStep(millis, 'standard')).toEqual({
      label: 'irregular',
      regular: false,
      step: null,
      problem:
        'are irregular: from 2000-01-04T00:00:00 to 2000-01-06T00:00:00 it is 2 days where 1 day is usual',
    });
    const back = [...millis.slice(0, 3), millis[1]!];
    expect(describeStep(back, 'standard').problem).toContain('do not increase');
    expect(describePlainStep([0, 0.08, 0.16], 's')).toEqual({ label: '0.08 s', regular: true, step: 0.08 });
    expect(describePlainStep([0, 1, 5], '').problem).toContain('irregular');
    expect(describeStep([0], 'standard').label).toBe('one time');
  });

  it('go on beyond the end as the series itself would have', () => {
    fc.assert(
      fc.property(
        anyCalendar,
        fc.constantFrom('2000-01-01', '1999-11-16T12', '2001-01-28'),
        fc.constantFrom<TimeStep>(
          { kind: 'months', months: 1, placement: 'start' },
          { kind: 'months', months: 3, placement: 'end' },
          { kind: 'months', months: 1, placement: 'fraction' },
          days(1),
          days(0.25),
        ),
        (calendar, first, step) => {
          const millis = series(calendar, first, step, 30);
          const found = describeStep(millis.slice(0, 20), calendar).step!;
          const next = addSteps(fromMillis(calendar, millis[19]!), found, 7);
          expect(Math.abs(toMillis(next) - millis[26]!)).toBeLessThanOrEqual(86_400_000);
          const half = toMillis(addSteps(fromMillis(calendar, millis[0]!), found, 0.5));
          expect(half).toBeGreaterThan(millis[0]!);
          expect(half).toBeLessThan(millis[1]!);
        },
      ),
    );
  });
});
