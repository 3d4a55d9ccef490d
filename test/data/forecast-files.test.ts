import { existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TimeLine, timeAxisOf } from '#main/data/cf/timeAxis.ts';
import { TrajectoryLine } from '#main/data/cf/trajectoryLine.ts';
import { openForecast } from '#main/data/forecastReader.ts';
import { openTruth } from '#main/data/forecastTruth.ts';
import { createForecastWriter, type ForecastLayout } from '#main/data/forecastWriter.ts';
import { hdf5Library } from '#main/data/formats/hdf5Library.ts';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { temporaryFolder, writeFieldFile, writeTrajectoryFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const sst = {
  name: 'ocean/sst',
  longName: 'Sea surface temperature',
  standardName: 'sea_surface_temperature',
  units: 'degC',
};
const line = (units = 'days since 2001-01-01', calendar = 'standard', count = 30) =>
  new TimeLine(
    timeAxisOf(
      Float64Array.from({ length: count }, (_, i) => i),
      units,
      calendar,
    ),
  );

const layout = (changes: Partial<ForecastLayout> = {}): ForecastLayout => ({
  channels: [sst],
  members: 3,
  leads: [1, 2],
  starts: [10, 20],
  timeLine: line(),
  height: 2,
  width: 4,
  space: {
    rows: { name: 'lat', attributes: { units: 'degrees_north' }, values: [20, 10] },
    columns: { name: 'lon', attributes: { units: 'degrees_east' }, values: [170, 180, 190, 200] },
  },
  truth: true,
  title: 'Forecast of °C',
  provenance: { run: 'run-1', seed: '7' },
  ...changes,
});

const value = (start: number, lead: number, member: number, cell: number) =>
  cell === 0 ? Number.NaN : start * 1000 + lead * 100 + member * 10 + cell;

async function write(path: string, plan: ForecastLayout, channels = plan.channels.length) {
  const writer = await createForecastWriter(path, plan);
  const cells = plan.height * plan.width;
  for (let start = 0; start < plan.starts.length; start++) {
    for (let lead = 0; lead < plan.leads.length; lead++) {
      const members = new Float32Array(plan.members * cells * channels);
      for (let i = 0; i < members.length; i++) {
        const place = Math.floor(i / channels);
        members[i] = value(start, lead, Math.floor(place / cells), place % cells) + (i % channels) * 0.5;
      }
      const truth = Float32Array.from({ length: cells * channels }, (_, i) =>
        value(start, lead, 9, Math.floor(i / channels)),
      );
      await writer.writeLead(start, lead, members, lead === 1 && start === 1 ? null : truth);
    }
  }
  await writer.close();
}

describe('forecast files', () => {
  it('come back as they were written, with dates and positions', async () => {
    const path = join(folder, 'two.nc');
    await write(path, layout());
    const forecast = await openForecast(path);
    expect(forecast).toMatchObject({
      variable: 'sst',
      units: 'degC',
      members: 3,
      leads: [1, 2],
      height: 2,
      width: 4,
      latitudes: [20, 10],
      longitudes: [170, 180, 190, 200],
      hasTruth: true,
      calendar: 'standard',
      starts: [
        { date: '2001-01-11T00:00:00', validDates: ['2001-01-12T00:00:00', '2001-01-13T00:00:00'] },
        { date: '2001-01-21T00:00:00', validDates: ['2001-01-22T00:00:00', '2001-01-23T00:00:00'] },
      ],
    });
    expect(forecast.attributes).toMatchObject({
      Conventions: 'CF-1.11',
      run: 'run-1',
      title: 'Forecast of °C',
    });
    const members = await forecast.read(1, 0, 'member');
    expect([...members]).toEqual(Array.from({ length: 24 }, (_, i) => value(1, 0, Math.floor(i / 8), i % 8)));
    expect([...(await forecast.read(0, 1, 'truth'))]).toEqual(
      Array.from({ length: 8 }, (_, i) => value(0, 1, 9, i)),
    );
    expect((await forecast.read(1, 1, 'truth')).every(Number.isNaN)).toBe(true);
    await expect(forecast.read(2, 0, 'member')).rejects.toThrow(/no start with index 2/);
    await forecast.close();
    const { format, variables } = await inspectFile(path, { statistics: false });
    expect(format).toBe('netcdf4');
    expect(variables.find(({ name }) => name === 'sst')!.shape).toEqual([2, 3, 2, 2, 4]);
  });

  it('of one start have no dimension for it; months, several channels and real leads are kept', async () => {
    const path = join(folder, 'one.nc');
    const plan = layout({
      channels: [sst, { ...sst, name: 'lead' }],
      starts: [29],
      leads: [0.5, 2],
      timeLine: line('months since 2000-01-01', '360_day'),
    });
    await write(path, plan);
    const first = await openForecast(path);
    expect(first.starts).toEqual([
      { date: '2002-06-01T00:00:00', validDates: ['2002-06-16T00:00:00', '2002-08-01T00:00:00'] },
    ]);
    expect(first.leads).toEqual([0.5, 2]);
    await first.close();
    const second = await openForecast(path, 'lead_field');
    expect((await second.read(0, 1, 'member'))[1]).toBe(value(0, 1, 0, 1) + 0.5);
    await second.close();
    await expect(openForecast(path, 'wind')).rejects.toThrow(/no variable "wind"/);
  });

  it('appear only when complete, and leave nothing behind when given up', async () => {
    const path = join(folder, 'later.nc');
    const writer = await createForecastWriter(path, layout());
    expect(existsSync(path)).toBe(false);
    await writer.abort();
    expect(readdirSync(folder).filter((name) => name.includes('later'))).toEqual([]);
    await expect(createForecastWriter(join(folder, 'nowhere', 'f.nc'), layout())).rejects.toThrow(
      /cannot be created/,
    );
  });

  it('take their truth from a series on the same grid or around it', async () => {
    const path = join(folder, 'scored.nc');
    await write(path, layout({ truth: false, starts: [10, 28] }));
    const forecast = await openForecast(path);
    expect(forecast.hasTruth).toBe(false);
    await expect(forecast.read(0, 0, 'truth')).rejects.toThrow(/no truth/);
    const series = (name: string, longitudes: number[], units = 'hours since 2001-01-01') =>
      writeFieldFile(folder, name, {
        times: 30,
        height: 3,
        width: longitudes.length,
        latitudes: [20, 10, 0],
        longitudes,
        timeUnits: units,
        timeValues: Array.from({ length: 30 }, (_, i) => i * 24),
        value: (t, y, x) => t * 100 + y * 10 + (((longitudes[x]! + 360) % 360) - 170) / 10,
      });
    const truth = await openTruth(series('around.nc', [-180, -170, -160, -150, 150, 160, 170]), forecast);
    expect([...(await truth.read(0, 0))!]).toEqual([1100, 1101, 1102, 1103, 1110, 1111, 1112, 1113]);
    expect(await truth.read(1, 1)).toBeNull();
    await truth.close();
    await expect(openTruth(series('small.nc', [170, 180]), forecast)).rejects.toThrow(/does not hold/);
    await forecast.close();
  });

  it('say which depth they are for, and take that of a truth with several, or of a folder of such files', async () => {
    const forecastAt = async (name: string, depth?: number) => {
      const attributes = { units: 'm', standard_name: 'depth' };
      const slices = depth === undefined ? [] : [{ name: 'depth', value: depth, attributes, channels: [0] }];
      await write(join(folder, name), layout({ starts: [10], truth: false, slices }));
      return openForecast(join(folder, name));
    };
    const years = join(folder, 'depths');
    mkdirSync(years);
    for (const [part, first] of [
      ['a', 0],
      ['b', 12],
    ] as const) {
      const writer = await Netcdf4Writer.create(join(years, `${part}.nc`));
      const count = part === 'a' ? 12 : 18;
      const times = Float64Array.from({ length: count }, (_, i) => first + i);
      writer.dimension('time', times, { units: 'days since 2001-01-01' });
      writer.dimension('depth', Float64Array.of(0.5, 10, 50), { units: 'm', positive: 'down' });
      writer.dimension('lat', Float64Array.of(20, 10), { units: 'degrees_north' });
      writer.dimension('lon', Float64Array.of(170, 180, 190, 200), { units: 'degrees_east' });
      const values = Float32Array.from(
        { length: count * 24 },
        (_, i) => (first + Math.floor(i / 24)) * 100 + (i % 24),
      );
      writer.variable('sst', values, {
        dims: ['time', 'depth', 'lat', 'lon'],
        attributes: { units: 'degC' },
      });
      await writer.close();
    }
    const deep = await forecastAt('deep.nc', 10);
    expect(deep.scalars).toContainEqual({ name: 'depth', standardName: 'depth', value: 10 });
    const truth = await openTruth(years, deep);
    // Valid on the 11th and 12th day from the first: one in each file.
    expect([...(await truth.read(0, 0))!]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((cell) => 1100 + 8 + cell));
    expect((await truth.read(0, 1))![0]).toBe(1208);
    await truth.close();
    await expect(openTruth(years, await forecastAt('deeper.nc', 500))).rejects.toThrow(
      /depth is nowhere 500/,
    );
    await expect(openTruth(years, await forecastAt('nowhere.nc'))).rejects.toThrow(
      /3 entries along depth, and the forecast does not say/,
    );
    await deep.close();
  });

  it('of trajectories say which, tell time by its clock and find their truth again', async () => {
    const path = join(folder, 'trajectories.nc');
    const clock = timeAxisOf(
      Float64Array.from({ length: 6 }, (_, i) => i * 0.5),
      's',
      '',
    );
    const timeLine = new TrajectoryLine(clock, 4);
    const name = 'runs.nc';
    const truthPath = writeTrajectoryFile(folder, name, {
      trajectories: 3,
      times: 6,
      height: 2,
      width: 4,
      variables: { sst: (k, t, y, x) => k * 1000 + t * 100 + y * 10 + x },
    });
    const space = {
      rows: { name: 'y', attributes: { units: 'm' }, values: [0, 1] },
      columns: { name: 'x', attributes: { units: 'm' }, values: [0, 1, 2, 3] },
    };
    // The second start has one truth left in its trajectory; the last one is of a trajectory that the file lacks.
    await write(path, layout({ starts: [7, 16, 18], timeLine, space, truth: false }));
    const forecast = await openForecast(path);
    expect(forecast.starts).toEqual([
      {
        date: 'trajectory 1, 0.5 s',
        validDates: ['trajectory 1, 1 s', 'trajectory 1, 1.5 s'],
        trajectory: 1,
      },
      { date: 'trajectory 2, 2 s', validDates: ['trajectory 2, 2.5 s', 'trajectory 2, 3 s'], trajectory: 2 },
      { date: 'trajectory 3, 0 s', validDates: ['trajectory 3, 0.5 s', 'trajectory 3, 1 s'], trajectory: 3 },
    ]);
    const truth = await openTruth(truthPath, forecast);
    expect([...(await truth.read(0, 1))!]).toEqual([1300, 1301, 1302, 1303, 1310, 1311, 1312, 1313]);
    expect((await truth.read(1, 0))![0]).toBe(2500);
    expect(await truth.read(1, 1)).toBeNull();
    expect(await truth.read(2, 0)).toBeNull();
    await truth.close();
    await forecast.close();
    await write(path, layout({ starts: [23], timeLine, space, truth: false }));
    const one = await openForecast(path);
    expect(one.starts.map(({ trajectory, date }) => [trajectory, date])).toEqual([
      [3, 'trajectory 3, 2.5 s'],
    ]);
    await one.close();
  });

  it('of other programs are read in their own order of dimensions', async () => {
    const { h5 } = await hdf5Library();
    const path = join(folder, 'other.nc');
    const file = new h5.File(path, 'w');
    const scale = (name: string, values: Float64Array, units?: string) => {
      const dataset = file.create_dataset({ name, data: values, shape: [values.length] });
      if (units) dataset.create_attribute('units', units);
      dataset.make_scale(name);
    };
    scale('step', Float64Array.of(1, 2), 'days');
    scale('latitude', Float64Array.of(0, 1), 'degrees_north');
    scale('longitude', Float64Array.of(5, 6, 7), 'degrees_east');
    scale('number', Float64Array.of(0, 1, 2, 3));
    const field = file.create_dataset({
      name: 't2m',
      data: Float32Array.from({ length: 48 }, (_, i) => i),
      shape: [2, 2, 3, 4],
    });
    for (const [i, name] of ['step', 'latitude', 'longitude', 'number'].entries())
      field.attach_scale(i, `/${name}`);
    file.close();
    const forecast = await openForecast(path);
    expect(forecast).toMatchObject({ variable: 't2m', members: 4, leads: [1, 2], height: 2, width: 3 });
    expect([...(await forecast.read(0, 1, 'member'))].slice(0, 8)).toEqual([24, 28, 32, 36, 40, 44, 25, 29]);
    await forecast.close();
    const plain = writeFieldFile(folder, 'plain.nc', { times: 2, height: 2, width: 2, value: () => 1 });
    await expect(openForecast(plain)).rejects.toThrow(/is not a forecast/);
  });
});
