/** The regional mean over time: of all times, or of a sample where all would be too much to read. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { inspectFile } from '#main/data/inspect.ts';
import { readRegionalMean } from '#main/data/series.ts';
import { netcdf3, temporaryFolder } from './files.ts';

const [times, cells] = [1000, 12];

function seriesFile(value: (time: number) => number, calendar = 'standard'): string {
  const path = join(temporaryFolder(), 'series.nc');
  const values = Float32Array.from({ length: times * cells }, (_, i) => value(Math.floor(i / cells)));
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
