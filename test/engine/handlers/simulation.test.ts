/** Simulations from request to file, with real threads and a simulator that does as it is told. */
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { attributeText, type DataFile } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { findVariable } from '#main/data/openFile.ts';
import { simulateWith } from '#main/engine/handlers/simulation.ts';
import type { SimulationThread } from '#main/engine/handlers/simulation-messages.ts';
import { simulationThreads, startSimulationWorker } from '#main/engine/handlers/simulation-workers.ts';
import type { SimulateInput, SimulationCalls } from '#main/engine/protocol.ts';
import { type SimulationPreview, simulationRequestSchema } from '#shared/domain/simulation.ts';
import { bundle } from '../../bundle.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { type ToySettings, toyEntry, toySimulator } from './fixtures/toy-simulator.ts';

let program: string;
const started: SimulationThread[] = [];

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'driftcast-threads-'));
  const path = await bundle(join(import.meta.dirname, 'fixtures', 'toy-thread.ts'), folder);
  program = pathToFileURL(path).href;
  return () => rm(folder, { recursive: true, force: true });
});

afterEach(() => {
  vi.useRealTimers();
  started.length = 0;
});

interface Choices {
  trajectories?: number;
  seed?: number;
  threads?: number;
  format?: SimulateInput['format'];
  signal?: AbortSignal;
  onEvent?: (event: SimulationCalls['simulate']['event']) => void;
  splits?: { train: number; validation: number; test: number };
  significantBits?: number;
}

function simulate(path: string, settings: Partial<ToySettings>, choices: Choices = {}) {
  const { trajectories = 3, seed = 1, threads = 2, format = 'netcdf', splits = null } = choices;
  const { significantBits = null } = choices;
  const handler = simulateWith({
    threads,
    simulators: [toySimulator as never],
    entries: [toyEntry],
    startThread: () => {
      const thread = startSimulationWorker(program);
      started.push(thread);
      return thread;
    },
  });
  const request = simulationRequestSchema.parse({
    simulator: 'toy',
    settings,
    trajectories,
    seed,
    splits,
    significantBits,
  });
  return handler(
    { request, path, format, version: '1.2.3' },
    {
      ...calm(),
      ...(choices.signal ? { signal: choices.signal } : {}),
      emit: choices.onEvent ?? (() => undefined),
    },
  );
}

/** The context of a call that nobody watches. */
const calm = () => ({
  signal: new AbortController().signal,
  emit: () => undefined,
  control: { action: null, onAction: () => undefined },
});

async function using<Result>(path: string, use: (file: DataFile) => Promise<Result>): Promise<Result> {
  const file = await openDataFile(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

describe('the file of a simulation', () => {
  it('holds every trajectory in its place, with coordinates, masks, tables and where it comes from', async () => {
    const path = join(await temporaryFolder(), 'toy.nc');
    const output = await simulate(path, { frames: 12 }, { splits: { train: 1, validation: 1, test: 1 } });
    expect(output.steps).toBe(12);
    expect(output.bytes).toBe((await readFile(path)).byteLength);
    await using(path, async (file) => {
      const v = findVariable(file, 'v');
      expect(v.dims.map((dim) => dim.name)).toEqual(['trajectory', 'time', 'y', 'x']);
      expect(v.shape).toEqual([3, 12, 4, 6]);
      const corner = await file.read(v, [0, 0, 0, 0], [3, 12, 1, 1]);
      expect([...corner].map(Number)).toEqual(
        [0, 100, 200].flatMap((from) => Array.from({ length: 12 }, (_, frame) => from + frame)),
      );
      const mask = findVariable(file, 'fixed_mask');
      expect(mask.shape).toEqual([3, 4, 6]);
      expect([...(await file.read(mask, [0, 0, 0], [3, 1, 3]))].map(Number)).toEqual([
        1, 0, 0, 0, 1, 0, 0, 0, 1,
      ]);
      expect([...(await file.read(findVariable(file, 'edges'), [0, 0], [2, 2]))].map(Number)).toEqual([
        0, 1, 1, 2,
      ]);
      const text = (name: string) => attributeText(file.attributes, name);
      expect(text('Conventions')).toBe('CF-1.11');
      expect(text('driftcast_system')).toBe('spring-mesh');
      expect(text('driftcast_masks')).toBe('fixed_mask');
      expect(text('driftcast')).toBe('1.2.3');
      expect(text('answer')).toBe('42');
      expect(JSON.parse(text('driftcast_splits'))).toEqual({ train: 1, validation: 1, test: 1 });
      expect(JSON.parse(text('driftcast_simulation'))).toMatchObject({
        simulator: 'toy',
        settings: { frames: 12, drift: 0.5, kind: 'calm' },
        seed: 1,
        trajectories: 3,
      });
      expect(text('history')).toMatch(/^\d{4}-\d\d-\d\dT.* simulated by Driftcast 1\.2\.3$/);
    });
    const summary = await inspectFile(path, { statistics: true });
    const u = summary.variables.find((variable) => variable.name === 'u');
    expect(u).toMatchObject({ units: 'm', missingFraction: 0, forecastable: true });
  });

  it('says when its values were rounded', async () => {
    const path = join(await temporaryFolder(), 'toy.nc');
    await simulate(path, { frames: 12 }, { significantBits: 3 });
    await using(path, async (file) => {
      const corner = await file.read(findVariable(file, 'v'), [2, 0, 0, 0], [1, 12, 1, 1]);
      // 200 lies in the middle between 192 and 208, and goes to the even one.
      expect([...corner].map(Number)).toEqual([192, ...Array.from({ length: 11 }, () => 208)]);
      const text = (name: string) => attributeText(file.attributes, name);
      expect(JSON.parse(text('driftcast_simulation')).significantBits).toBe(3);
      expect(text('history')).toMatch(/values rounded to 3 significant bits$/);
    });
  });

  it('is the same, byte for byte, from one thread and from two, whichever is done first', async () => {
    // Creation times, in the history and in the headers of HDF5, are all that may differ: here they do not.
    vi.useFakeTimers({ toFake: ['Date'], now: new Date('2024-05-06T07:08:09Z') });
    const folder = await temporaryFolder();
    const settings = { frames: 200, width: 40, height: 40, delay: 30 } as const;
    const files = [];
    for (const threads of [1, 2]) {
      const path = join(folder, `${threads}.nc`);
      await simulate(path, settings, { threads });
      files.push(await readFile(path));
    }
    expect(files[1]!.equals(files[0]!)).toBe(true);
    await simulate(join(folder, 'other.nc'), settings, { seed: 2 });
    expect((await readFile(join(folder, 'other.nc'))).equals(files[0]!)).toBe(false);
  });

  it('has no dimension of trajectories where a single ocean is simulated', async () => {
    const path = join(await temporaryFolder(), 'one.nc');
    const handler = simulateWith({
      threads: 1,
      simulators: [toySimulator as never],
      entries: [{ ...toyEntry, system: 'sst' }],
      startThread: () => startSimulationWorker(program),
    });
    const request = simulationRequestSchema.parse({ simulator: 'toy', trajectories: 1 });
    await handler({ request, path, format: 'netcdf', version: '1' }, calm());
    await using(path, async (file) => {
      expect(findVariable(file, 'u').shape).toEqual([10, 4, 6]);
      expect(findVariable(file, 'fixed_mask').shape).toEqual([4, 6]);
    });
  });
});

describe('a simulation under way', () => {
  it('tells how far it is and shows pictures', async () => {
    const path = join(await temporaryFolder(), 'toy.nc');
    const steps: number[] = [];
    const messages = new Set<string>();
    const previews: SimulationPreview[] = [];
    await simulate(
      path,
      { frames: 40, width: 160, height: 120 },
      {
        onEvent(event) {
          if (event.kind === 'preview') previews.push(event.preview);
          else {
            steps.push(event.fraction ?? -1);
            messages.add(event.message);
          }
        },
      },
    );
    expect(steps.at(-1)).toBe(1);
    expect(steps).toEqual([...steps].sort((a, b) => a - b));
    expect([...messages][0]).toMatch(/^Trajectory [123] of 3$/);
    const [first] = previews;
    expect(first).toMatchObject({
      trajectories: 3,
      frame: 0,
      frames: 40,
      timeUnits: 's',
      height: 60,
      width: 80,
      layers: 1,
    });
    expect(first!.fields.map((field) => field.name)).toEqual(['u', 'v']);
    expect(first!.fields[0]!.values).toHaveLength(60 * 80);
  });

  it('is cancelled at once, also in the middle of a computation, and leaves nothing behind', async () => {
    const folder = await temporaryFolder();
    for (const fate of ['endless', 'spinning'] as const) {
      const abort = new AbortController();
      const onEvent = (): void => abort.abort();
      await expect(
        simulate(join(folder, 'toy.nc'), { fate }, { signal: abort.signal, onEvent }),
      ).rejects.toMatchObject({ code: 'cancelled' });
      expect(await readdir(folder)).toEqual([]);
    }
    expect(started).toHaveLength(4);
  });

  it.each([
    ['diverges', 'diverged', 'The toy diverged.'],
    ['breaks', 'internal', 'Something went wrong inside Driftcast: Something odd.'],
  ] as const)('that %s says so and leaves nothing behind', async (fate, code, message) => {
    const folder = await temporaryFolder();
    await expect(simulate(join(folder, 'toy.nc'), { fate })).rejects.toMatchObject({ code, message });
    expect(await readdir(folder)).toEqual([]);
  });

  it('whose thread cannot be started says so', async () => {
    const folder = await temporaryFolder();
    const handler = simulateWith({
      threads: 1,
      simulators: [toySimulator as never],
      entries: [toyEntry],
      startThread: () => startSimulationWorker(pathToFileURL(join(folder, 'none.mjs')).href),
    });
    await expect(
      handler(
        {
          request: simulationRequestSchema.parse({ simulator: 'toy' }),
          path: join(folder, 'toy.nc'),
          format: 'netcdf',
          version: '1',
        },
        calm(),
      ),
    ).rejects.toMatchObject({ code: 'engine-died' });
    expect(await readdir(folder)).toEqual([]);
  });
});

describe('a simulation that cannot be', () => {
  it.each([
    [{ simulator: 'none' }, /There is no simulator "none"\./],
    [{ simulator: 'toy', settings: { wind: 1 } }, /Toy has no setting "wind"\./],
    [{ simulator: 'toy', settings: { frames: 1 } }, /The setting frames of Toy cannot have that value/],
  ])('is refused: %j', async (request, message) => {
    const handler = simulateWith({
      threads: 1,
      simulators: [toySimulator as never],
      entries: [toyEntry],
      startThread: () => startSimulationWorker(program),
    });
    const path = join(await temporaryFolder(), 'toy.nc');
    await expect(
      handler(
        { request: simulationRequestSchema.parse(request), path, format: 'netcdf', version: '1' },
        calm(),
      ),
    ).rejects.toMatchObject({ code: 'bad-input', message: expect.stringMatching(message) });
    expect(existsSync(path)).toBe(false);
  });

  it('says what the disk refused', async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, 'plain'), '');
    for (const place of ['missing', 'plain'])
      await expect(simulate(join(folder, place, 'toy.nc'), {})).rejects.toMatchObject({ code: 'disk' });
    expect(started).toEqual([]);
  });

  it('takes as many threads as the settings allow', () => {
    expect(simulationThreads({ DRIFTCAST_THREADS: '3' })).toBe(3);
    expect(simulationThreads({})).toBeGreaterThan(0);
  });
});
