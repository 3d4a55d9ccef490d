/** Files that we write keep the CF conventions; what a full checker says of them is looked at by hand. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TimeLine, timeAxisOf } from '#main/data/cf/timeAxis.ts';
import { TrajectoryLine } from '#main/data/cf/trajectoryLine.ts';
import { openForecast } from '#main/data/forecastReader.ts';
import { createForecastWriter, type ForecastLayout } from '#main/data/forecastWriter.ts';
import { attributeText } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { createSimulationWriter } from '#main/data/simulationWriter.ts';
import { exportZarr } from '#main/data/zarr/export.ts';
import { findSimulator } from '#main/engine/simulators/registry.ts';
import { completeSettings, simulatorNamed } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { temporaryFolder } from './files.ts';
import { brokenRules } from './fixtures/cf-rules.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const axis = (units: string, calendar = '') =>
  timeAxisOf(
    Float64Array.from({ length: 12 }, (_, i) => i),
    units,
    calendar,
  );
const channel = {
  name: 'ocean/thetao',
  longName: '',
  standardName: 'sea_water_potential_temperature',
  units: 'degC',
};
const depth = {
  name: 'depth',
  value: 10.5,
  attributes: { standard_name: 'depth', units: 'm', positive: 'down', axis: 'Z' },
  channels: [0],
};
const dated: ForecastLayout = {
  channels: [channel, { name: 'u', longName: 'velocity', standardName: '', units: 'm s-1' }],
  members: 2,
  leads: [1, 2.5],
  starts: [3, 5],
  timeLine: new TimeLine(axis('days since 2001-01-01', 'standard')),
  height: 2,
  width: 2,
  space: {
    rows: { name: 'j', attributes: {}, values: null },
    columns: {
      name: 'lon',
      attributes: { units: 'degrees_east', axis: 'X', standard_name: 'longitude' },
      values: [0, 1],
    },
  },
  slices: [
    depth,
    { name: 'member', value: 3, attributes: { standard_name: 'realization', units: '1' }, channels: [0, 1] },
  ],
  truth: true,
  title: 'Forecast',
  provenance: {},
};

const forecasts: Record<string, ForecastLayout> = {
  'of dates, at a depth': dated,
  'of months': { ...dated, timeLine: new TimeLine(axis('months since 2001-01-01', '360_day')) },
  'from one start, without a slice': { ...dated, starts: [4], slices: [] },
  'of a curvilinear grid': {
    ...dated,
    space: {
      rows: { name: 'j', attributes: {}, values: null },
      columns: { name: 'i', attributes: {}, values: null },
    },
    positions: { latitude: Float32Array.of(1, 2, 3, 4), longitude: Float32Array.of(5, 6, 7, 8) },
  },
  'of trajectories in seconds': { ...dated, timeLine: new TrajectoryLine(axis('s'), 3) },
  'of steps without units': { ...dated, timeLine: new TimeLine(axis('')) },
};

async function write(name: string, layout: ForecastLayout): Promise<string> {
  const path = join(folder, `${name}.nc`);
  const writer = await createForecastWriter(path, layout);
  const size = layout.height * layout.width * layout.channels.length;
  for (let start = 0; start < layout.starts.length; start++)
    for (let lead = 0; lead < layout.leads.length; lead++)
      await writer.writeLead(
        start,
        lead,
        new Float32Array(size * layout.members).fill(1),
        new Float32Array(size),
      );
  await writer.close();
  return path;
}

async function expectConformity(path: string): Promise<void> {
  const file = await openDataFile(path);
  try {
    expect(await brokenRules(file)).toEqual([]);
  } finally {
    await file.close();
  }
}

describe('forecasts keep the CF conventions', () => {
  for (const [name, layout] of Object.entries(forecasts))
    it(name, async () => {
      const path = await write(name, layout);
      await expectConformity(path);
      const reader = await openForecast(path);
      // Times without dates have no standard name, and are found all the same.
      expect(reader.starts.map(({ date }) => date !== '')).toEqual(layout.starts.map(() => true));
      expect(reader.validTimes?.[0]).toHaveLength(2);
      await reader.close();
    });

  it('as Zarr too', async () => {
    const store = join(folder, 'forecast.zarr');
    await exportZarr(await write('for-zarr', dated), store);
    await expectConformity(store);
  });

  it('and tell which level and member they are of', async () => {
    const file = await openDataFile(await write('level', dated));
    const named = (path: string) => file.variables.find((variable) => variable.path === path)!;
    expect([...(await file.read(named('depth'), [], []))]).toEqual([10.5]);
    expect(attributeText(named('depth').attributes, 'standard_name')).toBe('depth');
    expect([...(await file.read(named('source_member'), [], []))]).toEqual([3]);
    expect(attributeText(named('thetao').attributes, 'coordinates')).toBe(
      'initial_time valid_time lead_time depth source_member',
    );
    expect(attributeText(named('u_truth').attributes, 'coordinates')).toBe(
      'initial_time valid_time lead_time source_member',
    );
    await file.close();
  });
});

describe('simulations keep the CF conventions', () => {
  const cases: [string, Record<string, unknown>][] = [
    ['spring-mesh', { frames: 3 }],
    ['spring-mesh-3d', { frames: 3, shape: 'lattice' }],
    ['spring-mesh-3d', { frames: 3, shape: 'cloth' }],
    ['navier-stokes', { frames: 3 }],
    ['surface-ocean', { days: 30 }],
  ];
  for (const [i, [name, settings]] of cases.entries())
    it(`${name} ${JSON.stringify(settings)}`, async () => {
      const whole = completeSettings(simulatorNamed(simulatorEntries, name), settings);
      const layout = findSimulator(name).layout(whole as never);
      const path = join(folder, `${i}.nc`);
      const writer = await createSimulationWriter(path, {
        ...layout,
        trajectories: i === 4 ? null : 2,
        rounding: { significantBits: 8, version: '1' },
        attributes: { ...layout.attributes, source: 'simulator', history: 'today' },
      });
      await writer.close();
      await expectConformity(path);
    });
});
