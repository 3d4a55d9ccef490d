/**
 * The samples that come with Driftcast, opened by the real engine of the build, and a model that travels: packed in one
 * workspace, placed in another, it makes the same forecast.
 */
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import h5wasm from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService, type Service } from '#main/service/service.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { type OpenedSample, type Sample, sampleSchema } from '#shared/domain/sample.ts';
import { trainSettingsSchema } from '#shared/domain/settings.ts';
import { jobEnd } from './fixtures/open-service.ts';

const root = join(import.meta.dirname, '..', '..');
const committed = join(root, 'resources');
const names = ['navier-stokes', 'spring-mesh', 'surface-ocean'];

let folder: string;
const services: Service[] = [];

async function open(workspace: string, resourcesFolder = committed): Promise<Service> {
  const service = await createService({
    workspaceFolder: join(folder, workspace),
    engineEntry: join(root, '.build', 'main', 'engine.js'),
    resourcesFolder,
  });
  services.push(service);
  return service;
}

async function done(service: Service, job: string): Promise<void> {
  const ended = await jobEnd(service, job);
  expect(ended.error?.message ?? ended.status).toBe('done');
}

async function openSample(service: Service, name: string): Promise<OpenedSample> {
  const { job } = await service.client.samples.open({ name });
  await done(service, job);
  return service.client.samples.result({ job });
}

async function bytesBelow(path: string): Promise<number> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  let bytes = 0;
  for (const entry of entries)
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  return bytes;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftcast-samples-'));
});

afterAll(async () => {
  await Promise.all(services.map((service) => service.close()));
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe('what comes with Driftcast', () => {
  it('is small enough to come along', async () => {
    expect(await bytesBelow(join(committed, 'samples'))).toBeLessThanOrEqual(10e6);
    expect(await bytesBelow(join(committed, 'pretrained'))).toBeLessThanOrEqual(25e6);
  });

  it.each(names)('says of %s how it was made, and prepares it as its model was trained', async (name) => {
    const read = async (path: string) => JSON.parse(await readFile(join(committed, path), 'utf8'));
    const sample: Sample = sampleSchema.parse(await read(`samples/${name}.json`));
    const preset = await read(`presets/${sample.training.preset}.json`);
    const recipe = await read(`recipes/${sample.training.recipe}.json`);
    expect(preset).toMatchObject({
      system: sample.system,
      normalisation: sample.preparation.normalisation,
    });
    expect(recipe.files.map((file: { name: string }) => file.name)).toContain(sample.training.file);
    expect(recipe.files.map((file: { seed: number }) => file.seed)).not.toContain(sample.simulation.seed);
    expect(sample.preparation.horizon).toBe({ 'navier-stokes': 16, 'spring-mesh': 134 }[name] ?? 7);
  });

  it.each(names)('opens %s into the workspace once, however often it is asked for', async (name) => {
    const service = services[0] ?? (await open('committed'));
    const opened = await openSample(service, name);
    const dataset = await service.client.datasets.get({ dataset: opened.dataset });
    expect(dataset.system).toBe(name === 'surface-ocean' ? 'sst' : name);
    expect(dataset.summary.splits.train.examples).toBeGreaterThan(0);
    expect(dataset.summary.splits.test.examples).toBeGreaterThan(0);
    const { firstTime, endTime } = dataset.summary.splits.test;
    expect(opened.time).toBe(name === 'navier-stokes' ? 32 : 0);
    expect(opened.start).toBe(firstTime + opened.time);
    expect(opened.start + dataset.settings.horizon).toBeLessThan(endTime);
    const file = await service.client.files.openToken({ token: opened.token });
    expect(file.summary.variables.filter(({ forecastable }) => forecastable).length).toBeGreaterThan(0);
    expect(JSON.parse(file.summary.attributes.driftcast_simulation ?? '{}')).toMatchObject({ seed: 31 });

    const again = await openSample(service, name);
    expect(again).toEqual(opened);
    const listed = (await service.client.samples.list()).find((one) => one.name === name);
    expect(listed).toMatchObject({ dataset: opened.dataset, run: opened.run });
    expect((opened.run === null) === (listed?.model === null)).toBe(true);
    expect((opened.missing === null) === (opened.run !== null)).toBe(true);
  });

  it('names the samples there are when asked for another', async () => {
    const service = services[0] ?? (await open('committed'));
    await expect(service.client.samples.open({ name: 'moon' })).rejects.toMatchObject({
      code: 'not-found',
      hint: expect.stringContaining('spring-mesh'),
    });
  });
});

describe('a model that travels', () => {
  const settings = trainSettingsSchema.parse({
    network: { kind: 'simple_conv_net', dim: 8, kernelSizes: [3] },
    interpolator: { ...stage('l2') },
    forecaster: { ...stage('l1') },
    diffusion: { auxiliarySteps: 0, conditioning: 'none' },
    validation: { members: 2, starts: 1 },
  });
  const variables = ['px', 'py', 'qx', 'qy'];
  const preparation = prepareSettingsSchema.parse({
    variables,
    split: { kind: 'trajectories', train: 1, validation: 1, test: 1 },
    horizon: 4,
    normalisation: 'per-cell',
  });
  let maker: Service;
  let trained: string;
  let resources: string;

  function stage(loss: string) {
    return { dropout: { block: 0.2 }, learningRate: 1e-3, weightDecay: 0, epochs: 1, batchSize: 8, loss };
  }

  async function simulate(path: string, seed: number): Promise<void> {
    const request = { simulator: 'spring-mesh', settings: { frames: 12 }, trajectories: 3, seed };
    await done(maker, (await maker.client.simulations.start({ request, path })).job);
  }

  async function prepare(path: string, name: string): Promise<string> {
    const { id } = await maker.client.files.open({ path });
    const made = await maker.client.datasets.prepare({ files: [id], name, settings: preparation });
    await done(maker, made.job);
    return made.dataset;
  }

  /** Members of a forecast, from the file as it lies on disk. */
  async function forecast(service: Service, run: string, dataset: string, start: number): Promise<number[]> {
    const request = { run, dataset, starts: [start], members: 2, seed: 5 };
    const made = await service.client.forecasts.start(request);
    await done(service, made.job);
    const path = join(folder, `${made.forecast}.nc`);
    await service.client.forecasts.export({ forecast: made.forecast, path });
    await h5wasm.ready;
    const file = new h5wasm.File(path, 'r');
    const values = variables.flatMap((name) => [...(file.get(name) as { value: Float32Array }).value]);
    file.close();
    return values;
  }

  beforeAll(async () => {
    maker = await open('maker');
    resources = join(folder, 'resources');
    await cp(join(committed, 'presets'), join(resources, 'presets'), { recursive: true });
    await mkdir(join(resources, 'samples'));
    await simulate(join(folder, 'training.nc'), 1);
    await simulate(join(resources, 'samples', 'mesh.nc'), 2);
    const dataset = await prepare(join(folder, 'training.nc'), 'Training mesh');
    const started = await maker.client.runs.start({
      dataset,
      preset: 'spring-mesh-tiny',
      name: 'Mesh, pretrained',
      settings,
    });
    await done(maker, started.job);
    trained = started.run;
    const scored = await maker.client.verification.run({ run: trained, members: 2, starts: 2 });
    await done(maker, scored.job);
    const sample: Sample = sampleSchema.parse({
      name: 'mesh',
      system: 'spring-mesh',
      title: 'Mesh',
      description: 'A mesh.',
      holds: '3 trajectories',
      file: 'mesh.nc',
      simulation: { simulator: 'spring-mesh', trajectories: 3, seed: 2 },
      preparation,
      training: { recipe: 'spring-mesh-small', file: 'a.nc', preset: 'spring-mesh-tiny', stride: 1 },
    });
    await writeFile(join(resources, 'samples', 'mesh.json'), JSON.stringify(sample));
  }, 240_000);

  it('forecasts in another workspace what it forecasts at home, by the statistics of its training', async () => {
    const path = join(resources, 'pretrained', 'mesh');
    expect(await maker.client.runs.pack({ run: trained, path })).toMatchObject({ scored: true });
    const service = await open('other', resources);
    const opened = await openSample(service, 'mesh');
    expect(opened.missing).toBeNull();
    expect(await openSample(service, 'mesh')).toEqual(opened);

    const home = await prepare(join(resources, 'samples', 'mesh.nc'), 'Sample mesh');
    const expected = await forecast(maker, trained, home, opened.start);
    expect(expected.every(Number.isFinite)).toBe(true);
    expect(await forecast(service, opened.run!, opened.dataset, opened.start)).toEqual(expected);
  }, 240_000);

  it('tells what it was trained on, and shows its scores as scores on those data', async () => {
    const service = services.at(-1)!;
    const [listed] = await service.client.samples.list();
    const run = await service.client.runs.get({ run: listed!.run! });
    expect(run).toMatchObject({ status: 'finished', name: 'Mesh, pretrained', parent: null });
    expect(run.pretrained).toMatchObject({ trainedOn: 'Training mesh', test: { members: 2, starts: 2 } });
    expect(listed?.model?.origin).toEqual(run.pretrained);
    expect(await service.client.runs.metrics({ run: run.id })).toEqual(
      await maker.client.runs.metrics({ run: trained }),
    );
    // On the sample itself it was never scored.
    expect(await service.client.verification.ofRun({ run: run.id })).toBeNull();
    const [evaluation] = await service.client.verification.list({ run: run.id });
    expect(evaluation?.settings).toMatchObject({ dataset: 'Training mesh', split: 'test' });
    const home = await maker.client.verification.ofRun({ run: trained });
    const { scores } = await service.client.verification.stored({
      run: run.id,
      evaluation: evaluation!.evaluation,
    });
    expect(scores).toEqual(home?.scores);
    expect(run.pretrained?.test?.fairCrps).toBe(scores.overall.fairCrps);
  });

  it('is packed again as it came', async () => {
    const service = services.at(-1)!;
    const [listed] = await service.client.samples.list();
    const path = join(folder, 'again');
    await service.client.runs.pack({ run: listed!.run!, path });
    const bytes = (at: string) => readFile(join(at, 'weights.safetensors'));
    expect(Buffer.compare(await bytes(path), await bytes(join(resources, 'pretrained', 'mesh')))).toBe(0);
  });

  it('that is damaged does not get in the way of the data, and says so', async () => {
    const broken = join(folder, 'broken');
    await cp(resources, broken, { recursive: true });
    const weights = join(broken, 'pretrained', 'mesh', 'weights.safetensors');
    await writeFile(weights, (await readFile(weights)).subarray(0, 1000));
    const service = await open('third', broken);
    const opened = await openSample(service, 'mesh');
    expect(opened).toMatchObject({ run: null, missing: expect.stringMatching(/is damaged/) });
    expect(await service.client.runs.list()).toEqual([]);
    expect(await service.client.datasets.list()).toHaveLength(1);

    await writeFile(join(broken, 'pretrained', 'mesh', 'model.json'), '{}');
    expect(await openSample(service, 'mesh')).toEqual({
      ...opened,
      missing: expect.stringMatching(/^No trained model comes/),
    });
  });
});
