/** Files of one series that pack a quantity differently, state it in other units, or do not have it at all. */
import { mkdtempSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import type { DataFile } from '#main/data/formats/dataFile.ts';
import { inspectOpen } from '#main/data/inspect.ts';
import { openData } from '#main/data/joined/openJoined.ts';
import { findVariable } from '#main/data/openFile.ts';
import { netcdf3, temporaryFolder } from './files.ts';

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
const days = (first: number, count: number) => Array.from({ length: count }, (_, i) => first + i);

/** One variable as int16, packed as told. */
function packed(
  into: string,
  name: string,
  first: number,
  scale: number,
  offset: number,
  units: string,
  extra: string[] = [],
) {
  const values = (times: number) =>
    days(first, times).flatMap((t) =>
      Array.from({ length: 6 }, (_, i) =>
        Math.round((280 + t + i - (units === 'K' ? 0 : 273.15) - offset) / scale),
      ),
    );
  const numbers = (of: number) => ({ type: 'float64' as const, values: [of] });
  const path = join(into, name);
  writeFileSync(
    path,
    netcdf3({
      dims: { time: 4, lat: 2, lon: 3 },
      variables: [
        {
          name: 'time',
          dims: ['time'],
          type: 'int32',
          values: days(first, 4),
          attributes: { units: 'days since 2001-01-01' },
        },
        {
          name: 'lat',
          dims: ['lat'],
          type: 'float32',
          values: [0, 1],
          attributes: { units: 'degrees_north' },
        },
        {
          name: 'lon',
          dims: ['lon'],
          type: 'float32',
          values: [0, 1, 2],
          attributes: { units: 'degrees_east' },
        },
        ...['sst', ...extra].map((of) => ({
          name: of,
          dims: ['time', 'lat', 'lon'],
          type: 'int16' as const,
          values: values(4),
          attributes: { units, scale_factor: numbers(scale), add_offset: numbers(offset) },
        })),
      ],
    }),
  );
  return path;
}

describe('files that state a quantity differently', () => {
  it('are decoded one by one, in the units of the first', async () => {
    const into = freshFolder();
    const paths = [
      packed(into, 'a.nc', 0, 0.01, 270, 'K'),
      packed(into, 'b.nc', 4, 0.02, 5, 'degC'),
      packed(into, 'c.nc', 8, 0.005, 280, 'K'),
    ];
    const series = await open(paths);
    const { data, units } = await readField(series, 'sst', { time: 5 });
    expect(units).toBe('K');
    expect(data[0]).toBeCloseTo(285, 1);
    expect((await readField(series, 'sst', { time: 9 })).data[2]).toBeCloseTo(291, 1);
    expect(series.warnings).toContain('sst is in degC in b.nc and in K elsewhere; all of it is shown in K.');
    expect(findVariable(series, 'sst').type).toBe('float32');
  });

  it('keep values as stored where packing is the same', async () => {
    const into = freshFolder();
    const series = await open([
      packed(into, 'a.nc', 0, 0.01, 270, 'K'),
      packed(into, 'b.nc', 4, 0.01, 270, 'K'),
    ]);
    expect(findVariable(series, 'sst').type).toBe('int16');
    expect((await readField(series, 'sst', { time: 5 })).data[1]).toBeCloseTo(286, 2);
  });

  it('count a variable as missing where files do not have it, and say which', async () => {
    const into = freshFolder();
    const series = await open([
      packed(into, 'a.nc', 0, 0.01, 270, 'K', ['ice']),
      packed(into, 'b.nc', 4, 0.01, 270, 'K'),
    ]);
    expect((await readField(series, 'ice', { time: 1 })).data[0]).toBeCloseTo(281, 2);
    expect((await readField(series, 'ice', { time: 5 })).data.every(Number.isNaN)).toBe(true);
    expect(series.warnings).toContain(
      'ice is missing in 1 file of 2 (b.nc); there its values count as missing.',
    );
  });

  it('are not mixed where units measure something else', async () => {
    const into = freshFolder();
    const series = await open([
      packed(into, 'a.nc', 0, 0.01, 270, 'K'),
      packed(into, 'b.nc', 4, 0.01, 270, 'm'),
    ]);
    const { variables } = await inspectOpen(series, { statistics: false });
    expect(variables.find(({ name }) => name === 'sst')).toMatchObject({
      forecastable: false,
      reason: 'sst is in m in b.nc and in K in a.nc, so it cannot be joined.',
    });
  });

  it('may hold one variable each over the same times', async () => {
    const into = freshFolder();
    const one = packed(into, 'a.nc', 0, 0.01, 270, 'K', ['ice']);
    const values = netcdf3({
      dims: { time: 4, lat: 2, lon: 3 },
      variables: [
        {
          name: 'time',
          dims: ['time'],
          type: 'int32',
          values: days(0, 4),
          attributes: { units: 'days since 2001-01-01' },
        },
        {
          name: 'lat',
          dims: ['lat'],
          type: 'float32',
          values: [0, 1],
          attributes: { units: 'degrees_north' },
        },
        {
          name: 'lon',
          dims: ['lon'],
          type: 'float32',
          values: [0, 1, 2],
          attributes: { units: 'degrees_east' },
        },
        { name: 'ssh', dims: ['time', 'lat', 'lon'], type: 'float32', values: days(0, 24) },
      ],
    });
    writeFileSync(join(into, 'ssh.nc'), values);
    const series = await open([one, join(into, 'ssh.nc')]);
    expect((await readField(series, 'ssh', { time: 3 })).data[5]).toBe(23);
    expect((await readField(series, 'sst', { time: 3 })).data[0]).toBeCloseTo(283, 2);
  });
});
