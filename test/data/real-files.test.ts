import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { readCellSeries, readRegionalMean } from '#main/data/series.ts';
import { DriftcastError } from '#shared/errors.ts';
import { sharedFolder } from '../shared-folder.ts';

const shared = sharedFolder();
const at = (...parts: string[]) => join(shared ?? '', 'data', ...parts);

describe.skipIf(shared === null)('real files', () => {
  it('all open, or are refused with a sentence', async () => {
    const names = readdirSync(at()).filter((name) => /\.(nc|h5)$/.test(name));
    expect(names.length).toBeGreaterThan(8);
    for (const name of names) {
      const summary = await inspectFile(at(name), { statistics: true });
      expect(summary.variables.length).toBeGreaterThan(0);
      for (const variable of summary.variables) {
        expect(variable.forecastable).toBe(variable.reason === undefined);
      }
    }
  });

  it('that are malformed are refused quickly and without much memory', async () => {
    for (const name of readdirSync(at('bad'))) {
      const before = process.memoryUsage().rss;
      try {
        const { variables } = await inspectFile(at('bad', name), { statistics: true });
        expect(variables.every((variable) => !variable.forecastable)).toBe(true);
      } catch (error) {
        expect(error).toBeInstanceOf(DriftcastError);
        expect((error as DriftcastError).message).toContain(name);
      }
      expect(process.memoryUsage().rss - before).toBeLessThan(200 * 2 ** 20);
    }
  });

  it('are described as what they are', async () => {
    const first = async (name: string) =>
      (await inspectFile(at(name), { statistics: 'forecastable' })).variables[0]!;
    expect(await first('ersst_v5_sst.mnmean.nc')).toMatchObject({
      name: 'sst',
      shape: [128, 89, 180],
      calendar: 'proleptic_gregorian',
      times: { first: '2010-01-01T00:00:00', last: '2020-08-01T00:00:00', count: 128, step: '1 month' },
      alwaysMissingCells: 5032,
      forecastable: true,
    });
    expect(await first('tos_ipsl_360day_2001-2002.nc')).toMatchObject({
      calendar: '360_day',
      times: { first: '2001-01-16T00:00:00', step: '1 month', regular: true },
    });
    expect(await first('ostia_monthly_tropics.nc')).toMatchObject({
      name: 'surface_temperature',
      units: 'K',
      times: { first: '2006-04-16T00:00:00', step: '1 month' },
    });
    const cesm = await first('tos_cesm2_curvilinear_200001.nc');
    expect(cesm).toMatchObject({ name: 'tos', calendar: 'noleap', forecastable: false });
    expect(cesm.reason).toContain('only 1 time');
    expect(cesm.axes.map((axis) => axis.role)).toEqual(['time', 'y', 'x']);
    expect((await first('packed_descending_cdf2.nc')).times?.step).toBe('1 hour');
  });

  it('give maps and series that agree with each other', async () => {
    const path = at('ersst_v5_sst.mnmean.nc');
    const field = await readField(path, 'sst', { time: 5 });
    expect(field).toMatchObject({ height: 89, width: 180, units: 'degC', time: '2010-06-01T00:00:00' });
    const series = await readCellSeries(path, 'sst', 40, 90);
    expect(series.values[5]).toBe(field.data[40 * 180 + 90]);
    const box = { kind: 'cells', firstRow: 40, lastRow: 40, firstColumn: 90, lastColumn: 91 } as const;
    const mean = await readRegionalMean(path, 'sst', box);
    expect(mean.values[5]).toBeCloseTo((field.data[40 * 180 + 90]! + field.data[40 * 180 + 91]!) / 2, 4);
    const curvilinear = await readField(at('tos_cesm2_curvilinear_200001.nc'), 'tos');
    expect(curvilinear.cellLatitudes?.length).toBe(384 * 320);
    expect(curvilinear.latitudes).toBeNull();
    await expect(readField(path, 'sst', { time: 128 })).rejects.toThrow(/no time with index 128/);
    await expect(readField(path, 'temperature')).rejects.toThrow(/no variable "temperature"/);
  });
});
