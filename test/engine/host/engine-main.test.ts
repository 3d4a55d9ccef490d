/** The engine's side of the protocol over a channel in memory, and its duty to end with its parent. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createElectronHost, type UtilityProcessLike } from '#main/engine/host/electron-host.ts';
import { engineMain, type Handlers } from '#main/engine/host/engine-main.ts';
import { laneFromArguments } from '#main/engine/host/host.ts';
import { createNodeHost } from '#main/engine/host/node-host.ts';
import { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import type { EngineTransport } from '#main/engine/host/transport.ts';
import type { FromEngine, ToEngine } from '#main/engine/protocol.ts';
import { DriftcastError } from '#shared/errors.ts';
import { bundle } from '../../bundle.ts';
import { temporaryFolder } from '../../temporary-folder.ts';

function channel() {
  const sent: FromEngine[] = [];
  let deliver: (message: unknown) => void = () => undefined;
  let close: () => void = () => undefined;
  const exit = vi.fn();
  const transport: EngineTransport = {
    post: (message) => void sent.push(message),
    onMessage: (listener) => {
      deliver = listener;
    },
    onClose: (listener) => {
      close = listener;
    },
    exit,
  };
  return {
    transport,
    sent,
    exit,
    tell: (message: ToEngine) => deliver(message),
    tellRaw: (message: unknown) => deliver(message),
    close: () => close(),
    about: (id: number) =>
      vi.waitFor(() => {
        const found = sent.find(
          (message) => message.type !== 'event' && 'id' in message && message.id === id,
        );
        expect(found).toBeDefined();
        return found;
      }),
  };
}

const notUsed = () => Promise.reject(new Error('not used'));
const handlers: Handlers<'files'> = {
  inspect: async ({ paths: [path = ''] }, { signal, emit, control }) => {
    if (path === 'bad') throw new DriftcastError('damaged-file', 'It is damaged.', 'Get another.');
    if (path === 'bug') throw new TypeError('x is not a function');
    emit({ kind: 'step', fraction: 0.5, message: 'half' });
    const title = await new Promise<string>((resolve, reject) => {
      if (path === 'quick') resolve('quick');
      control.onAction(resolve);
      signal.addEventListener('abort', () => reject(signal.reason));
    });
    return { name: path, format: 'netcdf4', bytes: 1, title, attributes: {}, variables: [], warnings: [] };
  },
  statistics: notUsed,
  rhythm: notUsed,
  series: notUsed,
  times: notUsed,
  grid: notUsed,
  degrees: notUsed,
  datasetDegrees: notUsed,
  field: notUsed,
  previewPreparation: notUsed,
  prepare: notUsed,
  datasetRhythm: notUsed,
  datasetField: notUsed,
  forecastField: notUsed,
  packModel: notUsed,
  placeModel: notUsed,
  probe: notUsed,
  transect: notUsed,
  exportZarr: notUsed,
  evaluateFiles: notUsed,
};
const call = (id: number, path: string): ToEngine => ({
  type: 'call',
  id,
  name: 'inspect',
  input: { paths: [path], statistics: false },
});

describe('the engine', () => {
  it('says up, loads, says ready, and answers calls that came early', async () => {
    const { transport, sent, tell, about } = channel();
    let loaded: (table: Handlers<'files'>) => void = () => undefined;
    engineMain('files', () => new Promise((resolve) => (loaded = resolve)), transport);
    expect(sent).toEqual([{ type: 'up', pid: process.pid }]);
    tell(call(1, 'quick'));
    tell({ type: 'ping', nonce: 5 });
    expect(sent.at(-1)).toEqual({ type: 'pong', nonce: 5 });
    loaded(handlers);
    expect(await about(1)).toMatchObject({ type: 'result', output: { name: 'quick' } });
    expect(sent.map(({ type }) => type)).toEqual(['up', 'pong', 'ready', 'event', 'result', 'idle']);
  });

  it('turns errors into data and keeps bugs out of sight', async () => {
    const { transport, tell, about } = channel();
    engineMain('files', handlers, transport);
    tell(call(1, 'bad'));
    tell(call(2, 'bug'));
    tell({ type: 'call', id: 3, name: 'train', input: {} });
    tell({ type: 'call', id: 4, name: 'toString' as 'inspect', input: {} });
    expect(await about(1)).toMatchObject({ error: { code: 'damaged-file', hint: 'Get another.' } });
    expect(await about(2)).toMatchObject({
      error: { code: 'internal', details: expect.stringContaining('at ') },
    });
    expect(await about(3)).toMatchObject({ error: { message: expect.stringContaining('no call "train"') } });
    expect(await about(4)).toMatchObject({ error: { code: 'internal' } });
  });

  it('cancels and controls one call without touching the others', async () => {
    const { transport, tell, tellRaw, about } = channel();
    engineMain('files', handlers, transport);
    tell(call(1, 'a'));
    tell(call(2, 'b'));
    tell(call(3, 'c'));
    tellRaw('nonsense');
    tell({ type: 'cancel', id: 1 });
    tell({ type: 'cancel', id: 77 });
    tell({ type: 'control', id: 2, action: 'pause' });
    expect(await about(1)).toMatchObject({ type: 'error', error: { code: 'cancelled' } });
    expect(await about(2)).toMatchObject({ type: 'result', output: { title: 'pause' } });
    tell({ type: 'control', id: 3, action: 'finish-early' });
    expect(await about(3)).toMatchObject({ output: { title: 'finish-early' } });
  });

  it('ends when it is told to and when its service has gone', () => {
    const { transport, tell, close, exit } = channel();
    engineMain('files', handlers, transport);
    tell({ type: 'exit' });
    close();
    expect(exit).toHaveBeenCalledTimes(2);
  });

  it('knows its lane from its command line', () => {
    expect(laneFromArguments(['node', 'engine.js', '--lane=compute'])).toBe('compute');
    expect(() => laneFromArguments(['node', 'engine.js'])).toThrow(/--lane/);
  });
});

describe('an engine in the middle of a computation', () => {
  it('ends when its service is killed', async () => {
    const folder = await temporaryFolder();
    const engine = await bundle(join(import.meta.dirname, 'fixtures', 'busy-engine.ts'), folder);
    const parent = join(folder, 'parent.mjs');
    await writeFile(
      parent,
      `import { fork } from 'node:child_process';
       const child = fork(${JSON.stringify(engine)}, ['--lane=compute'], { serialization: 'advanced', stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
       child.on('message', (message) => {
         if (message.type === 'ready') child.send({ type: 'call', id: 1, name: 'describe', input: {} });
         if (message.type === 'event') console.log(child.pid);
       });`,
    );
    const service = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [chunk] = (await once(service.stdout, 'data')) as [Buffer];
    const pid = Number(chunk.toString());
    service.kill('SIGKILL');
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 60_000, interval: 50 });
  });

  it('that leads in circles through a damaged file ends, and the file is to blame', async () => {
    const fixture = join(import.meta.dirname, 'fixtures', 'circling-engine.ts');
    const host = createNodeHost({ entry: await bundle(fixture, await temporaryFolder()), environment: {} });
    const supervisor = new EngineSupervisor({ lane: 'files', host });
    onTestFinished(() => supervisor.dispose());
    await expect(supervisor.call('inspect', { paths: ['a.nc'], statistics: false })).rejects.toMatchObject({
      code: 'damaged-file',
      message: expect.stringContaining('leads in circles'),
    });
  });
});

describe('the Electron host', () => {
  it('speaks to a utility process and ends it the hard way when it must', () => {
    const listeners = new Map<string, (value: unknown) => void>();
    const child: UtilityProcessLike = {
      pid: undefined,
      stdout: null,
      stderr: { on: (_event, listener) => listener(Buffer.from('words')) },
      postMessage: vi.fn(),
      on: (event: string, listener: (value: never) => void) =>
        listeners.set(event, listener as (value: unknown) => void),
      kill: vi.fn(() => true),
    };
    const fork = vi.fn(() => child);
    const host = createElectronHost({ fork }, { entry: 'engine.js', environment: { A: 'b' } });
    const engine = host.start('files');
    expect(fork).toHaveBeenCalledWith('engine.js', ['--lane=files'], {
      env: expect.objectContaining({ A: 'b' }),
      stdio: 'pipe',
      serviceName: expect.stringContaining('files'),
    });
    const heard: unknown[] = [];
    engine.onMessage((message) => heard.push(message));
    engine.onOutput((text) => heard.push(text));
    engine.onExit((exit) => heard.push(exit));
    listeners.get('message')?.({ type: 'up', pid: 1 });
    engine.post({ type: 'exit' });
    engine.kill();
    expect(child.kill).toHaveBeenCalled();
    listeners.get('exit')?.(7);
    engine.post({ type: 'exit' });
    expect(child.postMessage).toHaveBeenCalledTimes(1);
    expect(heard).toEqual(['words', { type: 'up', pid: 1 }, { code: 7, signal: null }]);
  });
});
