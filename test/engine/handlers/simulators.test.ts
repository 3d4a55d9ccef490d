/** Every registered simulator, as small as it gets: its file opens, is what it says, and can be prepared. */
import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { findVariable } from '#main/data/openFile.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { simulateWith } from '#main/engine/handlers/simulation.ts';
import type { FromThread, SimulationThread } from '#main/engine/handlers/simulation-messages.ts';
import { serveSimulations } from '#main/engine/handlers/simulation-thread.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { describeSimulator, simulationRequestSchema, simulatorNamed } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

/** Serves in this very thread: fine for simulators that are done in no time. */
function threadHere(): SimulationThread {
  const { port1, port2 } = new MessageChannel();
  serveSimulations(port2);
  return {
    post: (message) => port1.postMessage(message),
    onMessage: (listener) => void port1.on('message', (message: FromThread) => listener(message)),
    onBreakdown: () => undefined,
    end: async () => port1.close(),
  };
}

async function simulate(
  path: string,
  simulator: string,
  settings: Record<string, unknown>,
  trajectories: number,
  seed = 4,
) {
  const request = simulationRequestSchema.parse({ simulator, settings, trajectories, seed });
  return simulateWith({ threads: 2, startThread: threadHere })(
    { request, path, format: 'netcdf', version: '1' },
    {
      signal: new AbortController().signal,
      emit: () => undefined,
      control: { action: null, onAction: () => undefined },
    },
  );
}

interface Small {
  simulator: string;
  settings: Record<string, unknown>;
  trajectories: number;
  /** First what the paper forecasts, in its order. */
  variables: string[];
  masks: string[];
  shape: number[];
}

const mesh = { frames: 12, columns: 4, rows: 3, interval: 0.05 };
const smallest: [string, Small][] = [
  [
    'spring-mesh',
    {
      simulator: 'spring-mesh',
      settings: mesh,
      trajectories: 3,
      variables: ['px', 'py', 'qx', 'qy'],
      masks: ['fixed_mask'],
      shape: [3, 12, 3, 4],
    },
  ],
  [
    'a cloth',
    {
      simulator: 'spring-mesh-3d',
      settings: { ...mesh, gravity: 0.05 },
      trajectories: 3,
      variables: ['px', 'py', 'pz', 'qx', 'qy', 'qz'],
      masks: ['fixed_mask'],
      shape: [3, 12, 3, 4],
    },
  ],
  [
    'navier-stokes',
    {
      simulator: 'navier-stokes',
      settings: { frames: 12, interval: 0.01, refinement: 1, obstacles: 1 },
      trajectories: 3,
      variables: ['vx', 'vy', 'p'],
      masks: ['fixed_mask', 'obstacle_mask'],
      shape: [3, 12, 42, 221],
    },
  ],
  [
    'surface-ocean',
    {
      simulator: 'surface-ocean',
      settings: { rows: 16, columns: 20, days: 60, spinUpDays: 3, coast: 'west' },
      trajectories: 1,
      variables: ['sst'],
      masks: [],
      shape: [60, 16, 20],
    },
  ],
];

describe('every registered simulator', () => {
  it('is tried here, and says of each setting what it is', () => {
    expect(new Set(smallest.map(([, { simulator }]) => simulator))).toEqual(
      new Set(simulatorEntries.map((entry) => entry.name)),
    );
    for (const { steps, parameters } of simulatorEntries.map(describeSimulator)) {
      expect(parameters.map((parameter) => parameter.key)).toContain(steps);
      for (const parameter of parameters) {
        expect(parameter.description).not.toBe('');
        expect(parameter.title).not.toBe(parameter.key);
        if (parameter.min === null || parameter.max === null) continue;
        expect(parameter.default).toBeGreaterThanOrEqual(parameter.min);
        expect(parameter.default).toBeLessThanOrEqual(parameter.max);
      }
    }
  });

  it.each(smallest)('%s makes a file that opens and can be prepared', async (_, small) => {
    const folder = await temporaryFolder();
    const path = join(folder, 'small.nc');
    const { simulator, settings, trajectories, variables, masks, shape } = small;
    const { steps } = await simulate(path, simulator, settings, trajectories);
    expect(steps).toBe(shape.at(-3));
    const { system } = simulatorNamed(simulatorEntries, simulator);
    const summary = await inspectFile(path, { statistics: true });
    expect(summary.attributes).toMatchObject({ Conventions: 'CF-1.11', driftcast_system: system });
    expect(summary.warnings).toEqual([]);
    const forecastable = summary.variables.filter((variable) => variable.forecastable);
    expect(forecastable.map((variable) => variable.name)).toEqual(variables);
    for (const variable of forecastable) expect(variable).toMatchObject({ shape });

    await mkdir(join(folder, 'dataset'));
    const prepared = await prepareDataset({
      files: [path],
      folder: join(folder, 'dataset'),
      settings: prepareSettingsSchema.parse({
        variables,
        horizon: 3,
        normalisation: 'per-channel',
        ...(trajectories > 1 ? { split: { kind: 'trajectories', train: 1, validation: 1, test: 1 } } : {}),
      }),
    });
    expect(prepared.system).toBe(system);
    expect(prepared.summary.channels.map((channel) => channel.name)).toEqual(variables);
    expect(prepared.summary.masks ?? []).toEqual(masks);
    expect(prepared.summary.times).toBe(steps * trajectories);
    expect(prepared.summary.splits.test.examples).toBeGreaterThan(0);
  });

  it('draws every trajectory and every seed anew, and a lattice has layers', async () => {
    const folder = await temporaryFolder();
    const starts: string[] = [];
    for (const seed of [4, 5]) {
      const path = join(folder, `${seed}.nc`);
      await simulate(path, 'spring-mesh', mesh, 2, seed);
      const file = await openDataFile(path);
      for (const trajectory of [0, 1])
        starts.push(String(await file.read(findVariable(file, 'qx'), [trajectory, 0, 0, 0], [1, 1, 3, 4])));
      await file.close();
    }
    expect(new Set(starts).size).toBe(4);
    await simulate(join(folder, 'b.nc'), 'spring-mesh-3d', { ...mesh, shape: 'lattice', layers: 2 }, 1);
    const summary = await inspectFile(join(folder, 'b.nc'), { statistics: false });
    const qz = summary.variables.find((variable) => variable.name === 'qz');
    expect(qz?.dims).toEqual(['trajectory', 'time', 'z', 'y', 'x']);
  });

  it('opens in xarray with its coordinates', async ({ skip }) => {
    const python = process.env.DRIFTCAST_TEST_PYTHON ?? 'python3';
    const folder = await temporaryFolder();
    const program = `
import xarray, json, sys
mesh, ocean = (xarray.open_dataset(path) for path in sys.argv[1:])
print(json.dumps({"dims": dict(mesh.sizes), "coords": sorted(mesh.coords), "mask": list(mesh.fixed_mask.dims),
  "time": float(mesh.time[1]), "valid": str(ocean.time.dtype), "units": ocean.sst.attrs["units"]}))`;
    const [meshFile, oceanFile] = [join(folder, 'mesh.nc'), join(folder, 'ocean.nc')];
    await simulate(meshFile, 'spring-mesh', mesh, 2);
    await simulate(oceanFile, 'surface-ocean', { rows: 16, columns: 16, days: 5, spinUpDays: 1 }, 1);
    let text: string;
    try {
      text = (await promisify(execFile)(python, ['-c', program, meshFile, oceanFile])).stdout;
    } catch (thrown) {
      const missing = /No module named|ENOENT|did not find a match/.test(String(thrown));
      if (missing) skip('SKIPPED: no Python with xarray and netCDF4 here (set DRIFTCAST_TEST_PYTHON).');
      throw thrown;
    }
    const seen = JSON.parse(text);
    expect(seen.dims).toMatchObject({ trajectory: 2, time: 12, y: 3, x: 4 });
    expect(seen.coords).toEqual(expect.arrayContaining(['time', 'trajectory', 'x', 'y']));
    expect(seen.mask).toEqual(['trajectory', 'y', 'x']);
    expect(seen.time).toBeCloseTo(0.05);
    expect(seen.valid).toContain('datetime64');
    expect(seen.units).toBe('degC');
  });
});
