/** The regional mean over time: of all times, or of a sample where all would be too much to read. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gridOf } from '#main/data/cf/grid.ts';
import { resolveRegion } from '#main/data/cf/region.ts';
import { SlabReader } from '#main/data/cf/slab.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { openData } from '#main/data/joined/openJoined.ts';
import { findVariable } from '#main/data/openFile.ts';
import { readRegionalMean } from '#main/data/series.ts';
import { netcdf3, temporaryFolder } from './files.ts';

const [times, cells] = [1000, 12];

function seriesFile(value: (time: number, cell: number) => number, calendar = 'standard'): string {
  const path = join(temporaryFolder(), 'series.nc');
  const values = Float32Array.from({ length: times * cells }, (_, i) =>
    value(Math.floor(i / cells), i % cells),
  );
  const count = (length: number) => Float64Array.from({ length }, (_, i) => i);
  const file = netcdf3({
    dims: { time: times, lat: 3, lon: 4 },
    variables: [
      {
        name: 'time',
        dims: ['time'],
        type: 'float64',
        values: count(times),
        attributes: { units: 'days since 2000-01-01', calendar },
      },
      {
        name: 'lat',
        dims: ['lat'],
        type: 'float64',
        values: count(3),
        attributes: { units: 'degrees_north' },
      },
      {
        name: 'lon',
        dims: ['lon'],
        type: 'float64',
        values: count(4),
        attributes: { units: 'degrees_east' },
      },
      {
        name: 'sst',
        dims: ['time', 'lat', 'lon'],
        type: 'float32',
        values,
        attributes: { _FillValue: { type: 'float32', values: [-999] } },
      },
    ],
  });
  writeFileSync(path, file);
  return path;
}

it('is read at evenly spaced times where that is asked for, with straight lines between them', async () => {
  const path = seriesFile((time) => (time < 500 ? 2 * time : 1000));
  const whole = await readRegionalMean(path, 'sst', { kind: 'whole' });
  const sample = await readRegionalMean(path, 'sst', { kind: 'whole' }, { mostBytes: 100 * cells * 4 });
  expect(sample.times).toEqual(whole.times);
  expect([sample.values[0], sample.values[times - 1]]).toEqual([0, 1000]);
  const worst = Math.max(...whole.values.map((value, i) => Math.abs(value - sample.values[i]!)));
  // Wrong only at the bend, within one of the hundred stretches.
  expect(worst).toBeLessThan(20);
  expect(sample.values[200]).toBeCloseTo(400, 2);
});

it('is read whole where it may be, and is missing where every cell is', async () => {
  const path = seriesFile((time) => (time >= 300 && time < 700 ? -999 : 5));
  const whole = await readRegionalMean(path, 'sst', { kind: 'whole' }, { mostBytes: 1e9 });
  expect([whole.values[299], whole.values[300]]).toEqual([5, Number.NaN]);
  const sample = await readRegionalMean(path, 'sst', { kind: 'whole' }, { mostBytes: 1 });
  expect([sample.values[100], sample.values[500]]).toEqual([5, Number.NaN]);
});

it('counts times whose calendar nobody knows, and says so', async () => {
  const path = seriesFile((time) => time, 'lunisolar');
  const { times: labels } = await readRegionalMean(path, 'sst', { kind: 'whole' });
  expect([labels[0], labels[999]]).toEqual(['0', '999']);
  const summary = await inspectFile(path, { statistics: false });
  const [sst] = summary.variables;
  expect(sst).toMatchObject({ name: 'sst', calendar: null, forecastable: true });
  expect(summary.warnings.join(' ')).toMatch(
    /calendar "lunisolar" is not one of the CF calendars\. Times are counted from 0 instead\. Set the time/,
  );
});

it('says of a variable that never changes why it cannot be forecast', async () => {
  const summary = await inspectFile(
    seriesFile(() => 5),
    { statistics: true },
  );
  expect(summary.variables.find(({ name }) => name === 'sst')).toMatchObject({
    forecastable: false,
    reason: 'sst is constant: every value is 5.',
  });
});

describe('a box of cells', () => {
  const box = { kind: 'cells', firstRow: 0, lastRow: 2, firstColumn: 1, lastColumn: 2 } as const;

  it('has the mean by the area of its cells, without those that are missing', async () => {
    // Latitudes are 0, 1 and 2 degrees; cell 5 is always missing, cell 9 half of the time.
    const value = (time: number, cell: number) =>
      cell === 5 || (cell === 9 && time < 500) ? -999 : cell + time / 100;
    const path = seriesFile(value);
    const found = await readRegionalMean(path, 'sst', box);
    expect([found.cells, found.observed]).toEqual([6, 5]);
    for (const time of [0, 600]) {
      const counted = [1, 2, 6, 9, 10].filter((cell) => value(time, cell) !== -999);
      const weights = counted.map((cell) => Math.cos((Math.floor(cell / 4) * Math.PI) / 180));
      const sum = counted.reduce((total, cell, i) => total + weights[i]! * value(time, cell), 0);
      expect(found.values[time]).toBeCloseTo(sum / weights.reduce((a, b) => a + b), 4);
    }
  });

  it('is read in steps and given up between them', async () => {
    const path = seriesFile((time) => time);
    const stop = new AbortController();
    stop.abort();
    await expect(readRegionalMean(path, 'sst', box, { signal: stop.signal })).rejects.toMatchObject({
      code: 'cancelled',
    });
    const file = await openData([path]);
    const grid = await gridOf(file, findVariable(file, 'sst'));
    const reader = new SlabReader(file, grid, resolveRegion(grid, box).window);
    // Few cells of a frame cost a page of the disk each time, however few they are.
    expect(reader.timesPerRead(10 * 4096)).toBe(10);
    const chunked = { ...grid, variable: { ...grid.variable, chunks: [8, 3, 4] } };
    const stored = new SlabReader(file, chunked, resolveRegion(grid, box).window);
    // Whole chunks, never a part of one that would be unpacked again.
    expect([stored.timesPerRead(100), stored.timesPerRead(4 * 12 * 20)]).toEqual([4, 16]);
    await file.close();
  });
});
