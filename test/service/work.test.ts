/** Preparing, forecasting, scoring, and the answers about the machine. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Service } from '#main/service/service.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { behaviour } from './fixtures/behaviour.ts';
import { jobEnd, openFile, openService, prepareDataset, useEngine } from './fixtures/open-service.ts';

useEngine();

async function trainedRun(service: Service): Promise<string> {
  const dataset = await prepareDataset(service);
  const { job, run } = await service.client.runs.start({ dataset, preset: 'small' });
  await jobEnd(service, job);
  return run;
}

describe('datasets', () => {
  it('are prepared, listed and deleted', async () => {
    const { service, workspace } = await openService();
    const { client } = service;
    const file = await openFile(service);
    const chosen = { variables: ['sst'], horizon: 2 };
    expect(await client.datasets.preview({ file, settings: chosen })).toMatchObject({ times: 3 });
    const dataset = await prepareDataset(service);
    expect(await client.datasets.list()).toMatchObject([
      { id: dataset, name: 'Pacific', system: 'sst', settings: { normalisation: 'seasonal-anomaly' } },
    ]);
    expect(await client.datasets.rhythm({ dataset })).toMatchObject({ means: [1, null] });
    expect((await readdir(join(workspace, 'datasets', dataset))).sort()).toEqual([
      'dataset.json',
      'series.bin',
    ]);
    await client.datasets.remove({ dataset });
    expect(await client.datasets.list()).toEqual([]);
  });

  it('that a run needs stay', async () => {
    const { service } = await openService();
    const run = await trainedRun(service);
    const { dataset } = await service.client.runs.get({ run });
    await expect(service.client.datasets.remove({ dataset })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining('Pacific, Small'),
    });
    await service.client.runs.remove({ run });
    await service.client.datasets.remove({ dataset });
  });

  it('that could not be made leave nothing behind', async () => {
    const { service, workspace } = await openService();
    const { client } = service;
    const files = [await openFile(service)];
    const prepare = (variable: string) =>
      client.datasets.prepare({ files, name: 'x', settings: { variables: [variable], horizon: 2 } });
    const failed = await prepare('none');
    expect(await jobEnd(service, failed.job)).toMatchObject({
      status: 'failed',
      error: { code: 'bad-input', message: 'There is no variable "none".' },
    });
    const endless = await prepare('forever');
    for await (const job of await client.jobs.watch({ job: endless.job })) {
      if (job.fraction !== 0.5) continue;
      await expect(client.datasets.remove({ dataset: endless.dataset })).rejects.toMatchObject({
        code: 'conflict',
      });
      await client.jobs.cancel({ job: job.id });
      break;
    }
    expect(await jobEnd(service, endless.job)).toMatchObject({ status: 'cancelled', error: null });
    expect(await readdir(join(workspace, 'datasets'))).toEqual([]);
    await expect(client.datasets.get({ dataset: failed.dataset })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('and forecasts that a killed Driftcast left half-made are swept away, others are not', async () => {
    const { service, workspace } = await openService();
    const dataset = await prepareDataset(service);
    await service.close();
    for (const name of ['half-made', 'being-copied']) await mkdir(join(workspace, 'forecasts', name));
    await writeFile(join(workspace, 'forecasts', 'half-made', 'lock'), '{}');
    const next = await openService({ workspaceFolder: workspace });
    expect(await readdir(join(workspace, 'forecasts'))).toEqual(['being-copied']);
    expect((await next.service.client.datasets.list()).map(({ id }) => id)).toEqual([dataset]);
  });
});

describe('forecasts', () => {
  it('are made, probed, exported, downloaded and deleted', async () => {
    const { service } = await openService();
    const { client } = service;
    const run = await trainedRun(service);
    const { job, forecast } = await client.forecasts.start({ run, starts: [4], members: 3 });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done', subject: forecast });
    expect(await client.forecasts.list()).toMatchObject([
      { id: forecast, name: 'Pacific, Small, from 4', run, members: 3 },
    ]);
    const cell = { firstRow: 0, lastRow: 0, firstColumn: 0, lastColumn: 0 };
    expect(await client.forecasts.probe({ forecast, start: 0, box: cell })).toMatchObject({ truth: [1] });
    const [from, to] = [
      { row: 0, column: 0 },
      { row: 0, column: 1 },
    ];
    expect(await client.forecasts.transect({ forecast, start: 0, lead: 0, from, to })).toMatchObject({
      distances: [0, 1],
    });
    const path = join(await temporaryFolder(), 'out.nc');
    const { bytes } = await client.forecasts.export({ forecast, path });
    const provenance = await readFile(path, 'utf8');
    expect(bytes).toBe(provenance.length);
    expect(JSON.parse(provenance)).toMatchObject({ run, preset: 'small', dataset_fingerprint: 'f1' });
    const download = await service.resolveDownload({ kind: 'forecast', forecast });
    expect(download).toMatchObject({ name: `${forecast}.nc`, type: 'application/x-netcdf' });
    await service.saveDownload({ kind: 'forecast', forecast }, `${path}.again`);
    expect(await readFile(`${path}.again`, 'utf8')).toBe(provenance);
    const nowhere = client.forecasts.export({ forecast, path: join(path, 'inside', 'out.nc') });
    await expect(nowhere).rejects.toMatchObject({ name: 'DriftcastError' });
    await client.forecasts.remove({ forecast });
    expect(await client.forecasts.list()).toEqual([]);
  });

  it('that are cancelled leave nothing behind', async () => {
    const { service, workspace } = await openService();
    const run = await trainedRun(service);
    const { job } = await service.client.forecasts.start({ run, starts: ['last'], seed: behaviour.endless });
    for await (const now of await service.client.jobs.watch({ job }))
      if (now.fraction === 0.5) await service.client.jobs.cancel({ job });
    expect(await service.client.jobs.get({ job })).toMatchObject({ status: 'cancelled' });
    expect(await readdir(join(workspace, 'forecasts'))).toEqual([]);
  });
});

describe('verification', () => {
  it('scores forecasts, files and runs; the run keeps its scores', async () => {
    const { service, workspace } = await openService();
    const { client } = service;
    const run = await trainedRun(service);
    expect(await client.verification.ofRun({ run })).toBeNull();
    await expect(service.resolveDownload({ kind: 'scores', run })).rejects.toMatchObject({
      code: 'not-found',
    });
    const { job: made, forecast } = await client.forecasts.start({ run, starts: [4] });
    await jobEnd(service, made);
    const { job } = await client.verification.forecast({ forecast });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done', kind: 'evaluate' });
    expect(await client.verification.result({ job })).toMatchObject({ scores: { members: 2 } });

    const other = await client.verification.files({ forecasts: ['/no/such.nc'] });
    await jobEnd(service, other.job);
    await expect(client.verification.result({ job: other.job })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.verification.result({ job: made })).rejects.toMatchObject({ code: 'not-found' });

    const whole = await client.verification.run({ run });
    await jobEnd(service, whole.job);
    expect(await client.verification.ofRun({ run })).toMatchObject({
      settings: { split: 'test' },
      methods: [{ method: 'dyffusion' }],
    });
    const csv = join(await temporaryFolder(), 'scores.csv');
    await service.saveDownload({ kind: 'scores', run }, csv);
    expect((await readFile(csv, 'utf8')).split('\n')).toHaveLength(4);
    expect(await service.downloadName({ kind: 'scores', run })).toBe(`${run}-scores.csv`);
    expect(await readdir(join(workspace, 'runs', run))).toContain('scores');
  });

  it('replays reference cases and moves weights in and out', async () => {
    const { service } = await openService();
    const { client } = service;
    const { job } = await client.reference.start({ path: '/cases' });
    await jobEnd(service, job);
    expect(await client.reference.result({ job })).toMatchObject({ cases: [{ name: '/cases', ok: true }] });
    const run = await trainedRun(service);
    const path = join(await temporaryFolder(), 'w.safetensors');
    expect(await client.runs.exportWeights({ run, path })).toEqual({ tensors: 1, bytes: 7 });
    expect(await client.runs.importWeights({ run, path })).toEqual({ tensors: 1 });
  });
});

describe('the machine', () => {
  it('is described from the engine and from what the set-up wrote down', async () => {
    const setupFile = join(await temporaryFolder(), 'setup.json');
    const { service, workspace } = await openService({ setupFile });
    const bare = await service.client.system.doctor();
    expect(bare).toMatchObject({
      backends: [{ name: 'tensorflow-cpu', reason: 'not loaded' }, { active: true }],
      electron: { available: false },
      versions: { fake: '1', node: process.versions.node },
      workspace,
    });
    await writeFile(
      setupFile,
      JSON.stringify({
        tensorflow: { available: false, reason: 'No network.', version: '2.21.0' },
        binding: 7,
        electron: { available: false, reason: 'No binary.' },
      }),
    );
    expect(await service.client.system.doctor()).toMatchObject({
      backends: [{ reason: 'No network.' }, { reason: 'the only one' }],
      electron: { reason: 'No binary.' },
    });
  });

  it('without an engine still has a doctor', async () => {
    const { service } = await openService({ engineEntry: join(await temporaryFolder(), 'none.mjs') });
    expect((await service.client.system.doctor()).backends).toMatchObject([
      { name: 'engine', available: false, reason: expect.stringContaining('could not be started') },
    ]);
  });

  it('keeps settings, tells the next engine, and does without a damaged file', async () => {
    const { service, workspace } = await openService();
    expect(await service.client.system.settings()).toEqual({
      theme: 'system',
      threads: null,
      memoryBudgetBytes: null,
    });
    await service.client.system.changeSettings({ threads: 3 });
    expect(await service.client.system.changeSettings({ theme: 'dark' })).toMatchObject({
      theme: 'dark',
      threads: 3,
    });
    await service.close();
    const next = await openService({ workspaceFolder: workspace });
    expect((await next.service.client.system.doctor()).versions.threads).toBe('3');
    await writeFile(join(workspace, 'settings.json'), 'damaged');
    expect((await next.service.client.system.settings()).threads).toBeNull();
  });

  it('offers the presets that are whole', async () => {
    const { service } = await openService();
    expect((await service.client.presets.list()).map(({ name }) => name)).toEqual(['small']);
    const dataset = await prepareDataset(service);
    const unknown = service.client.runs.start({ dataset, preset: 'huge' });
    await expect(unknown).rejects.toMatchObject({ code: 'not-found', hint: 'Choose one of: small.' });
  });
});
