/** Many files as one series: equal to one file that holds everything, and refused in words where they do not fit. */
import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { gridOf } from '#main/data/cf/grid.ts';
import { readField } from '#main/data/field.ts';
import type { DataFile } from '#main/data/formats/dataFile.ts';
import { inspectOpen } from '#main/data/inspect.ts';
import { commonName } from '#main/data/joined/listMembers.ts';
import { openData } from '#main/data/joined/openJoined.ts';
import { findVariable } from '#main/data/openFile.ts';
import { readRegionalMean } from '#main/data/series.ts';
import { statisticsOf } from '#main/data/statistics.ts';
import { type FieldFile, netcdf3, temporaryFolder, writeFieldFile } from './files.ts';

const folder = temporaryFolder();
const opened: DataFile[] = [];
const open = async (paths: readonly string[]) => {
  const file = await openData(paths);
  opened.push(file);
  return file;
};
afterEach(async () => {
  for (const file of opened.splice(0)) await file.close();
});

const freshFolder = () => mkdtempSync(join(folder, 'series-'));
const field = (t: number, y: number, x: number) =>
  y === 0 && x === 0 ? Number.NaN : 10 + 3 * Math.sin(t / 5) + y + x / 10;
const days = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** Days `first` to `first + times − 1` since 2001-01-01 of one endless field. */
function write(into: string, name: string, first: number, times: number, changes: Partial<FieldFile> = {}) {
  return writeFieldFile(into, name, {
    times,
    height: 3,
    width: 4,
    timeValues: days(first, times),
    value: (t, y, x) => field(t + first, y, x),
    ...changes,
  });
}

async function everything(file: DataFile, name = 'sst') {
  const variable = findVariable(file, name);
  const grid = await gridOf(file, variable);
  const raw = await file.read(
    variable,
    variable.shape.map(() => 0),
    variable.shape,
  );
  return { raw, grid, variable };
}

const sentence = async (paths: readonly string[]) => {
  const thrown: unknown = await open(paths).then(
    () => null,
    (error: unknown) => error,
  );
  return thrown instanceof Error ? thrown.message : 'opened';
};

describe('files joined along time', () => {
  it('give the blocks of one file that holds everything, however it was cut and ordered', async () => {
    const whole = await open([write(freshFolder(), 'whole.nc', 0, 40)]);
    const sst = findVariable(whole, 'sst');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.integer({ min: 1, max: 39 }), { maxLength: 8 }),
        fc.array(fc.nat(1000), { minLength: 9, maxLength: 9 }),
        fc.array(fc.tuple(fc.nat(39), fc.nat(39), fc.nat(2), fc.nat(3)), { minLength: 1, maxLength: 6 }),
        async (cuts, shuffle, blocks) => {
          const into = freshFolder();
          const bounds = [0, ...cuts.sort((a, b) => a - b), 40];
          const parts = bounds
            .slice(1)
            .map((end, i) => write(into, `p${shuffle[i]}-${i}.nc`, bounds[i]!, end - bounds[i]!));
          const mixed = parts
            .map((path, i) => ({ path, key: shuffle[i]! }))
            .sort((a, b) => a.key - b.key)
            .map(({ path }) => path);
          const series = await openData(mixed);
          const variable = findVariable(series, 'sst');
          expect(variable.shape).toEqual([40, 3, 4]);
          for (const [a, b, row, column] of blocks) {
            const start = [Math.min(a, b), row, column];
            const count = [Math.abs(a - b) + 1, 3 - row, 4 - column];
            expect(await series.read(variable, start, count)).toEqual(await whole.read(sst, start, count));
          }
          expect((await gridOf(series, variable)).timeAxis).toEqual((await gridOf(whole, sst)).timeAxis);
          expect(await statisticsOf(series, variable, 0)).toEqual(await statisticsOf(whole, sst, 0));
          await series.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('say in a sentence what was joined, and keep the names of the files', async () => {
    const into = freshFolder();
    write(into, 'sst.day.mean.2001.nc', 0, 365);
    write(into, 'sst.day.mean.2002.nc', 0, 365, { timeUnits: 'days since 2002-01-01' });
    writeFileSync(join(into, 'notes.txt'), 'not data');
    mkdirSync(join(into, '.hidden'));
    const series = await open([into]);
    expect(series.joined?.words).toBe(
      '2 files joined along time: 2001-01-01 to 2002-12-31, 730 times, every 1 day.',
    );
    expect(series.joined?.files.map(({ name }) => name)).toEqual([
      'sst.day.mean.2001.nc',
      'sst.day.mean.2002.nc',
    ]);
    const summary = await inspectOpen(series, { statistics: false });
    expect(summary.variables[0]).toMatchObject({ name: 'sst', shape: [730, 3, 4], forecastable: true });
    expect(summary.joined).toMatchObject({ files: 2 });
    expect((await readField(series, 'sst', { time: 365 })).time).toBe('2002-01-01T00:00:00');
    const { values, times } = await readRegionalMean(series, 'sst', { kind: 'whole' });
    expect([values.length, times[729]]).toEqual([730, '2002-12-31T00:00:00']);
  });

  it('open a folder of one file as that file, and find files in folders of years', async () => {
    const into = freshFolder();
    mkdirSync(join(into, '2001'));
    mkdirSync(join(into, '2002'));
    const first = write(join(into, '2001'), 'a.nc', 0, 20);
    expect((await open([into])).path).toBe(first);
    write(join(into, '2002'), 'b.nc', 20, 20);
    expect(findVariable(await open([into]), 'sst').shape[0]).toBe(40);
    await expect(openData([freshFolder()])).rejects.toThrow(/folder without data files/);
  });

  it('report gaps between files with files and dates', async () => {
    const into = freshFolder();
    write(into, 'a.nc', 0, 10);
    write(into, 'b.nc', 13, 10);
    write(into, 'c.nc', 24, 10);
    const { warnings } = await open([into]);
    expect(warnings).toEqual([
      '4 times are missing between files: from 2001-01-10 to 2001-01-14 (between a.nc and b.nc) and from 2001-01-23 to 2001-01-25 (between b.nc and c.nc).',
    ]);
  });

  it('refuse overlaps with files and dates, and leave out exact copies', async () => {
    const into = freshFolder();
    const a = write(into, 'a.nc', 0, 20);
    const b = write(into, 'b.nc', 17, 20);
    expect(await sentence([b, a])).toBe(
      'The files overlap: a.nc and b.nc both hold sst at 2001-01-18 to 2001-01-20.',
    );
    const c = write(into, 'c.nc', 20, 20);
    const copy = join(into, 'a (1).nc');
    await copyFile(a, copy);
    const series = await open([a, copy, c]);
    expect(findVariable(series, 'sst').shape[0]).toBe(40);
    expect(series.warnings).toContain('Left out: a (1).nc is a copy of a.nc.');
    const other = write(into, 'other.nc', 0, 20, { value: () => 1 });
    expect(await sentence([a, other])).toContain(
      'a.nc and other.nc both hold sst at 2001-01-01 to 2001-01-20',
    );
  });

  it('refuse other grids, calendars and disorder with a sentence that names the file', async () => {
    const into = freshFolder();
    const a = write(into, 'a.nc', 0, 20);
    const b = write(into, 'b.nc', 20, 20, { latitudes: [50, 51, 52] });
    expect(await sentence([a, b])).toMatch(
      /b\.nc lies on another grid than a\.nc \(its lat begins with 50 instead of 0\)/,
    );
    const wide = write(into, 'wide.nc', 20, 20, { width: 5 });
    expect(await sentence([a, wide])).toMatch(
      /wide\.nc lies on another grid than a\.nc: lon has 5 values there and 4 here/,
    );
    const noleap = write(into, 'noleap.nc', 20, 20, { calendar: 'noleap' });
    expect(await sentence([a, noleap])).toMatch(
      /a\.nc has dates in the calendar standard, noleap\.nc has dates in the calendar noleap/,
    );
    const proleptic = write(into, 'proleptic.nc', 20, 20, { calendar: 'proleptic_gregorian' });
    expect(await sentence([a, proleptic])).toBe('opened');
    const back = write(into, 'back.nc', 20, 3, { timeValues: [22, 21, 20] });
    expect(await sentence([a, back])).toMatch(/back\.nc .* its times do not increase/);
    const weave = [
      write(into, 'even.nc', 0, 3, { timeValues: [0, 2, 4] }),
      write(into, 'odd.nc', 0, 3, { timeValues: [1, 3, 5] }),
    ];
    expect(await sentence(weave)).toMatch(/interleave|overlap/);
  });

  it('leave out what a folder should not hold, but refuse what was chosen by name', async () => {
    const into = freshFolder();
    const a = write(into, 'a.nc', 0, 20);
    write(into, 'b.nc', 20, 20);
    const torn = join(into, 'torn.nc');
    writeFileSync(torn, 'half a file');
    writeFileSync(
      join(into, 'mask.nc'),
      netcdf3({
        dims: { lat: 3, lon: 4 },
        variables: [{ name: 'mask', dims: ['lat', 'lon'], type: 'float32', values: new Float32Array(12) }],
      }),
    );
    const series = await open([into]);
    expect(findVariable(series, 'sst').shape[0]).toBe(40);
    expect(series.warnings.join(' ')).toMatch(
      /cannot be read: torn\.nc.*for want of a variable over time and space: mask\.nc/,
    );
    expect(await sentence([a, torn])).toMatch(/torn\.nc is not a data file/);
  });

  it('notice a file that changes while the series is open', async () => {
    const into = freshFolder();
    const paths = [write(into, 'a.nc', 0, 20), write(into, 'b.nc', 20, 20)];
    const series = await open(paths);
    write(into, 'b.nc', 20, 21);
    utimesSync(paths[1]!, new Date(), new Date(Date.now() + 5000));
    await expect(readField(series, 'sst', { time: 30 })).rejects.toThrow(/b\.nc has changed/);
    await expect(readField(series, 'sst', { time: 3 })).resolves.toBeDefined();
  });

  it('can be cancelled while headers are read, and tell how far they are', async () => {
    const into = freshFolder();
    for (let i = 0; i < 120; i++) write(into, `day${i}.nc`, i, 1);
    const stop = new AbortController();
    const seen: number[] = [];
    const onProgress = (share: number) => {
      seen.push(share);
      if (share > 0.3) stop.abort();
    };
    await expect(openData([into], { signal: stop.signal, onProgress })).rejects.toThrow(/cancelled/);
    expect(seen.at(-1)).toBeLessThan(0.5);
    expect(findVariable(await open([into]), 'sst').shape[0]).toBe(120);
  });
});

describe('boxes', () => {
  const box = (into: string, number: number) =>
    write(into, `sst.day.mean.box${number}.nc`, 0, 30, {
      latitudes: days(number, 3),
      value: (t, y, x) => number * 100 + t + y / 10 + x / 100,
    });

  it('of the same times lie side by side, as trajectories do', async () => {
    const into = freshFolder();
    for (const number of [108, 84, 85]) box(into, number);
    const series = await open([into]);
    const { grid, variable } = await everything(series);
    expect(variable.dims.map(({ name, size }) => `${name} ${size}`)).toEqual([
      'box 3',
      'time 30',
      'lat 3',
      'lon 4',
    ]);
    expect(grid.trajectory).toBe(0);
    expect(grid.latitudes).toBeNull();
    expect(series.joined?.words).toBe(
      '3 files as 3 boxes side by side, each with the same times: 2001-01-01 to 2001-01-30, 30 times, every 1 day.',
    );
    expect([...(await series.read(findVariable(series, 'box'), [0], [3]))]).toEqual([84, 85, 108]);
    const { data } = await readField(series, 'sst', { time: 7, slices: { box: 2 } });
    expect(data[5]).toBeCloseTo(10_807.11, 1);
  });
});

describe('the name of a series', () => {
  it('is what its files have in common', () => {
    expect(commonName(['/a/sst.2001.nc', '/a/sst.2002.nc', '/a/sst.2010.nc'])).toBe('sst.20*.nc');
    expect(commonName(['/a/x.nc', '/b/y.nc'])).toBe('x.nc and 1 more');
    expect(commonName(['/a/aa.nc', '/a/aaa.nc'])).toBe('aa*.nc');
  });
});
