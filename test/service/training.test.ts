/** The life of runs, with an engine in a process of its own that really dies. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { Service } from '#main/service/service.ts';
import { openEntities } from '#main/workspace/entities.ts';
import { openWorkspace } from '#main/workspace/layout.ts';
import { acquireLock, lockOwner } from '#main/workspace/lock.ts';
import type { RunEvent } from '#shared/contract/index.ts';
import { behaviour } from './fixtures/behaviour.ts';
import { jobEnd, openService, prepareDataset, settings, useEngine } from './fixtures/open-service.ts';

useEngine();

async function train(service: Service, seed: number, epochs = 3) {
  const dataset = await prepareDataset(service);
  return service.client.runs.start({ dataset, preset: 'small', settings: settings(seed, epochs) });
}

/** Reads events until one satisfies, and leaves. */
async function until(service: Service, run: string, satisfies: (event: RunEvent) => boolean) {
  const events: RunEvent[] = [];
  for await (const event of await service.client.runs.watch({ run })) {
    events.push(event);
    if (satisfies(event)) break;
  }
  return events;
}

const trains = (event: RunEvent): boolean => event.kind === 'progress';
const rests = (event: RunEvent): boolean =>
  event.kind === 'run' && event.run.status !== 'training' && event.run.status !== 'queued';
const epochsOf = (events: readonly RunEvent[]): number[] =>
  events.flatMap((event) => (event.kind === 'epoch' ? [event.metrics.epoch] : []));
const lockPath = (workspace: string, run: string): string => join(workspace, 'runs', run, 'lock');

describe('a run', () => {
  it('trains to its end, tells its course, and is on disk as plain files', async () => {
    const { service, workspace } = await openService();
    const { job, run } = await train(service, behaviour.usual);
    const events = await until(service, run, rests);
    expect(await jobEnd(service, job)).toMatchObject({
      status: 'done',
      fraction: 1,
      subject: run,
      error: null,
    });
    expect(events[0]).toMatchObject({ kind: 'run', run: { id: run } });
    expect(epochsOf(events)).toEqual([1, 2, 3]);
    expect(await service.client.runs.get({ run })).toMatchObject({
      status: 'finished',
      stage: 'forecaster',
      epochs: 3,
      bestValidationCrps: 1 / 3,
      parameters: 42,
      seconds: 1.5,
      validationReferences: { persistence: 2, climatology: 3 },
      versions: { fake: '1', driftcast: expect.any(String) },
      datasetFingerprint: 'f1',
      problem: null,
    });
    expect((await service.client.runs.metrics({ run })).map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    const plain = JSON.parse(await readFile(join(workspace, 'runs', run, 'run.json'), 'utf8'));
    expect(plain).toMatchObject({ formatVersion: 1, status: 'finished' });
    // Someone who comes later is told the whole history.
    expect(
      epochsOf(await until(service, run, (event) => event.kind === 'epoch' && event.metrics.epoch === 3)),
    ).toEqual([1, 2, 3]);
    await expect(service.client.runs.resume({ run })).rejects.toMatchObject({ code: 'conflict' });
  });

  it('goes on from its last checkpoint when the engine is killed, and says so', async () => {
    const { service } = await openService();
    const { job, run } = await train(service, behaviour.mortal, 5);
    const events = await until(service, run, rests);
    expect((await jobEnd(service, job)).status).toBe('done');
    expect(epochsOf(events)).toEqual([1, 2, 3, 4, 5]);
    const notes = events.flatMap((event) => (event.kind === 'note' ? [event.message] : []));
    expect(notes.length).toBeGreaterThanOrEqual(4);
    for (const note of notes) expect(note).toMatch(/SIGKILL.*goes on from the last checkpoint/);
    expect((await service.client.runs.get({ run })).epochs).toBe(5);
  });

  it('fails with a sentence after three deaths in a row, and can be resumed', async () => {
    const { service, workspace } = await openService();
    const { job, run } = await train(service, behaviour.deadly);
    const ended = await jobEnd(service, job);
    expect(ended).toMatchObject({ status: 'failed', error: { code: 'engine-died' } });
    expect(ended.error?.message).toContain('3 times in a row');
    expect(await service.client.runs.get({ run })).toMatchObject({
      status: 'failed',
      problem: expect.stringContaining('3 times in a row'),
    });
    expect(await lockOwner(lockPath(workspace, run))).toBeNull();
    const again = await service.client.runs.resume({ run });
    expect(await jobEnd(service, again.job)).toMatchObject({ status: 'failed' });
  });

  it('takes a new name while it trains, and keeps it when its course is written', async () => {
    const { service } = await openService();
    const { job, run } = await train(service, behaviour.usual, 5);
    await until(service, run, trains);
    const label = { name: 'Baseline', tags: ['paper'], note: 'Small network.' };
    expect(await service.client.library.label({ kind: 'run', id: run, ...label })).toEqual(label);
    const told = await until(service, run, rests);
    expect(told.at(-1)).toMatchObject({ kind: 'run', run: label });
    expect((await jobEnd(service, job)).status).toBe('done');
    expect(await service.client.runs.list()).toMatchObject([{ ...label, status: 'finished', epochs: 5 }]);
    await expect(service.client.library.label({ kind: 'run', id: run, name: ' ' })).rejects.toMatchObject({
      code: 'bad-input',
    });
  });

  it('fails with the engine’s own words when training diverges', async () => {
    const { service } = await openService();
    const { job, run } = await train(service, behaviour.diverging);
    expect(await jobEnd(service, job)).toMatchObject({
      error: { code: 'diverged', message: 'The loss is not a number.', hint: 'Lower the learning rate.' },
    });
    expect(await service.client.runs.get({ run })).toMatchObject({
      status: 'failed',
      problem: 'The loss is not a number.',
    });
  });

  it('is paused, resumed where it was, finished early', async () => {
    const { service } = await openService();
    const { client } = service;
    const { job, run } = await train(service, behaviour.endless, 3);
    await until(service, run, (event) => event.kind === 'epoch' && event.metrics.epoch === 2);
    await client.runs.pause({ run });
    expect(await jobEnd(service, job)).toMatchObject({
      status: 'cancelled',
      message: 'Paused after 2 epochs; the last checkpoint is kept.',
    });
    expect((await client.runs.get({ run })).status).toBe('paused');
    await expect(client.runs.pause({ run })).rejects.toMatchObject({ code: 'conflict' });

    const resumed = await client.runs.resume({ run });
    const events = await until(service, run, trains);
    expect(events.find(trains)).toMatchObject({ epoch: 3 });
    await expect(client.runs.remove({ run })).rejects.toMatchObject({ code: 'conflict' });
    await client.runs.finishEarly({ run });
    expect((await jobEnd(service, resumed.job)).status).toBe('done');
    expect(await client.runs.get({ run })).toMatchObject({ status: 'finished', epochs: 2 });
    await client.runs.remove({ run });
    await expect(client.runs.get({ run })).rejects.toMatchObject({ code: 'not-found' });
  });

  it('is stopped by cancelling its job, keeps its checkpoint and can be finished as it is', async () => {
    const { service } = await openService();
    const { client } = service;
    const { job, run } = await train(service, behaviour.endless, 2);
    await until(service, run, (event) => trains(event) && 'epoch' in event && event.epoch === 2);
    await client.jobs.cancel({ job });
    expect((await jobEnd(service, job)).status).toBe('cancelled');
    expect(await client.runs.get({ run })).toMatchObject({ status: 'stopped', epochs: 1 });
    await client.runs.finishEarly({ run });
    expect(await client.runs.get({ run })).toMatchObject({ status: 'finished' });
  });

  it('waits for its turn; one that waits can be paused too', async () => {
    const { service } = await openService();
    const { client } = service;
    const dataset = await prepareDataset(service);
    const first = await client.runs.start({
      dataset,
      preset: 'small',
      settings: settings(behaviour.endless),
    });
    const second = await client.runs.start({ dataset, preset: 'small', init: first.run });
    const third = await client.runs.start({ dataset, preset: 'small', name: 'Third' });
    await until(service, first.run, trains);
    await expect(client.runs.finishEarly({ run: second.run })).rejects.toMatchObject({ code: 'conflict' });
    expect(await client.jobs.get({ job: third.job })).toMatchObject({
      status: 'queued',
      title: 'Train Third',
    });
    await client.runs.pause({ run: second.run });
    expect(await jobEnd(service, second.job)).toMatchObject({ status: 'cancelled' });
    expect(await client.runs.get({ run: second.run })).toMatchObject({ status: 'paused', parent: first.run });
    // Nothing else waits for the training.
    const forecast = await client.forecasts.start({ run: first.run, starts: ['last'] });
    expect((await jobEnd(service, forecast.job)).status).toBe('done');
    await client.runs.finishEarly({ run: first.run });
    expect((await jobEnd(service, third.job)).status).toBe('done');
  });
});

describe('closing and coming back', () => {
  it('pauses the training and leaves nothing locked; the next service goes on', async () => {
    const { service, workspace } = await openService();
    const { run } = await train(service, behaviour.endless, 2);
    await until(service, run, (event) => trains(event) && 'epoch' in event && event.epoch === 2);
    await service.close();
    expect(await lockOwner(lockPath(workspace, run))).toBeNull();

    const next = await openService({ workspaceFolder: workspace });
    expect(await next.service.client.runs.get({ run })).toMatchObject({ status: 'paused', epochs: 1 });
    const { job } = await next.service.client.runs.resume({ run });
    await until(next.service, run, trains);
    await next.service.client.runs.finishEarly({ run });
    expect((await jobEnd(next.service, job)).status).toBe('done');
  });

  it('finds a run whose Driftcast was killed paused, with a reason, and one that another trains untouched', async () => {
    const { service, workspace } = await openService();
    const { job, run } = await train(service, behaviour.usual);
    await jobEnd(service, job);
    const { client } = service;
    const other = await client.runs.start({
      dataset: (await client.runs.get({ run })).dataset,
      preset: 'small',
    });
    await jobEnd(service, other.job);
    await service.close();

    const entities = openEntities(await openWorkspace(workspace));
    for (const id of [run, other.run])
      await entities.runs.write(id, { ...(await entities.runs.read(id)), status: 'training' });
    await writeFile(lockPath(workspace, run), '{"pid":');
    const lock = await acquireLock(lockPath(workspace, other.run), 'The run', 'training');

    const next = await openService({ workspaceFolder: workspace });
    expect(await next.service.client.runs.get({ run })).toMatchObject({
      status: 'paused',
      problem: expect.stringContaining('resume'),
    });
    expect((await next.service.client.runs.get({ run: other.run })).status).toBe('training');
    for (const refused of [
      () => next.service.client.runs.resume({ run: other.run }),
      () => next.service.client.runs.pause({ run: other.run }),
      () => next.service.client.runs.remove({ run: other.run }),
    ])
      await expect(refused()).rejects.toMatchObject({ code: 'conflict' });
    // It is followed by what the other writes to disk.
    const seen = until(next.service, other.run, rests);
    await entities.runs.write(other.run, { ...(await entities.runs.read(other.run)), status: 'finished' });
    expect((await seen).at(-1)).toMatchObject({ run: { status: 'finished' } });
    await lock.release();
  });

  it('ends both engine processes', async () => {
    const { service } = await openService();
    const dataset = await prepareDataset(service);
    const file = (await service.client.files.recent())[0]?.token ?? '';
    const { id } = await service.client.files.openToken({ token: file });
    const { mean: pid } = await service.client.files.statistics({ file: id, variable: 'sst' });
    await service.client.runs.estimate({ dataset, preset: 'small' });
    await service.close();
    await service.close();
    await vi.waitFor(() => expect(() => process.kill(pid ?? 0, 0)).toThrow(), {
      timeout: 60_000,
      interval: 20,
    });
    await expect(service.client.system.doctor()).resolves.toMatchObject({ threads: 0 });
  });
});
