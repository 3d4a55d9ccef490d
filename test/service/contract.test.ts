/** The contract over two links: errors, cancelling, calls that never end, two clients at once. */
import { setTimeout as after } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type ContractClient, createInProcessClient } from '#main/service/client.ts';
import type { Service } from '#main/service/service.ts';
import { unwrapErrors } from '#shared/contract/client-errors.ts';
import type { Job } from '#shared/domain/job.ts';
import { behaviour } from './fixtures/behaviour.ts';
import { openFile, openService, prepareDataset, settings, useEngine } from './fixtures/open-service.ts';

useEngine();

/** A page's client over a channel, as in the desktop app. */
function overChannel({ router }: Service, trusted = false): { client: ContractClient; close(): void } {
  const { port1, port2 } = new MessageChannel();
  new RPCHandler(router).upgrade(port2 as never, { context: { trusted } });
  const client: ContractClient = createORPCClient(
    new RPCLink({ port: port1 as never, interceptors: [unwrapErrors] }),
  );
  port1.start();
  port2.start();
  const close = (): void => port1.close();
  onTestFinished(close);
  return { client, close };
}

/** However busy the machine is. */
const eventually = (holds: () => Promise<void>) => vi.waitFor(holds, { timeout: 60_000, interval: 20 });

const links = [
  { link: 'in process', connect: (service: Service) => createInProcessClient(service.router, false) },
  { link: 'over a MessagePort', connect: (service: Service) => overChannel(service).client },
];

describe.each(links)('a page $link', ({ connect }) => {
  it('gets errors as data, without a bare exception', async () => {
    const { service } = await openService();
    const client = connect(service);
    const file = await openFile(service);
    await expect(client.runs.get({ run: 'no-such-run' })).rejects.toMatchObject({
      name: 'DriftcastError',
      code: 'not-found',
      message: 'There is no run "no-such-run".',
      hint: expect.stringContaining('List the runs'),
    });
    const bug = client.files.statistics({ file, variable: 'bug' });
    await expect(bug).rejects.toMatchObject({
      code: 'internal',
      message: expect.not.stringContaining('\n'),
      details: expect.stringContaining('TypeError'),
    });
  });

  it('is told which value of a request is wrong', async () => {
    const { service } = await openService();
    const client = connect(service);
    const wrong = client.datasets.preview({
      file: 'a',
      settings: { variables: ['sst'], horizon: 'six' as never },
    });
    await expect(wrong).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringMatching(/"settings\.horizon" is not accepted/),
    });
    await expect(client.runs.get({ run: '../datasets/a' })).rejects.toMatchObject({ code: 'bad-input' });
    await expect(client.runs.get({ run: '..' })).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('can name no path', async () => {
    const { service } = await openService();
    const client = connect(service);
    const path = '/etc/passwd';
    for (const call of [
      () => client.files.open({ path }),
      () => client.runs.exportWeights({ run: 'a', path }),
      () => client.runs.importWeights({ run: 'a', path }),
      () => client.forecasts.export({ forecast: 'a', path }),
      () => client.verification.files({ forecasts: [path] }),
      () => client.reference.start({ path }),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'unauthorised', hint: expect.stringMatching(/\w/) });
    await openFile(service);
    const [recent] = await client.files.recent();
    expect(recent?.name).toBe('a.nc');
    expect(recent?.folder).not.toContain('/');
  });

  it('may leave a call that never ends; the engine stays', async () => {
    const { service } = await openService();
    const client = connect(service);
    const file = await openFile(service);
    const { mean: pid } = await client.files.statistics({ file, variable: 'sst' });
    const abort = new AbortController();
    const endless = client.files.statistics({ file, variable: 'forever' }, { signal: abort.signal });
    const left = expect(endless).rejects.toMatchObject({ code: 'cancelled' });
    await client.files.statistics({ file, variable: 'sst' });
    abort.abort();
    await left;
    expect((await client.files.statistics({ file, variable: 'sst' })).mean).toBe(pid);
  });

  it('may leave a stream of events at any time, also while it waits', async () => {
    const { service } = await openService();
    const client = connect(service);
    const abort = new AbortController();
    const stream = await client.jobs.watchAll(undefined, { signal: abort.signal });
    const waiting = stream.next().then(
      (result) => result.done,
      (thrown: { code?: string }) => thrown.code === 'cancelled',
    );
    abort.abort();
    expect(await waiting).toBe(true);

    const second = await client.jobs.watchAll();
    const next = second.next();
    const dataset = await prepareDataset(service);
    expect((await next).value).toMatchObject({ kind: 'prepare', subject: dataset });
    await second.return?.();
    expect(await second.next()).toMatchObject({ done: true });
  });
});

describe('two pages', () => {
  it('see the same job; one may go without the other noticing', async () => {
    const { service } = await openService();
    const [one, two] = [overChannel(service), overChannel(service)];
    const dataset = await prepareDataset(service);
    const { job, run } = await one.client.runs.start({
      dataset,
      preset: 'small',
      settings: settings(behaviour.endless, 1),
    });
    const first = await one.client.jobs.watch({ job });
    const second = await two.client.jobs.watch({ job });
    expect((await first.next()).value).toMatchObject({ id: job });
    await eventually(async () => expect((await two.client.runs.get({ run })).status).toBe('training'));
    const lost = expect(
      (async () => {
        for await (const _change of first);
      })(),
    ).rejects.toMatchObject({ name: 'DriftcastError' });
    one.close();
    await lost;
    await two.client.runs.pause({ run });
    let last: Job | undefined;
    for await (const change of second) last = change;
    expect(last?.ended).not.toBeNull();
  });

  it('that is slow gets the newest state of each job and costs no memory', async () => {
    const { service } = await openService();
    const { client } = service;
    const dataset = await prepareDataset(service);
    const slow = await client.jobs.watchAll();
    const { job, run } = await client.runs.start({
      dataset,
      preset: 'small',
      settings: settings(behaviour.endless, 1),
    });
    await eventually(async () => expect((await client.jobs.get({ job })).fraction).not.toBeNull());
    await client.runs.pause({ run });
    await eventually(async () => expect((await client.jobs.get({ job })).ended).not.toBeNull());
    expect((await slow.next()).value).toMatchObject({ id: job, status: 'cancelled' });
    const none = Symbol('nothing more');
    expect(await Promise.race([slow.next(), after(0, none)])).toBe(none);
    await slow.return?.();
  });
});
