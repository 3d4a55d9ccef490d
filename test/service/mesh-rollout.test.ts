/**
 * The mesh model that comes with Driftcast, rolled out over six horizons from its own initial condition: the rollout of
 * the paper (section 4). Drag lets the energy of a true mesh fall, so a forecast that gains some has come apart.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import h5wasm from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { energyOf, type MeshPhysics } from '#main/engine/simulators/spring-mesh/physics.ts';
import { createService, type Service } from '#main/service/service.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { buildMesh } from '#shared/domain/simulations/mesh.ts';
import { jobEnd } from './fixtures/open-service.ts';

const root = join(import.meta.dirname, '..', '..');
const frames = 805;
const members = 2;
const variables = ['px', 'py', 'qx', 'qy'];

let folder: string;
let service: Service;
let run: string;
let ownDataset: string;

async function done(job: string): Promise<void> {
  const ended = await jobEnd(service, job);
  expect(ended.error?.message ?? ended.status).toBe('done');
}

/** A mesh that was pulled further than any that the model has seen. */
async function furtherPulled(): Promise<string> {
  const path = join(folder, 'further.nc');
  const settings = { frames, minDisplacement: 0.35, maxDisplacement: 0.45 };
  const request = { simulator: 'spring-mesh', settings, trajectories: 2, seed: 78 };
  await done((await service.client.simulations.start({ request, path })).job);
  const { id } = await service.client.files.open({ path });
  const prepared = prepareSettingsSchema.parse({
    variables,
    split: { kind: 'trajectories', train: 1, validation: 0, test: 1 },
    horizon: 134,
    normalisation: 'per-cell',
  });
  const made = await service.client.datasets.prepare({
    files: [id],
    name: 'Pulled further',
    settings: prepared,
  });
  await done(made.job);
  return made.dataset;
}

/** Energy of every member at every lead, and of the truth, from the file as it lies on disk. */
async function energies(dataset: string, start: number): Promise<{ forecast: number[][]; truth: number[] }> {
  const horizon = frames - 1;
  const made = await service.client.forecasts.start({ run, dataset, starts: [start], members, horizon });
  await done(made.job);
  const path = join(folder, `${made.forecast}.nc`);
  await service.client.forecasts.export({ forecast: made.forecast, path });
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'r');
  const read = (suffix: string) =>
    variables.map((name) => Float64Array.from((file.get(name + suffix) as { value: Float32Array }).value));
  const [states, truths] = [read(''), read('_truth')];
  file.close();
  const mesh = buildMesh({ columns: 10, rows: 10, layers: 1 });
  const still = new Float64Array(mesh.nodes);
  const physics: MeshPhysics = { stiffness: 1, mass: 1, damping: 0.1, gravity: [0, 0, 0] };
  const energyAt = (from: readonly Float64Array[], frame: number) => {
    const [px, py, qx, qy] = from.map((all) => all.subarray(frame * mesh.nodes, (frame + 1) * mesh.nodes));
    return energyOf(mesh, physics, { p: [px!, py!, still], q: [qx!, qy!, still] });
  };
  const along = (from: readonly Float64Array[], member: number) =>
    Array.from({ length: horizon }, (_, lead) => energyAt(from, member * horizon + lead));
  return {
    forecast: Array.from({ length: members }, (_, member) => along(states, member)),
    truth: along(truths, 0),
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftcast-rollout-'));
  service = await createService({
    workspaceFolder: join(folder, 'workspace'),
    engineEntry: join(root, '.build', 'main', 'engine.js'),
    resourcesFolder: join(root, 'resources'),
  });
  const { job } = await service.client.samples.open({ name: 'spring-mesh' });
  await done(job);
  const opened = await service.client.samples.result({ job });
  [run, ownDataset] = [opened.run!, opened.dataset];
});

afterAll(async () => {
  await service?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe('804 steps of the mesh model', () => {
  it('stay near the energy of the true mesh on data like those it learned from', async () => {
    const { forecast, truth } = await energies(ownDataset, 2 * frames);
    for (const energy of forecast)
      for (const [lead, value] of energy.entries()) {
        expect(value).toBeGreaterThan(0.75 * truth[lead]!);
        expect(value).toBeLessThan(1.25 * truth[lead]!);
      }
  }, 300_000);

  it('gain no energy out of distribution', async () => {
    const { forecast, truth } = await energies(await furtherPulled(), 0);
    for (const energy of forecast) {
      expect(Math.max(...energy)).toBeLessThan(1.05 * truth[0]!);
      expect(energy.at(-1)!).toBeLessThan(truth.at(-1)!);
      expect(energy.every((value) => value > 0.25 * truth.at(-1)!)).toBe(true);
    }
  }, 300_000);
});
