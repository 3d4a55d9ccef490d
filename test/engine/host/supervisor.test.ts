/**
 * The supervisor against real processes that crash, hang, hoard memory, talk nonsense or never start: as Node starts
 * them, and as Electron does, whose utilityProcess is stood in for.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createElectronHost } from '#main/engine/host/electron-host.ts';
import type { EngineHost, HostOptions } from '#main/engine/host/host.ts';
import type { EngineLimits } from '#main/engine/host/limits.ts';
import { createNodeHost } from '#main/engine/host/node-host.ts';
import { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import type { Lane, TrainInput } from '#main/engine/protocol.ts';
import { temporaryFolder } from '../../temporary-folder.ts';
import { utilityProcessOf } from './utility-process.ts';

const entry = join(import.meta.dirname, 'fixtures', 'engine.mjs');

interface Setting {
  environment?: Record<string, string>;
  limits?: Partial<EngineLimits>;
  execArgv?: string[];
}

const hosts: {
  name: string;
  create(options: HostOptions & { execArgv?: string[] }): EngineHost;
  /** How an end is told. */
  ends: [how: string, message: RegExp][];
}[] = [
  {
    name: 'Node',
    create: createNodeHost,
    ends: [
      ['crash', /SIGABRT/],
      ['exit', /code 5/],
      ['killed', /SIGKILL/],
    ],
  },
  {
    name: 'Electron',
    create: ({ execArgv, ...options }) => createElectronHost(utilityProcessOf(execArgv), options),
    ends: [
      ['crash', /code 6/],
      ['exit', /code 5/],
      ['killed', /code 9/],
    ],
  },
];

const inspect = (path: string) => ({ paths: [path], statistics: false });
const answered = { name: 'files', pid: expect.any(Number) };
const trainInput = (runFolder: string): TrainInput => ({
  datasetFolder: '',
  runFolder,
  // The fixture does not look at them.
  settings: {} as TrainInput['settings'],
  resume: false,
  initFolder: null,
});

function gone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe.each(hosts)('with $name’s processes', ({ create, ends }) => {
  function supervise<L extends Lane>(lane: L, { environment = {}, limits, execArgv = [] }: Setting = {}) {
    const log = vi.fn();
    const host = create({ entry, environment, execArgv });
    const started = vi.spyOn(host, 'start');
    const supervisor = new EngineSupervisor({
      lane,
      host,
      log,
      limits: { backoffMilliseconds: 1, maxBackoffMilliseconds: 4, ...limits },
    });
    onTestFinished(() => supervisor.dispose());
    return { supervisor, log, started };
  }

  describe('calls', () => {
    it('are answered, and errors keep their code and words', async () => {
      const { supervisor } = supervise('files');
      expect(await supervisor.call('inspect', inspect('answer'))).toEqual(answered);
      await expect(supervisor.call('inspect', inspect('fail'))).rejects.toMatchObject({
        name: 'DriftcastError',
        code: 'bad-input',
        message: 'No such file.',
        hint: 'Look.',
      });
    });

    it('go to the process of their own lane', async () => {
      const files = supervise('files').supervisor;
      const compute = supervise('compute').supervisor;
      const [one, two] = (await Promise.all([
        files.call('inspect', inspect('answer')),
        compute.call('exportWeights', { runFolder: '', path: 'answer' }),
      ])) as unknown as { name: string; pid: number }[];
      expect([one?.name, two?.name]).toEqual(['files', 'compute']);
      expect(one?.pid).not.toBe(two?.pid);
      // A death in one lane is nothing to the other.
      await expect(files.call('inspect', inspect('crash'))).rejects.toMatchObject({ code: 'engine-died' });
      expect(compute.pid).toBe(two?.pid);
    });

    it('survive messages that are not of the protocol', async () => {
      const { supervisor, log } = supervise('files');
      expect(await supervisor.call('inspect', inspect('garbage'))).toEqual(answered);
      expect(log).toHaveBeenCalledWith('error', expect.stringContaining('not of the protocol'));
    });

    it('pass controls on', async () => {
      const { supervisor } = supervise('files');
      const events: unknown[] = [];
      const task = supervisor.start('inspect', inspect('deaf'), {
        onEvent: (event) => {
          events.push(event);
          task.control('pause');
        },
      });
      expect(await task.result).toMatchObject({ name: 'pause' });
      expect(events).toEqual([{ kind: 'step', fraction: null, message: 'deaf' }]);
    });
  });

  describe('cancelling', () => {
    it('stops a call that reacts and keeps its process', async () => {
      const { supervisor } = supervise('files');
      const abort = new AbortController();
      const call = supervisor.call('inspect', inspect('wait'), {
        signal: abort.signal,
        onEvent: () => abort.abort(),
      });
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      const pid = supervisor.pid;
      expect(await supervisor.call('inspect', inspect('answer'))).toMatchObject({ pid });
    });

    it('ends the process of a call that does not react; its neighbours are answered by the next one', async () => {
      const { supervisor } = supervise('files', { limits: { cancelMilliseconds: 50 } });
      const abort = new AbortController();
      const neighbour = supervisor.start('inspect', inspect('deaf'));
      const deaf = supervisor.call('inspect', inspect('deaf'), {
        signal: abort.signal,
        onEvent: () => abort.abort(),
      });
      const first = supervisor.pid;
      await expect(deaf).rejects.toMatchObject({ code: 'cancelled' });
      neighbour.control('finish-early');
      expect(await neighbour.result).toMatchObject({ name: 'finish-early' });
      expect(supervisor.pid).not.toBe(first);
    });

    it('before the process is ready, or before the call, needs no process', async () => {
      const { supervisor } = supervise('files', { environment: { FIXTURE_START: 'never-ready' } });
      const abort = new AbortController();
      const call = supervisor.call('inspect', inspect('answer'), { signal: abort.signal });
      abort.abort();
      await expect(call).rejects.toMatchObject({ code: 'cancelled' });
      await expect(
        supervisor.call('inspect', inspect('answer'), { signal: abort.signal }),
      ).rejects.toMatchObject({ code: 'cancelled' });
    });
  });

  describe('a process that dies', () => {
    it.each(ends)('in the middle of a call (%s) fails that call and is replaced', async (how, message) => {
      const { supervisor } = supervise('files');
      await expect(supervisor.call('inspect', inspect(how))).rejects.toMatchObject({
        code: 'engine-died',
        message: expect.stringMatching(message),
      });
      expect(await supervisor.call('inspect', inspect('answer'))).toEqual(answered);
    });

    it('for want of memory says so', async () => {
      const { supervisor } = supervise('files', { execArgv: ['--max-old-space-size=32'] });
      await expect(supervisor.call('inspect', inspect('hog'))).rejects.toMatchObject({
        code: 'out-of-memory',
      });
      expect(await supervisor.call('inspect', inspect('answer'))).toEqual(answered);
    });

    it('fails only the call that kills it', async () => {
      const { supervisor } = supervise('files');
      await supervisor.call('inspect', inspect('answer'));
      const waiting = supervisor.start('inspect', inspect('deaf'));
      const guilty = supervisor.call('inspect', inspect('crash'));
      waiting.control('finish-early');
      const later = supervisor.call('inspect', inspect('answer'));
      await expect(guilty).rejects.toMatchObject({ code: 'engine-died' });
      expect(await waiting.result).toMatchObject({ name: 'finish-early' });
      expect(await later).toEqual(answered);
    });

    it('hanging in a computation is noticed and ended', async () => {
      const { supervisor } = supervise('files', { limits: { pingMilliseconds: 200, missedPings: 5 } });
      await expect(supervisor.call('inspect', inspect('hang'))).rejects.toMatchObject({
        code: 'engine-died',
        message: expect.stringContaining('no sign of life'),
      });
      expect(await supervisor.call('inspect', inspect('answer'))).toEqual(answered);
    });
  });

  it('an idle process that holds much memory is replaced', async () => {
    const { supervisor, log, started } = supervise('files');
    const first = (await supervisor.call('inspect', inspect('hoard'))) as unknown as { pid: number };
    await vi.waitFor(() => expect(supervisor.pid).not.toBe(first.pid));
    expect(started).toHaveBeenCalledTimes(2);
    expect(await supervisor.call('inspect', inspect('answer'))).toEqual(answered);
    expect(log).toHaveBeenCalledWith('info', expect.stringContaining('held 9.0 GB and is replaced'));
    expect(log).not.toHaveBeenCalledWith('error', expect.anything());
  });

  describe('a process that does not start', () => {
    it.each([
      ['crash', /could not be started \(code 3\)/],
      ['never-up', /did not become ready/],
      ['never-ready', /did not become ready/],
    ])('(%s) is tried three times, then every call fails with a reason', async (start, message) => {
      const { supervisor, started } = supervise('files', {
        environment: { FIXTURE_START: start },
        limits: start === 'crash' ? {} : { upMilliseconds: 400, readyMilliseconds: 50 },
      });
      const calls = [
        supervisor.call('inspect', inspect('answer')),
        supervisor.call('inspect', inspect('answer')),
      ];
      for (const result of await Promise.allSettled(calls))
        expect(result).toMatchObject({
          status: 'rejected',
          reason: {
            code: 'engine-died',
            message: expect.stringMatching(message),
            ...(start === 'crash' ? { details: 'no library to be found' } : {}),
          },
        });
      expect(started).toHaveBeenCalledTimes(3);
    });

    it('because its program is missing fails in the same way', async () => {
      const supervisor = new EngineSupervisor({
        lane: 'files',
        host: create({ entry: join(import.meta.dirname, 'no-such-engine.mjs') }),
        limits: { backoffMilliseconds: 1 },
      });
      onTestFinished(() => supervisor.dispose());
      await expect(supervisor.call('inspect', inspect('answer'))).rejects.toMatchObject({
        code: 'engine-died',
      });
    });
  });

  describe('a restartable call', () => {
    it('goes on in a new process as long as it gets further, however often it dies', async () => {
      const runFolder = await temporaryFolder();
      const { supervisor } = supervise('compute');
      const notes: string[] = [];
      const restarts: number[] = [];
      const output = await supervisor.call('train', trainInput(runFolder), {
        onEvent: (event) => {
          if (event.kind === 'note') notes.push(event.message);
        },
        restart: {
          input: (input) => ({ ...input, resume: true }),
          isProgress: (event) => event.kind === 'checkpoint',
          onRestart: (_error, deaths) => restarts.push(deaths),
        },
      });
      expect(output).toMatchObject({ status: 'finished', epochs: 5 });
      expect(notes).toEqual([0, 1, 2, 3, 4].map((epoch) => `resume=${epoch > 0} from ${epoch}`));
      expect(restarts).toEqual([1, 1, 1, 1]);
    });

    it('is given up after three deaths without progress', async () => {
      const runFolder = await temporaryFolder();
      await writeFile(join(runFolder, 'stuck'), '');
      const { supervisor } = supervise('compute');
      const restarts: number[] = [];
      const call = supervisor.call('train', trainInput(runFolder), {
        restart: {
          input: (input) => ({ ...input, resume: true }),
          isProgress: (event) => event.kind === 'checkpoint',
          onRestart: (_error, deaths) => restarts.push(deaths),
        },
      });
      await expect(call).rejects.toMatchObject({
        code: 'engine-died',
        message: expect.stringContaining('3 times in a row'),
      });
      expect(restarts).toEqual([1, 2]);
    });
  });

  describe('closing', () => {
    it('ends the process and fails what was under way', async () => {
      const { supervisor } = supervise('files');
      await supervisor.call('inspect', inspect('answer'));
      const pid = supervisor.pid;
      const call = supervisor.call('inspect', inspect('wait'));
      const failed = expect(call).rejects.toMatchObject({ code: 'cancelled' });
      await supervisor.dispose();
      await failed;
      expect(gone(pid!)).toBe(true);
      await expect(supervisor.call('inspect', inspect('answer'))).rejects.toMatchObject({
        code: 'cancelled',
      });
    });

    it('ends a process that does not want to go', async () => {
      const { supervisor } = supervise('files', {
        environment: { FIXTURE_START: 'stay' },
        limits: { closeMilliseconds: 30 },
      });
      await supervisor.call('inspect', inspect('answer'));
      const pid = supervisor.pid;
      await supervisor.dispose();
      expect(gone(pid!)).toBe(true);
    });
  });
});

describe('closing', () => {
  it('by force leaves no engine behind: it goes when its channel closes', async () => {
    const folder = await temporaryFolder();
    const parent = join(folder, 'parent.mjs');
    await writeFile(
      parent,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(entry)}, ['--lane=files'], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
       child.on('message', (message) => { if (message.type === 'ready') console.log(child.pid); });`,
    );
    const service = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(service.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    service.kill('SIGKILL');
    await vi.waitFor(() => expect(gone(pid)).toBe(true), { timeout: 60_000, interval: 20 });
  });
});
