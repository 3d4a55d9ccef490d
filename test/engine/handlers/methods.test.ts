/** Methods on datasets and runs as they lie on disk: boundary conditions, other data, weights in and out, fine-tuning. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { prepareDataset } from '#main/data/prepare.ts';
import { forecast } from '#main/engine/handlers/forecasting.ts';
import { TrainedModel } from '#main/engine/handlers/model.ts';
import { preparedIn } from '#main/engine/handlers/prepared.ts';
import { train } from '#main/engine/handlers/training.ts';
import { exportWeights, importWeights } from '#main/engine/handlers/weights.ts';
import type { CallContext } from '#main/engine/host/engine-main.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { type Entities, openEntities } from '#main/workspace/entities.ts';
import { openWorkspace } from '#main/workspace/layout.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { forecastRequestSchema } from '#shared/domain/forecast.ts';
import type { Run } from '#shared/domain/run.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { type TrajectoryFile, temporaryFolder, writeTrajectoryFile } from '../../data/files.ts';
import { toySettings } from '../toy-problem.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let entities: Entities;
let made = 0;

const context = {
  signal: new AbortController().signal,
  emit: () => {},
  control: { onAction: () => {} },
} as unknown as CallContext<never>;

/** Waves on a mesh whose last row is held; `shift` makes another world of the same shape. */
const mesh = (shift: number, width = 4): TrajectoryFile => ({
  trajectories: 5,
  times: 9,
  height: 4,
  width,
  units: '1',
  variables: {
    px: (k, t, y, x) => (y === 3 ? 0 : Math.sin(k + t + x + shift)),
    py: (k, t, y) => (y === 3 ? 0 : Math.cos(k + t + y + shift)),
    qx: (k, t, y, x) => x + (y === 3 ? 0.1 * k : 0.3 * Math.cos(k + t + x + shift)),
    qy: (k, t, y) => y + (y === 3 ? 0 : 0.3 * Math.sin(k + t + y + shift)),
  },
  statics: { fixed_mask: (y: number) => Number(y === 3) },
  attributes: { driftcast_system: 'spring-mesh', driftcast_masks: 'fixed_mask' },
});

async function dataset(name: string, file: TrajectoryFile, changes: Record<string, unknown> = {}) {
  const path = writeTrajectoryFile(folder, `file-${made++}.nc`, file);
  const settings = prepareSettingsSchema.parse({
    variables: Object.keys(file.variables),
    horizon: 2,
    normalisation: 'per-channel',
    split: { kind: 'fractions', train: 0.6, validation: 0.2, test: 0.2 },
    ...changes,
  });
  const { id, folder: target } = await entities.datasets.create(name);
  const prepared = await prepareDataset({ files: [path], settings, folder: target });
  const created = new Date().toISOString();
  await entities.datasets.write(id, { formatVersion: 1, id, name, created, settings, ...prepared });
  return { id, folder: target };
}

const once = { epochs: 1 };
const settingsOf = (method: TrainSettings['method'], changes: Parameters<typeof toySettings>[0] = {}) =>
  toySettings({
    validation: { members: 2, starts: 1 },
    noise: { steps: 6, validationSteps: 2 },
    perturbation: { candidates: [0.05, 0.2] },
    ...changes,
    method,
    interpolator: once,
    forecaster: once,
    fineTuning: once,
  });

async function newRun(name: string, on: { id: string; folder: string }, settings: TrainSettings) {
  const { id, folder: target } = await entities.runs.create(name);
  const { datasetFingerprint } = { datasetFingerprint: (await entities.datasets.read(on.id)).fingerprint };
  const run: Run = {
    formatVersion: 1,
    id,
    name,
    created: new Date().toISOString(),
    dataset: on.id,
    datasetFingerprint,
    preset: 'toy',
    settings,
    parent: null,
    status: 'finished',
    stage: null,
    epochs: 0,
    bestValidationCrps: null,
    validationReferences: null,
    seconds: 0,
    parameters: 0,
    versions: {},
    backend: '',
    problem: null,
  };
  await entities.runs.write(id, run);
  return { id, folder: target };
}

async function trained(
  name: string,
  on: { id: string; folder: string },
  settings: TrainSettings,
  initFolder: string | null = null,
) {
  const run = await newRun(name, on, settings);
  await train(
    { datasetFolder: on.folder, runFolder: run.folder, settings, resume: false, initFolder },
    context as never,
  );
  return run;
}

/** Members at each lead, physical, [members, cells, channels]. */
async function members(runFolder: string, datasetFolder: string, horizon = 3) {
  const data = await preparedIn(datasetFolder);
  const model = await TrainedModel.open(runFolder, data);
  const leads = new Map<number, Float32Array>();
  try {
    const task = { start: 0, members: 2, horizon, leadTimes: [], schedule: null, seed: 1 };
    await model.forecast(task, ({ lead, values }) => {
      leads.set(lead, values.slice());
    });
  } finally {
    model.dispose();
  }
  return leads;
}

let home: { id: string; folder: string };
let away: { id: string; folder: string };

beforeAll(async () => {
  entities = openEntities(await openWorkspace(join(folder, 'workspace')));
  mkdirSync(join(folder, 'out'), { recursive: true });
  home = await dataset('home', mesh(0));
  away = await dataset('away', mesh(2));
});

describe('a run on disk', () => {
  it.each(['dyffusion', 'perturbation', 'ddpm'] as const)(
    'forecasts with %s past its horizon, held nodes in their places, and again from exported weights',
    async (method) => {
      const settings = settingsOf(method);
      const run = await trained(method, home, settings);
      const tensors = tf.memory().numTensors;
      const leads = await members(run.folder, home.folder);
      expect(tf.memory().numTensors).toBe(tensors);
      const initial = await (await preparedIn(home.folder)).frame(0);
      expect([...leads.keys()]).toEqual([1, 2, 3]);
      for (const values of leads.values()) {
        values.forEach((value, i) => {
          const [cell, channel] = [Math.floor(i / 4) % 16, i % 4];
          if (cell >= 12) expect(value).toBeCloseTo(channel < 2 ? 0 : initial[cell * 4 + channel]!, 5);
          else expect(Number.isFinite(value)).toBe(true);
        });
        expect(values.slice(0, 48)).not.toEqual(values.slice(64, 112));
      }
      const path = join(folder, 'out', `${method}.safetensors`);
      await exportWeights({ runFolder: run.folder, path }, context);
      const other = await newRun(`${method} again`, home, settings);
      await importWeights({ runFolder: other.folder, path }, context);
      expect(await members(other.folder, home.folder)).toEqual(leads);
    },
  );

  it('forecasts other data of the same shape as it was trained to see them', async () => {
    const run = await trained('abroad', home, settingsOf('dropout'));
    const target = await entities.forecasts.create('abroad');
    const made = await forecast(
      {
        datasetFolder: away.folder,
        trainedFolder: home.folder,
        runFolder: run.folder,
        forecastFolder: target.folder,
        request: forecastRequestSchema.parse({ run: run.id, dataset: away.id, starts: [0], members: 2 }),
        provenance: {},
      },
      context,
    );
    expect(made.datasetFingerprint).toBe((await entities.datasets.read(away.id)).fingerprint);
    expect(made.method).toBe('dropout');
    expect(made.leads).toEqual([1, 2]);
    await expect(members(run.folder, away.folder)).rejects.toMatchObject({ code: 'conflict' });
    const wide = await dataset('wide', mesh(0, 5));
    await expect(
      forecast(
        {
          datasetFolder: wide.folder,
          trainedFolder: home.folder,
          runFolder: run.folder,
          forecastFolder: target.folder,
          request: forecastRequestSchema.parse({ run: run.id, dataset: wide.id, starts: [0] }),
          provenance: {},
        },
        context,
      ),
    ).rejects.toThrow(/4 × 4 cells.*4 × 5 cells/);
  });
});

describe('a run that starts from another one', () => {
  it('takes its weights to another grid, and says by name what does not fit', async () => {
    const first = await trained('first', home, settingsOf('dropout'));
    const wide = await dataset('wider', mesh(1, 6));
    await trained('second', wide, settingsOf('crps-ensemble'), first.folder);

    const half = await dataset('positions', mesh(0), { variables: ['qx', 'qy'] });
    await expect(trained('third', half, settingsOf('dropout'), first.folder)).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(
        /first was trained on home with 4 channels \(px, py, qx, qy\).*positions has 2 channels \(qx, qy\)/,
      ),
    });
    await expect(trained('fourth', home, settingsOf('dyffusion'), first.folder)).rejects.toThrow(
      /first was trained as Dropout, whose networks DYffusion does not have/,
    );
    const broad = settingsOf('dropout', { network: { dim: 12 } });
    await expect(trained('fifth', home, broad, first.folder)).rejects.toThrow(/of width 8.*of width 12/);
  });
});
