/**
 * The whole way with the real engine processes that the build made: a file is prepared, a tiny model is trained
 * (and its engine killed on the way), a forecast is made, scored, and scored again by an independent program.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import h5wasm from 'h5wasm/node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createService, type Service } from '#main/service/service.ts';
import type { RunEvent } from '#shared/contract/index.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { type TrainSettings, trainSettingsSchema } from '#shared/domain/settings.ts';
import { syntheticOcean } from './fixtures/ocean.ts';
import { writeOcean } from './fixtures/ocean-file.ts';
import { jobEnd } from './fixtures/open-service.ts';

const root = join(import.meta.dirname, '..', '..');
const horizon = 3;
const members = 6;

let folder: string;
let service: Service;
let dataset: string;
let run: string;

function open(): Promise<Service> {
  return createService({
    workspaceFolder: join(folder, 'workspace'),
    engineEntry: join(root, '.build', 'main', 'engine.js'),
    resourcesFolder: join(root, 'resources'),
  });
}

/** Three epochs a stage of a few steps each, a checkpoint after every one. */
async function tinySettings(): Promise<TrainSettings> {
  const preset = JSON.parse(await readFile(join(root, 'resources', 'presets', 'sst-tiny.json'), 'utf8'));
  const stage = { epochs: 3, maxSeconds: null };
  return trainSettingsSchema.parse({
    ...preset.settings,
    interpolator: { ...preset.settings.interpolator, ...stage },
    forecaster: { ...preset.settings.forecaster, ...stage },
    validation: { members: 2, starts: 2, everyEpochs: 2 },
    patience: 0,
  });
}

/** The engine of a lane, found as what it is: a child process of this one. */
async function enginePid(lane: string): Promise<number> {
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const command = await readFile(`/proc/${entry}/cmdline`, 'utf8').catch(() => '');
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    if (command.includes(`--lane=${lane}`) && status.includes(`PPid:\t${process.pid}\n`))
      return Number(entry);
  }
  throw new Error(`No engine of the lane ${lane} is running.`);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'driftcast-whole-'));
  await writeOcean(join(folder, 'ocean.nc'), syntheticOcean({ height: 8, width: 12, days: 140, seed: 3 }));
  service = await open();
});

afterAll(async () => {
  await service?.close();
  await rm(folder, { recursive: true, force: true, maxRetries: 3 });
});

describe('the whole way from a file to a score', () => {
  it('prepares the file', async () => {
    const file = await service.client.files.open({ path: join(folder, 'ocean.nc') });
    const settings = prepareSettingsSchema.parse({
      variables: ['sst'],
      horizon,
      normalisation: 'per-cell',
      extraChannels: ['season', 'land-mask'],
    });
    const made = await service.client.datasets.prepare({ files: [file.id], name: 'Ocean', settings });
    expect((await jobEnd(service, made.job)).status).toBe('done');
    dataset = made.dataset;
    const { summary } = await service.client.datasets.get({ dataset });
    expect(summary.height * summary.width).toBe(96);
    expect(summary.splits.train.examples).toBe(98 - horizon);
  });

  it.runIf(existsSync('/proc/self/status'))(
    'goes on from the last checkpoint when its engine is killed, and ends as if nothing had happened',
    async () => {
      const settings = await tinySettings();
      const calm = await service.client.runs.start({ dataset, preset: 'sst-tiny', name: 'calm', settings });
      expect((await jobEnd(service, calm.job)).status).toBe('done');

      const started = await service.client.runs.start({ dataset, preset: 'sst-tiny', name: 'hit', settings });
      run = started.run;
      let kills = 0;
      for await (const event of await service.client.runs.watch({ run })) {
        if (kills === 0 && isEpoch(event, 'interpolator', 2)) {
          kills++;
          process.kill(await enginePid('compute'), 'SIGKILL');
        }
        if (event.kind === 'run' && ['finished', 'failed', 'stopped'].includes(event.run.status)) break;
      }
      await jobEnd(service, started.job);
      expect(kills).toBe(1);
      const [whole, hit] = await Promise.all(
        [calm.run, run].map(async (id) => ({
          run: await service.client.runs.get({ run: id }),
          metrics: await service.client.runs.metrics({ run: id }),
        })),
      );
      expect(hit!.run.status).toBe('finished');
      expect(hit!.metrics.map(({ stage, epoch }) => `${stage} ${epoch}`)).toEqual(
        whole!.metrics.map(({ stage, epoch }) => `${stage} ${epoch}`),
      );
      hit!.metrics.forEach((line, i) => {
        expect(line.loss).toBeCloseTo(whole!.metrics[i]!.loss, 4);
      });
      expect(hit!.run.bestValidationCrps).toBeCloseTo(whole!.run.bestValidationCrps!, 4);
    },
    // Two whole trainings: seconds on a quiet machine, minutes on one that is busy with other tests.
    600_000,
  );

  it('keeps the run when everything is closed and opened again', async () => {
    await service.close();
    service = await open();
    const found = await service.client.runs.get({ run });
    expect(found.status).toBe('finished');
    expect(found.parameters).toBeGreaterThan(0);
    expect(found.validationReferences?.persistence).toBeGreaterThan(0);
  });

  it('gives scores that an independent program computes from the file alone', async () => {
    const { summary } = await service.client.datasets.get({ dataset });
    const { firstTime } = summary.splits.test;
    const request = { run, starts: [firstTime, firstTime + 5], members, leadTimes: [1.5] };
    const made = await service.client.forecasts.start(request);
    expect((await jobEnd(service, made.job)).status).toBe('done');
    const path = join(folder, 'forecast.nc');
    await service.client.forecasts.export({ forecast: made.forecast, path });
    const scored = await service.client.verification.files({ forecasts: [path], truth: null });
    await jobEnd(service, scored.job);
    const { scores } = await service.client.verification.result({ job: scored.job });
    expect(scores.starts).toBe(2);
    expect(scores.byLead.map(({ lead }) => lead)).toEqual([1, 2, 3]);

    // A lead between two data steps is forecast, but there is nothing observed to score it against.
    const all = await naiveScores(path);
    expect(all.map(({ lead }) => lead)).toEqual([1, 1.5, 2, 3]);
    const own = all.filter(({ lead }) => Number.isInteger(lead));
    own.forEach(({ crps, fairCrps, mse, ssr }, i) => {
      const ours = scores.byLead[i]!;
      expect(ours.fairCrps).toBeCloseTo(fairCrps, 5);
      expect(ours.paper.crps).toBeCloseTo(crps, 5);
      expect(ours.mse).toBeCloseTo(mse, 5);
      expect(ours.paper.ssr!).toBeCloseTo(ssr, 5);
    });
    expect(scores.rankHistogram.reduce((a, b) => a + b)).toBe(own.length * 2 * own[0]!.cells);

    const probe = await service.client.forecasts.probe({
      forecast: made.forecast,
      start: 0,
      box: { firstRow: 4, lastRow: 4, firstColumn: 2, lastColumn: 2 },
    });
    expect(probe.members).toHaveLength(members);
    expect(probe.truth.filter((value) => value !== null)).toHaveLength(3);
    const field = await service.resolveField({
      kind: 'forecast',
      forecast: made.forecast,
      quantity: 'member-1',
      start: 0,
      lead: 0,
    });
    expect(field.data[4 * 12 + 2]).toBeCloseTo(probe.members[0]![0]!, 5);
  });

  it('hands weights over to other programs and takes them back bit for bit', async () => {
    const [first, second] = [join(folder, 'a.safetensors'), join(folder, 'b.safetensors')];
    await service.client.runs.exportWeights({ run, path: first });
    await service.client.runs.importWeights({ run, path: first });
    await service.client.runs.exportWeights({ run, path: second });
    expect(Buffer.compare(await readFile(first), await readFile(second))).toBe(0);
    const broken = join(folder, 'broken.safetensors');
    await writeFile(broken, (await readFile(first)).subarray(0, 1000));
    await expect(service.client.runs.importWeights({ run, path: broken })).rejects.toMatchObject({
      code: 'damaged-file',
    });
  });

  it('opens in xarray with dates, members, leads and degrees', async ({ skip }) => {
    const python = process.env.DRIFTCAST_TEST_PYTHON ?? 'python3';
    const program = `
import xarray, json, sys
d = xarray.open_dataset(sys.argv[1])
print(json.dumps({"dims": dict(d.sizes), "valid": str(d.valid_time.dtype), "units": d.sst.attrs["units"],
  "lat": float(d.lat[0]), "lon": float(d.lon[0])}))`;
    let text: string;
    try {
      text = (await promisify(execFile)(python, ['-c', program, join(folder, 'forecast.nc')])).stdout;
    } catch (thrown) {
      const missing = /No module named|ENOENT|did not find a match/.test(String(thrown));
      if (missing) skip('SKIPPED: no Python with xarray and netCDF4 here (set DRIFTCAST_TEST_PYTHON).');
      throw thrown;
    }
    const seen = JSON.parse(text);
    expect(seen.dims).toMatchObject({ start: 2, member: members, lead: 4, lat: 8, lon: 12 });
    expect(seen.valid).toContain('datetime64');
    expect([seen.lat, seen.lon]).toEqual([25, 190]);
  });
});

function isEpoch(event: RunEvent, stage: string, epoch: number): boolean {
  return event.kind === 'epoch' && event.metrics.stage === stage && event.metrics.epoch === epoch;
}

/** Definitions written out, O(M²), from the file as it lies on disk: shares no code with ours. */
async function naiveScores(path: string) {
  await h5wasm.ready;
  const file = new h5wasm.File(path, 'r');
  const read = (name: string) => Float64Array.from((file.get(name) as { value: Float32Array }).value);
  const [forecast, truth, leads] = [read('sst'), read('sst_truth'), read('lead')];
  file.close();
  const size = 96;
  const starts = forecast.length / (members * leads.length * size);
  return [...leads].map((lead, l) => {
    let [cells, error, pairs, squared, variance] = [0, 0, 0, 0, 0];
    for (let s = 0; s < starts; s++) {
      for (let c = 0; c < size; c++) {
        const y = truth[(s * leads.length + l) * size + c]!;
        const x = Array.from(
          { length: members },
          (_, m) => forecast[((s * members + m) * leads.length + l) * size + c]!,
        );
        if (!(y > -100) || !x.every((value) => value > -100 && value < 1e10)) continue;
        cells++;
        const mean = x.reduce((a, b) => a + b) / members;
        for (const a of x) {
          error += Math.abs(a - y) / members;
          variance += (a - mean) ** 2 / members;
          for (const b of x) pairs += Math.abs(a - b);
        }
        squared += (mean - y) ** 2;
      }
    }
    return {
      lead,
      cells: cells / starts,
      crps: (error - pairs / (2 * members * members)) / cells,
      fairCrps: (error - pairs / (2 * members * (members - 1))) / cells,
      mse: squared / cells,
      ssr: Math.sqrt(variance / cells) / Math.sqrt(squared / cells),
    };
  });
}
