/**
 * Compares what our readers make of data files with what other software made of them: shapes, times, values,
 * missing cells and coordinates; and sees bad files refused, or opened and refused later, as they must be.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { decoderOf } from '#main/data/cf/decode.ts';
import { type Grid, gridOf } from '#main/data/cf/grid.ts';
import { labelOf } from '#main/data/cf/timeAxis.ts';
import { type DataFile, type DataVariable, hasDefaultFill } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { findVariable } from '#main/data/openFile.ts';
import { previewPreparation } from '#main/data/prepare.ts';
import { type Statistics, statisticsOf } from '#main/data/statistics.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { toErrorData } from '#shared/errors.ts';
import { calendarFromName } from '#shared/time/calendars.ts';
import type { CaseReport } from './case.ts';

const pairSchema = z.tuple([z.number(), z.number()]).nullable();

const fileCaseSchema = z.object({
  file: z.string(),
  variable: z.string(),
  units: z.string(),
  shape: z.array(z.number()),
  calendar: z.string().nullable(),
  times: z.record(z.string(), z.string()),
  points: z.array(z.object({ index: z.array(z.number()), value: z.number().nullable() })),
  missing_fraction: z.number(),
  always_missing_cells: z.number(),
  mean: z.number(),
  min: z.number(),
  max: z.number(),
  lat_first_last: pairSchema,
  lon_first_last: pairSchema,
});

const expectSchema = z.object({
  files: z.record(z.string(), fileCaseSchema),
  bad: z.record(z.string(), z.string()).default({}),
});

type FileCase = z.infer<typeof fileCaseSchema>;

/** Relative: a few roundings of float32, in which other software may have computed. */
const tolerance = 5e-7;

/** Keeps the worst deviation and what it was about. */
class Worst {
  error = 0;
  what = '';

  add(what: string, error: number): void {
    const known = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    if (known > this.error) Object.assign(this, { error: known, what });
  }

  same(what: string, got: unknown, want: unknown): void {
    if (JSON.stringify(got) !== JSON.stringify(want)) {
      this.add(
        `${what} is ${JSON.stringify(got)} instead of ${JSON.stringify(want)}`,
        Number.POSITIVE_INFINITY,
      );
    }
  }

  number(what: string, got: number | null | undefined, want: number | null): void {
    if (want === null || got === null || got === undefined) {
      const [a, b] = [got ?? null, want];
      this.same(what, Number.isNaN(a) ? null : a, b);
      return;
    }
    this.add(`${what} is ${got} instead of ${want}`, Math.abs(got - want) / Math.max(1, Math.abs(want)));
  }
}

function checkAxes(worst: Worst, grid: Grid, expected: FileCase): void {
  const axis = grid.timeAxis;
  const wanted = expected.calendar === null ? null : calendarFromName(expected.calendar);
  worst.same('the calendar', axis?.calendar ?? null, wanted);
  for (const [index, text] of Object.entries(expected.times)) {
    worst.same(`time ${index}`, axis ? labelOf(axis, axis.values[Number(index)]!) : null, text);
  }
  const ends = (values: Float64Array | null) => values && [values[0]!, values[values.length - 1]!];
  const pairs = [
    ['latitude', ends(grid.latitudes), expected.lat_first_last],
    ['longitude', ends(grid.longitudes), expected.lon_first_last],
  ] as const;
  for (const [name, got, want] of pairs) {
    worst.same(`having a ${name}`, got !== null, want !== null);
    for (const i of [0, 1])
      if (got && want) worst.number(`${i === 0 ? 'first' : 'last'} ${name}`, got[i], want[i]!);
  }
}

function checkStatistics(worst: Worst, found: Statistics, expected: FileCase): void {
  worst.number('the missing share', found.missingFraction, expected.missing_fraction);
  worst.same('the number of always missing cells', found.alwaysMissingCells, expected.always_missing_cells);
  worst.number('the mean', found.mean, expected.mean);
  worst.number('the minimum', found.min, expected.min);
  worst.number('the maximum', found.max, expected.max);
}

async function checkPoints(worst: Worst, file: DataFile, variable: DataVariable, expected: FileCase) {
  const decoder = decoderOf(variable, hasDefaultFill(file));
  for (const { index, value } of expected.points) {
    const raw = await file.read(
      variable,
      index,
      index.map(() => 1),
    );
    const [got] = decoder.decode(raw, new Float64Array(1));
    worst.number(`the value at [${index.join(', ')}]`, got, value);
  }
}

async function runOne(folder: string, name: string, expected: FileCase): Promise<CaseReport> {
  const worst = new Worst();
  try {
    const file = await openDataFile(join(folder, expected.file));
    try {
      const variable = findVariable(file, expected.variable);
      const grid = await gridOf(file, variable);
      worst.same('the shape', variable.shape, expected.shape);
      const units = variable.attributes.get('units')?.value ?? '';
      worst.same('the units', units, expected.units);
      checkAxes(worst, grid, expected);
      await checkPoints(worst, file, variable, expected);
      checkStatistics(worst, await statisticsOf(file, variable, grid.time), expected);
    } finally {
      await file.close();
    }
  } catch (thrown) {
    const note = toErrorData(thrown).message;
    return { name, error: null, tolerance, ok: false, note };
  }
  const ok = worst.error <= tolerance;
  return { name, error: worst.error, tolerance, ok, ...(ok ? {} : { note: `Furthest off: ${worst.what}.` }) };
}

/** The message of the error that some work ends in; null where it succeeds. */
async function failure(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (thrown) {
    const { code, message } = toErrorData(thrown);
    // An error of unknown kind is a crash, not a refusal.
    return code === 'internal' ? null : message;
  }
}

async function firstVariable(path: string): Promise<string | null> {
  const summary = await inspectFile(path, { statistics: false });
  return summary.variables.find((variable) => variable.dims.length > 1)?.name ?? null;
}

/** What a bad file must do, told apart by the words of its description. */
async function behaves(path: string, must: string): Promise<{ ok: boolean; note: string }> {
  const opening = await failure(() => inspectFile(path, { statistics: false }));
  if (!/^opens/i.test(must)) {
    return { ok: opening !== null, note: opening ?? 'The file was not refused.' };
  }
  if (opening !== null) return { ok: false, note: opening };
  if (/no variable can be forecast/i.test(must)) {
    const { variables } = await inspectFile(path, { statistics: false });
    const reasons = variables.map((variable) => variable.reason ?? '');
    const ok =
      variables.every((variable) => !variable.forecastable) && reasons.every((reason) => reason !== '');
    return { ok, note: reasons.join(' ') };
  }
  const variable = await firstVariable(path);
  if (variable === null) return { ok: false, note: 'The file holds no field.' };
  if (/prepar/i.test(must)) {
    const settings = prepareSettingsSchema.parse({ variables: [variable], horizon: 2 });
    const message = await failure(() => previewPreparation([path], settings));
    return {
      ok: message !== null && /irregular/i.test(message),
      note: message ?? 'Preparing was not refused.',
    };
  }
  const message = await failure(() => inspectFile(path, { statistics: true }));
  const ok = message?.includes(variable) === true && /\d/.test(message);
  return { ok, note: message ?? 'Reading was not refused.' };
}

/** One line a file of `expect.json` in a folder; errors of numbers are relative. */
export async function runFileCases(folder: string): Promise<CaseReport[]> {
  const { files, bad } = expectSchema.parse(JSON.parse(await readFile(join(folder, 'expect.json'), 'utf8')));
  const reports: CaseReport[] = [];
  for (const [name, expected] of Object.entries(files)) {
    reports.push(await runOne(folder, `file ${name}`, expected));
  }
  for (const [name, must] of Object.entries(bad)) {
    const { ok, note } = await behaves(join(folder, name), must);
    reports.push({ name: `bad file ${name}`, error: ok ? 0 : null, tolerance: null, ok, note });
  }
  return reports;
}
