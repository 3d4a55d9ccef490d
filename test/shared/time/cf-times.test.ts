import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dayOfYear, toMillis } from '#shared/time/dates.ts';
import { parseTimeUnits } from '#shared/time/units.ts';
import { sharedFolder } from '../../shared-folder.ts';

const folder = sharedFolder();
type Row = [string, string, number, number, number, number, number, number, number, number, number];

/** A few rows computed with Python's cftime, so that a lone checkout is checked too. */
const own: Row[] = [
  ['standard', 'days since 0001-01-01', -1, -1, 12, 31, 0, 0, 0, 0, 366],
  ['standard', 'days since 1582-10-01', 3, 1582, 10, 4, 0, 0, 0, 0, 277],
  ['standard', 'days since 1582-10-01', 4, 1582, 10, 15, 0, 0, 0, 0, 288],
  ['proleptic_gregorian', 'days since 0000-01-01', 365, 0, 12, 31, 0, 0, 0, 0, 366],
  ['proleptic_gregorian', 'days since -0001-01-01', 365, 0, 1, 1, 0, 0, 0, 0, 1],
  ['noleap', 'days since 0-1-1', 366, 1, 1, 2, 0, 0, 0, 0, 2],
  ['365_day', 'common_years since 2000-01-01', 1.5, 2001, 7, 2, 12, 0, 0, 0, 183],
  ['366_day', 'days since 0-1-1', 366, 1, 1, 1, 0, 0, 0, 0, 1],
  ['360_day', 'months since 2000-01-01', 1.5, 2000, 2, 16, 0, 0, 0, 0, 46],
  ['julian', 'd since -0001-01-01', 366, 1, 1, 1, 0, 0, 0, 0, 1],
  ['gregorian', 'hours since 2000-01-01T06:30:10.5', 1.5, 2000, 1, 1, 8, 0, 10, 500, 1],
  ['GREGORIAN', 'Hours Since 2000-1-1 06:30 +0530', 1.5, 2000, 1, 1, 2, 30, 0, 0, 1],
  ['standard', 'seconds since 1992-10-8 15:15:42.5 -06', 0.25, 1992, 10, 8, 21, 15, 42, 750, 282],
  ['360_day', 'days since 2000-02-30', 1.5, 2000, 3, 1, 12, 0, 0, 0, 61],
  ['standard', 'hours since 2000-1-1 00:00:00.0 0:00', 1.5, 2000, 1, 1, 1, 30, 0, 0, 1],
];

function check(rows: readonly Row[]) {
  for (const [calendar, units, value, ...fields] of rows) {
    const codec = parseTimeUnits(units, calendar);
    const date = codec.decode(value);
    const got = [date.year, date.month, date.day, date.hour, date.minute, date.second, date.millisecond];
    expect([units, value, ...got, dayOfYear(date)]).toEqual([units, value, ...fields]);
    expect(Math.abs(codec.encode(date) - value) * codec.unitMillis).toBeLessThanOrEqual(0.51);
    expect(toMillis(codec.decode(codec.encode(date)))).toBe(toMillis(date));
  }
}

describe('times computed by cftime', () => {
  it('agree to the millisecond on the committed rows', () => check(own));

  it.skipIf(folder === null)('agree to the millisecond on every stored row', () => {
    const { rows } = JSON.parse(readFileSync(join(folder!, 'cases', 'cf_times.json'), 'utf8')) as {
      rows: Row[];
    };
    expect(rows.length).toBeGreaterThan(200);
    check(rows);
  });
});
