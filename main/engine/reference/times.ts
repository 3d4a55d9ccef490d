/** Compares our reading of CF times with Python's cftime: dates, day of the year, and the way back. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { toErrorData } from '#shared/errors.ts';
import { dayOfYear, toMillis } from '#shared/time/dates.ts';
import { parseTimeUnits } from '#shared/time/units.ts';
import type { CaseReport } from './case.ts';

const tableSchema = z.object({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
});

interface Row {
  calendar: string;
  units: string;
  value: number;
  fields: Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second' | 'millisecond', number>;
  dayOfYear: number;
}

/** Milliseconds; cftime itself rounds to microseconds. */
const tolerance = 1;

function parseRow(columns: readonly string[], values: readonly (string | number)[]): Row {
  const get = (name: string) => values[columns.indexOf(name)];
  const number = (name: string) => Number(get(name));
  return {
    calendar: String(get('calendar')),
    units: String(get('units')),
    value: number('value'),
    fields: {
      year: number('year'),
      month: number('month'),
      day: number('day'),
      hour: number('hour'),
      minute: number('minute'),
      second: number('second'),
      millisecond: number('millisecond'),
    },
    dayOfYear: number('day_of_year'),
  };
}

/** Largest error in milliseconds of a row, Infinity for a wrong day of the year. */
function errorOf(row: Row): number {
  const codec = parseTimeUnits(row.units, row.calendar);
  const date = codec.decode(row.value);
  const expected = toMillis({ calendar: codec.calendar, ...row.fields });
  if (dayOfYear(date) !== row.dayOfYear && toMillis(date) === expected) return Number.POSITIVE_INFINITY;
  const back = Math.abs(toMillis(codec.decode(codec.encode(date))) - toMillis(date));
  return Math.max(Math.abs(toMillis(date) - expected), back);
}

/** One line for each pair of calendar and units in `cf_times.json` of a folder; errors are in milliseconds. */
export async function runTimeCases(folder: string): Promise<CaseReport[]> {
  const { columns, rows } = tableSchema.parse(
    JSON.parse(await readFile(join(folder, 'cf_times.json'), 'utf8')),
  );
  const worst = new Map<string, { error: number; note: string }>();
  for (const values of rows) {
    const row = parseRow(columns, values);
    const name = `times ${row.calendar}: ${row.units}`;
    let [error, note] = [Number.POSITIVE_INFINITY, ''];
    try {
      error = errorOf(row);
      note = `Furthest off: the value ${row.value}.`;
    } catch (thrown) {
      note = toErrorData(thrown).message;
    }
    const before = worst.get(name);
    if (!before || error > before.error) worst.set(name, { error, note });
  }
  return [...worst].map(([name, { error, note }]) => {
    const ok = error <= tolerance;
    return { name, error, tolerance, ok, ...(ok ? {} : { note }) };
  });
}
