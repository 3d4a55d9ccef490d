/** Stored scores, comparisons with their report, and trade-offs, on the stand-in engine. */
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Service } from '#main/service/service.ts';
import { evaluationId } from '#main/service/stored-scores.ts';
import { checkedText } from '#main/workspace/checked-json.ts';
import type { EvaluationSettings } from '#shared/domain/scores.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { jobEnd, makeResources, openService, prepareDataset, useEngine } from './fixtures/open-service.ts';

useEngine();

async function trainedRun(service: Service, name: string, dataset?: string): Promise<string> {
  const { job, run } = await service.client.runs.start({
    dataset: dataset ?? (await prepareDataset(service)),
    preset: 'small',
    name,
  });
  await jobEnd(service, job);
  return run;
}

const settings: EvaluationSettings = {
  dataset: 'd',
  datasetFingerprint: 'f',
  weights: 'w',
  split: 'test',
  members: 20,
  starts: null,
  seed: 1,
  schedule: null,
  horizon: 6,
  units: 'physical',
};

describe('stored scores', () => {
  it('have a name for every combination of settings, the same for new weights', () => {
    const id = evaluationId(settings);
    expect(id).toMatch(/^test-physical-h6-m20-all-every-step-[0-9a-f]{8}$/);
    expect(evaluationId({ ...settings, weights: 'other' })).toBe(id);
    const others: Partial<EvaluationSettings>[] = [
      { dataset: 'e' },
      { split: 'validation' },
      { members: 50 },
      { starts: 3 },
      { seed: 2 },
      { schedule: 'first0.5' },
      { horizon: 12 },
      { units: 'normalised' },
    ];
    expect(new Set([id, ...others.map((other) => evaluationId({ ...settings, ...other }))]).size).toBe(9);
  });

  it('are kept one file each, listed newest first, read back, and told apart by dataset', async () => {
    const { service, workspace } = await openService();
    const { client } = service;
    const run = await trainedRun(service, 'first');
    const other = await prepareDataset(service);
    for (const choice of [{}, { members: 5 }, { members: 5 }, { dataset: other }, { horizon: 7 }]) {
      const { job } = await client.verification.run({ run, ...choice });
      expect(await jobEnd(service, job)).toMatchObject({ status: 'done' });
    }
    const listed = await client.verification.list({ run });
    expect(listed.map(({ settings: each }) => [each.members, each.horizon, each.dataset === other])).toEqual([
      [20, 7, false],
      [20, 2, true],
      [5, 2, false],
      [20, 2, false],
    ]);
    expect(await readdir(join(workspace, 'runs', run, 'scores'))).toHaveLength(4);
    expect(await client.verification.ofRun({ run })).toMatchObject({ settings: { horizon: 7 } });
    const [, far] = listed;
    expect(await client.verification.stored({ run, evaluation: far!.evaluation })).toMatchObject({
      run,
      runName: 'first',
      settings: { dataset: other },
      methods: [{ cost: { networkCalls: 3 } }],
    });
    await expect(client.verification.stored({ run, evaluation: 'none' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });

  it('of the first format stay readable, damaged ones are left out', async () => {
    const { service, workspace } = await openService();
    const run = await trainedRun(service, 'old');
    const folder = join(workspace, 'runs', run, 'scores');
    await mkdir(folder);
    const set = { fairCrps: 1, correctedSsr: null, mse: 4, rmse: 2, paper: { crps: 1, ssr: null, mse: 4 } };
    const scores = {
      members: 7,
      starts: 1,
      units: 'degC',
      overall: set,
      byLead: [{ lead: 2, ...set }],
      rankHistogram: [1],
    };
    const methods = [{ method: 'dyffusion', title: 'DYffusion', scores }];
    await writeFile(
      join(folder, 'test.json'),
      checkedText(1, { created: '2026-01-01', split: 'test', scores, methods }),
    );
    await writeFile(join(folder, 'torn.json'), '{ "formatVersion": 2');
    expect(await service.client.verification.ofRun({ run })).toMatchObject({
      settings: { members: 7, starts: null, horizon: 2 },
      scores: { overall: { fairCrps: 1, acc: null }, intervals: null },
      methods: [{ cost: null, spectra: [] }],
    });
    expect(await service.client.verification.list({ run })).toHaveLength(1);
  });
});

describe('comparisons', () => {
  it('put runs into one table, use stored scores, and become one file', async () => {
    const resourcesFolder = await makeResources();
    const tables = join(import.meta.dirname, '../../resources/colour-maps');
    await cp(tables, join(resourcesFolder, 'colour-maps'), { recursive: true });
    const { service } = await openService({ resourcesFolder });
    const { client } = service;
    const dataset = await prepareDataset(service);
    const runs = [await trainedRun(service, 'one', dataset), await trainedRun(service, '<two>', dataset)];
    const { job } = await client.comparisons.start({ runs });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done' });
    const comparison = await client.comparisons.result({ job });
    expect(comparison).toMatchObject({
      settings: { dataset, split: 'test', horizon: 2, members: 20 },
      datasetName: 'Pacific',
      rows: [
        { title: 'DYffusion (one)', run: runs[0], parameters: 42 },
        { title: 'DYffusion (<two>)', run: runs[1] },
      ],
    });
    const again = await client.comparisons.start({ runs });
    await jobEnd(service, again.job);
    const second = await client.comparisons.result({ job: again.job });
    expect(second.rows.map(({ scored }) => scored)).toEqual(comparison.rows.map(({ scored }) => scored));

    const path = join(await temporaryFolder(), 'report.html');
    const { bytes } = await client.comparisons.report({ job, path });
    const html = await readFile(path, 'utf8');
    expect(Buffer.byteLength(html)).toBe(bytes);
    expect(html).toContain('DYffusion (&lt;two&gt;)');
    expect(html).not.toContain('<two>');
    expect(html).toContain('data:image/png;base64,');
    // Nothing outside of the file, and nothing that runs.
    expect(html).not.toMatch(/<script|<link|src="(?!data:)|url\(|@import|https?:/);
    const download = await service.resolveDownload({ kind: 'report', job });
    expect(download).toMatchObject({ type: 'text/html; charset=utf-8', content: { text: html } });
  });

  it('score all runs on the dataset that is named, and refuse what is not there', async () => {
    const { service } = await openService();
    const { client } = service;
    const runs = [await trainedRun(service, 'here'), await trainedRun(service, 'there')];
    const dataset = await prepareDataset(service);
    const { job } = await client.comparisons.start({ runs, dataset });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done' });
    expect(await client.comparisons.result({ job })).toMatchObject({ settings: { dataset } });
    for (const run of runs)
      expect(await client.verification.list({ run })).toMatchObject([{ settings: { dataset } }]);
    await expect(client.comparisons.result({ job: 'none' })).rejects.toMatchObject({ code: 'not-found' });
    await expect(client.comparisons.start({ runs: ['none'] })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('trade-offs', () => {
  it('are measured and kept with the run', async () => {
    const { service } = await openService();
    const { client } = service;
    const run = await trainedRun(service, 'run');
    expect(await client.tradeoffs.ofRun({ run })).toBeNull();
    const { job } = await client.tradeoffs.start({ run });
    expect(await jobEnd(service, job)).toMatchObject({ status: 'done', subject: run });
    const measured = await client.tradeoffs.result({ job });
    expect(measured).toMatchObject({
      run,
      settings: { split: 'validation', members: 10, starts: 8 },
      points: [{ schedule: 'only_dynamics', cost: { seconds: 1 } }, { schedule: null }],
    });
    expect(await client.tradeoffs.ofRun({ run })).toEqual(measured);
    const named = await client.tradeoffs.start({ run, schedules: ['every2'] });
    await jobEnd(service, named.job);
    expect((await client.tradeoffs.ofRun({ run }))?.points.map(({ schedule }) => schedule)).toEqual([
      'every2',
    ]);
  });
});
