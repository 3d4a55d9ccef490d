/** The desktop shell's wiring, with a stand-in for Electron: what it locks, whom it answers, how it ends. */
import { MessageChannel, type MessagePort as NodePort } from 'node:worker_threads';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Client } from '#main/cli/environment.ts';
import { runDesktop } from '#main/desktop/app.ts';
import { channels } from '#main/desktop/channels.ts';
import type { DesktopService } from '#main/desktop/parts.ts';
import { appOrigin } from '#main/desktop/scheme.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type FakeService, fakeService } from '../cli/fakeService.ts';
import { job } from '../cli/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type FakeElectron, FakeWindow, fakeElectron } from './electron.ts';

let electron: FakeElectron;
let fake: FakeService;
let saved: { path: string; address: unknown }[];
let closed: number;

function service(): DesktopService {
  return {
    router: fake.router,
    client: fake.client,
    resolveField: () => Promise.reject(new DriftcastError('not-found', 'No such field.')),
    tokenForPath: async (path) => `token-of-${path}`,
    saveDownload: async (address, path) => {
      saved.push({ address, path });
    },
    downloadName: async () => 'spring.nc',
    close: async () => {
      closed++;
    },
  };
}

function start(files: string[] = []): Promise<void> {
  return runDesktop(electron.module, {
    preload: 'preload.cjs',
    rendererFolder: import.meta.dirname,
    iconFolder: 'icons',
    files,
    createService: async () => service(),
    loadUpdater: () => Promise.reject(new Error('not asked for')),
  });
}

function window(): FakeWindow {
  const [only] = FakeWindow.all;
  if (!only) throw new Error('No window was opened.');
  return only;
}

/** An IPC event of our page, or of whatever `url` and `frame` say. */
function event(ports: unknown[] = [], url = `${appOrigin}/`, topFrame = true) {
  const contents = window().webContents;
  contents.mainFrame = { url };
  return { ports, sender: contents, senderFrame: topFrame ? contents.mainFrame : { url } };
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

beforeEach(async () => {
  electron = fakeElectron(await temporaryFolder());
  fake = fakeService();
  saved = [];
  closed = 0;
});

describe('the window', () => {
  it('is isolated, sandboxed, and shows our own scheme', async () => {
    await start();
    expect(FakeWindow.all).toHaveLength(1);
    expect(window().options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      preload: 'preload.cjs',
    });
    expect(window().loaded).toEqual(['app://driftcast/']);
    expect(electron.schemes).toEqual([
      {
        scheme: 'app',
        privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true },
      },
    ]);
  });

  it('cannot leave, open others or hold webviews', async () => {
    await start();
    const contents = window().webContents;
    expect(electron.app.sandboxed).toBe(true);
    for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect', 'will-attach-webview']) {
      let prevented = false;
      contents.emit(name, { preventDefault: () => (prevented = true) });
      expect(prevented, name).toBe(true);
    }
    expect(contents.openHandler?.()).toEqual({ action: 'deny' });
  });

  it('has no permission but to copy text', async () => {
    await start();
    for (const name of [
      'media',
      'geolocation',
      'notifications',
      'openExternal',
      'clipboard-read',
      'fileSystem',
    ])
      expect(electron.permission(name), name).toEqual({ asked: false, checked: false });
    expect(electron.permission('clipboard-sanitized-write')).toEqual({ asked: true, checked: true });
  });
});

describe('one instance', () => {
  it('leaves when another has the lock', async () => {
    electron.app.locked = false;
    await start();
    expect(electron.app.quits).toBe(1);
    expect(FakeWindow.all).toHaveLength(0);
  });

  it('hands its files over when it is the second', async () => {
    electron.app.locked = false;
    await start(['/data/a.nc']);
    expect(electron.app.handedOver).toEqual({ files: ['/data/a.nc'] });
  });

  it('takes the files of a second start and comes to the front', async () => {
    await start(['/data/first.nc']);
    electron.app.emit('second-instance', {}, [], '/', { files: ['/data/second.nc', '/data/third.nc'] });
    await settled();
    // The page opens the last one itself; the one before it gets into the list of recent files.
    const opened = fake.calls.filter((call) => call.name === 'files.open').map((call) => call.input);
    expect(opened).toEqual([expect.objectContaining({ path: '/data/second.nc' })]);
    expect(window().focused).toBe(1);
    expect(window().minimized).toBe(false);
    expect(window().loaded).toEqual([
      'app://driftcast/#/data?file=token-of-%2Fdata%2Ffirst.nc',
      'app://driftcast/#/data?file=token-of-%2Fdata%2Fthird.nc',
    ]);
    expect(electron.app.recent).toEqual(['/data/first.nc', '/data/third.nc']);
  });

  it.each([undefined, null, 7, {}, { files: 'a.nc' }, { files: [1] }])(
    'survives what another version hands over (%j)',
    async (data) => {
      await start();
      electron.app.emit('second-instance', {}, [], '/', data);
      await settled();
      expect(window().loaded).toEqual(['app://driftcast/']);
    },
  );

  it('takes files from the file manager, before and after the window is there', async () => {
    const starting = start();
    let prevented = 0;
    const event = { preventDefault: () => prevented++ };
    electron.app.emit('open-file', event, '/data/early.nc');
    await starting;
    electron.app.emit('open-file', event, '/data/store.zarr');
    await settled();
    expect(prevented).toBe(2);
    expect(window().loaded).toEqual([
      'app://driftcast/#/data?file=token-of-%2Fdata%2Fearly.nc',
      'app://driftcast/#/data?file=token-of-%2Fdata%2Fstore.zarr',
    ]);
  });

  it('starts although a file cannot be opened', async () => {
    fake.openError = new DriftcastError('damaged-file', 'It is cut short.');
    await start(['/data/broken.nc', '/data/good.nc']);
    expect(window().loaded).toHaveLength(1);
  });
});

/** Electron's port, by what is used of it, over a real one. */
function mainPort(port: NodePort) {
  return {
    on(name: string, listener: (message?: { data: unknown }) => void) {
      if (name === 'message') port.on('message', (data: unknown) => listener({ data }));
      else port.on(name, () => listener());
    },
    postMessage: (message: unknown) => port.postMessage(message),
    start: () => port.start(),
  };
}

describe('the contract over a MessagePort', () => {
  function connect(from = event()): { remote: Client; port: NodePort } {
    const { port1, port2 } = new MessageChannel();
    from.ports = [mainPort(port2)];
    electron.ipc.listeners.get(channels.contractPort)?.(from);
    port1.start();
    return {
      remote: createORPCClient(new RPCLink({ port: port1 as unknown as MessagePort })),
      port: port1,
    };
  }

  it('answers calls, streams and errors to a page that is not trusted with paths', async () => {
    await start();
    const { remote, port } = connect();
    expect((await remote.datasets.list())[0]?.id).toBe('pacific-1');
    expect(fake.calls.at(-1)?.trusted).toBe(false);
    const statuses: string[] = [];
    for await (const change of await remote.jobs.watch({ job: 'job-1' })) statuses.push(change.status);
    expect(statuses).toEqual(['running', 'done']);
    fake.openError = new DriftcastError('damaged-file', 'It is cut short.', 'Copy it again.');
    await expect(remote.files.open({ path: 'a.nc' })).rejects.toMatchObject({
      data: { code: 'damaged-file', hint: 'Copy it again.' },
    });
    port.close();
  });

  it('serves two pages at once and lets go of streams that never end', async () => {
    await start();
    const [first, second] = [connect(), connect()];
    const stop = new AbortController();
    const events = await first.remote.jobs.watchAll(undefined, { signal: stop.signal });
    await events.next();
    const waiting = events.next();
    stop.abort();
    await expect(waiting).rejects.toThrow();
    expect((await second.remote.system.doctor()).threads).toBe(2);
    first.port.close();
    second.port.close();
  });

  it('survives what is no message', async () => {
    await start();
    const { remote, port } = connect();
    for (const message of ['hello', '[]', 'null', { i: '1' }, 7, null]) port.postMessage(message);
    expect((await remote.system.doctor()).threads).toBe(2);
    port.close();
  });

  it('is not offered to other frames or sites', async () => {
    await start();
    let started = false;
    const port = { on: () => {}, start: () => (started = true), postMessage: () => {} };
    const listener = electron.ipc.listeners.get(channels.contractPort);
    listener?.(event([port], 'https://evil.example/'));
    listener?.(event([port], 'app://driftcast.evil/'));
    listener?.(event([port], `${appOrigin}/`, false));
    listener?.({ ...event([port]), senderFrame: null });
    expect(started).toBe(false);
  });
});

describe('the bridge', () => {
  const call = (channel: string, argument?: unknown, from = event()) =>
    Promise.resolve().then(() => electron.ipc.handlers.get(channel)?.(from, argument));

  it('turns drops and picked files into tokens', async () => {
    await start();
    expect(await call(channels.fileToken, '/data/a.nc')).toBe('token-of-/data/a.nc');
    expect(await call(channels.chooseFiles)).toEqual([]);
    electron.dialogs.open = ['/data/a.nc', '/data/b.nc'];
    expect(await call(channels.chooseFiles)).toEqual(['token-of-/data/a.nc', 'token-of-/data/b.nc']);
    for (const wrong of ['', 7, null]) await expect(call(channels.fileToken, wrong)).rejects.toThrow();
    expect(electron.app.recent).toEqual(['/data/a.nc', '/data/a.nc', '/data/b.nc']);
  });

  it('carries the theme to title bar, menus and dialogs', async () => {
    await start();
    await call(channels.theme, 'dark');
    expect(electron.theme.themeSource).toBe('dark');
    for (const wrong of ['black', 7, null]) await expect(call(channels.theme, wrong)).rejects.toThrow();
    expect(electron.theme.themeSource).toBe('dark');
  });

  it('saves only what is a download, only where the person chose', async () => {
    await start();
    expect(await call(channels.saveDownload, '/downloads/forecast/spring-1.nc')).toBe(false);
    electron.dialogs.save = '/home/me/spring.nc';
    expect(await call(channels.saveDownload, '/downloads/forecast/spring-1.nc')).toBe(true);
    expect(saved).toEqual([
      { address: { kind: 'forecast', forecast: 'spring-1' }, path: '/home/me/spring.nc' },
    ]);
    expect(electron.dialogs.shown).toEqual(['spring.nc', 'spring.nc']);
    for (const wrong of ['/etc/passwd', '/downloads/forecast/../x.nc', 5, undefined])
      await expect(call(channels.saveDownload, wrong)).rejects.toMatchObject({ code: 'bad-input' });
  });

  it('answers nobody else', async () => {
    await start();
    const { fileToken, chooseFiles, saveDownload, theme } = channels;
    for (const channel of [fileToken, chooseFiles, saveDownload, theme]) {
      const stranger = event([], 'https://evil.example/');
      await expect(call(channel, '/data/a.nc', stranger)).rejects.toMatchObject({ code: 'unauthorised' });
    }
  });
});

describe('closing', () => {
  async function close(): Promise<void> {
    window().emit('close', { preventDefault: () => {} });
    await settled();
  }

  it('just closes when nothing trains', async () => {
    await start();
    await close();
    expect(window().destroyed).toBe(true);
    expect(electron.dialogs.shown).toEqual([]);
  });

  it('asks during training, and keeps the window or pauses', async () => {
    await start();
    fake.jobCourse = [{ ...job('running', 0.3), kind: 'train' }];
    await close();
    expect(electron.dialogs.shown).toEqual(['A run is still training.']);
    expect(window().destroyed).toBe(false);
    electron.dialogs.button = 1;
    await close();
    // What trains is paused by the service when it closes.
    expect(window().destroyed).toBe(true);
  });

  it('ends the service before the app, once', async () => {
    await start();
    let prevented = 0;
    electron.app.emit('will-quit', { preventDefault: () => prevented++ });
    electron.app.emit('will-quit', { preventDefault: () => prevented++ });
    await settled();
    expect([prevented, closed, electron.app.exits]).toEqual([1, 1, [0]]);
  });
});
