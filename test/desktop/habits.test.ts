/** What a desktop expects of an app: a menu, a window that comes back, signs of work, updates, crash reports. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MenuItemConstructorOptions } from 'electron';
import { beforeEach, describe, expect, it } from 'vitest';
import { runDesktop } from '#main/desktop/app.ts';
import { channels } from '#main/desktop/channels.ts';
import { keepReport } from '#main/desktop/crashReports.ts';
import { type MenuActions, menuTemplate } from '#main/desktop/menu.ts';
import { openPreferences } from '#main/desktop/preferences.ts';
import { checkForUpdates, type Updater } from '#main/desktop/updates.ts';
import { within } from '#main/desktop/window.ts';
import { showWork } from '#main/desktop/workSigns.ts';
import type { Job } from '#shared/domain/job.ts';
import { fakeService } from '../cli/fakeService.ts';
import { job } from '../cli/samples.ts';
import { temporaryFolder } from '../temporary-folder.ts';
import { type FakeElectron, FakeWindow, fakeElectron } from './electron.ts';

let electron: FakeElectron;
beforeEach(async () => {
  electron = fakeElectron(await temporaryFolder());
});

async function start(): Promise<FakeWindow> {
  const fake = fakeService();
  await runDesktop(electron.module, {
    preload: 'preload.cjs',
    rendererFolder: '',
    iconFolder: 'icons',
    files: [],
    createService: async () => ({
      router: fake.router,
      client: fake.client,
      resolveField: () => Promise.reject(new Error('no field')),
      tokenForPath: async (path) => `token-of-${path}`,
      saveDownload: async () => {},
      downloadName: async () => '',
      close: async () => {},
    }),
    loadUpdater: () => Promise.reject(new Error('not asked for')),
  });
  const [window] = FakeWindow.all;
  if (!window) throw new Error('No window was opened.');
  return window;
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
}

function items(template: MenuItemConstructorOptions[]): MenuItemConstructorOptions[] {
  return template.flatMap((item) => [item, ...(Array.isArray(item.submenu) ? items(item.submenu) : [])]);
}

describe('the menu', () => {
  const done: unknown[] = [];
  const actions: MenuActions = {
    tell: (command) => done.push(command),
    choose: (what) => done.push(what),
    showRecent: (token) => done.push(token),
    showReports: () => done.push('reports'),
    checkForUpdates: () => done.push('check'),
    setAutomaticUpdates: (yes) => done.push(yes),
  };
  const recent = [{ token: 't', name: 'sst & ice.nc', folder: 'data' }];
  const template = (platform: NodeJS.Platform) =>
    menuTemplate(platform, { recent, automaticUpdates: false }, actions);

  it.each(['linux', 'win32', 'darwin'] as const)('has every command on %s, each key once', (platform) => {
    const all = items(template(platform));
    const keys = all.map((item) => item.accelerator).filter((key) => key !== undefined);
    expect(new Set(keys).size).toBe(keys.length);
    expect(keys).toEqual(expect.arrayContaining(['CmdOrCtrl+O', 'CmdOrCtrl+1', 'CmdOrCtrl+5']));
    done.length = 0;
    for (const item of all) item.click?.({ checked: true } as never, undefined, {} as never);
    expect(done).toEqual(
      expect.arrayContaining(['openFile', 't', 'data', 'library', 'help', 'reports', 'check', true]),
    );
    expect(all.filter((item) => item.role === 'quit')).toHaveLength(1);
    expect(all.filter((item) => item.role === 'about')).toHaveLength(1);
    expect(all.map((item) => item.label)).toContain('sst && ice.nc – data');
  });

  it('leads macOS with the app, and offers folders of their own elsewhere', () => {
    expect(template('darwin')[0]?.role).toBe('appMenu');
    const folder = (platform: NodeJS.Platform) =>
      items(template(platform)).find((item) => item.label === 'Open Folder…')?.visible;
    expect([folder('darwin'), folder('linux')]).toEqual([false, true]);
  });

  it('tells the page, opens files, and shows where reports lie', async () => {
    const window = await start();
    electron.dialogs.open = ['/data/a.zarr'];
    const press = (label: string) =>
      items(electron.menu())
        .find((item) => item.label === label)
        ?.click?.({} as never, undefined, {} as never);
    press('Train');
    expect(window.webContents.sent).toEqual([[channels.command, 'train']]);
    press('Open Folder…');
    await settled();
    expect(electron.dialogs.properties).toEqual([['openDirectory', 'multiSelections']]);
    expect(window.loaded.at(-1)).toBe('app://driftcast/#/data?file=token-of-%2Fdata%2Fa.zarr');
    press('Show Logs and Crash Reports');
    expect(electron.shownFolders).toEqual([`${electron.app.folder}/logs`]);
    press('Check for Updates…');
    await settled();
    expect(electron.dialogs.shown).toEqual(['This Driftcast is not updated by itself.']);
  });
});

describe('the window', () => {
  it('comes back where it was, as large as it was', async () => {
    const first = await start();
    first.maximize();
    first.close();
    await settled();
    FakeWindow.all = [];
    const second = await start();
    expect(second.options).toMatchObject({ x: 10, y: 20, width: 1000, height: 700 });
    second.emit('ready-to-show');
    expect(second.maximized).toBe(true);
  });

  it('never opens out of reach', () => {
    const area = { x: 0, y: 30, width: 1000, height: 700 };
    expect(within(area, { x: 5000, y: -400, width: 800, height: 600 })).toEqual({
      x: 200,
      y: 30,
      width: 800,
      height: 600,
    });
    expect(within(area, { x: -50, y: 50, width: 3000, height: 2000 })).toEqual(area);
  });

  it('opens at its usual size when what was remembered is damaged', async () => {
    for (const text of ['{', '[]', 'null', '{"bounds":{"x":"a"},"maximized":7}']) {
      const folder = await temporaryFolder();
      writeFileSync(join(folder, 'desktop.json'), text);
      expect(openPreferences(folder).values()).toEqual({
        bounds: null,
        maximized: false,
        automaticUpdates: false,
      });
    }
  });

  it('tells one part of what is remembered from another', async () => {
    const folder = await temporaryFolder();
    writeFileSync(join(folder, 'desktop.json'), '{"bounds":7,"automaticUpdates":true}');
    expect(openPreferences(folder).values()).toMatchObject({ bounds: null, automaticUpdates: true });
    openPreferences('/dev/null').change({ maximized: true });
  });
});

describe('while work goes on', () => {
  const train = (status: Job['status'], fraction: number, id = 'a'): Job => ({
    ...job(status, fraction),
    id,
    kind: 'train',
    title: 'Train pacific',
  });
  const window = new FakeWindow({ webPreferences: {} });
  /** The signs after each job's change. */
  async function follow(changes: Job[], after: () => void = () => {}): Promise<void> {
    window.progress = [];
    async function* source() {
      for (const change of changes) {
        yield change;
        after();
      }
    }
    await showWork(electron.module, source(), 'tray.png', () => window as never);
  }

  it('shows progress, keeps the machine awake, and ends both', async () => {
    const seen: { awake: number; tip: string | undefined }[] = [];
    await follow(
      [
        train('running', 0.2),
        job('running', 0.1),
        train('running', 0.5),
        job('done', 1),
        train('cancelled', 0.5),
      ],
      () => seen.push({ awake: electron.blockers.size, tip: electron.trays[0]?.tip }),
    );
    expect(window.progress).toEqual([0.2, 0.1, 0.1, 0.5, -1, -1]);
    expect(seen.map(({ awake }) => awake)).toEqual([1, 1, 1, 1, 0]);
    expect(seen[2]?.tip).toBe('Train pacific: 50 %');
    expect(electron.trays.map((tray) => tray.destroyed)).toEqual([true]);
    expect(electron.blockers.size).toBe(0);
  });

  it('shows that it goes on where nobody knows how long', async () => {
    await follow([{ ...train('queued', 0), fraction: null }]);
    expect(window.progress).toEqual([2, -1]);
    expect(electron.trays[0]?.tip).toBe('Train pacific');
  });

  it('tells the end of long work to who looks elsewhere, and leads back', async () => {
    await follow([
      train('running', 0.9),
      train('done', 1),
      train('running', 0, 'b'),
      train('failed', 0, 'b'),
    ]);
    expect(electron.notifications.map(({ words }) => words.title)).toEqual([
      'Done: Train pacific',
      'Failed: Train pacific',
    ]);
    electron.notifications[0]?.emit('click');
    expect(window.focused).toBe(1);
  });

  it('keeps quiet about what was quick, was cancelled, or is being watched', async () => {
    const quick = { ...train('done', 1), ended: '2026-01-01T00:00:05Z' };
    await follow([train('running', 0), quick, train('running', 0), train('cancelled', 0.2)]);
    window.inFocus = true;
    await follow([train('running', 0), train('done', 1)]);
    window.inFocus = false;
    expect(electron.notifications).toEqual([]);
  });
});

describe('updates', () => {
  let channelFile: string;
  let asked: string[];
  const updater = (version: string | null, fails = false): Updater => ({
    autoDownload: true,
    checkForUpdates: async () => {
      asked.push('check');
      if (fails) throw new Error('net::ERR_INTERNET_DISCONNECTED');
      return { isUpdateAvailable: version !== null, updateInfo: { version: version ?? '0.1.0' } } as never;
    },
    downloadUpdate: async () => {
      asked.push('download');
      return [];
    },
  });
  const check = (byUser: boolean, one: Updater) =>
    checkForUpdates(
      electron.module,
      () => null,
      async () => one,
      byUser,
      channelFile,
    );
  beforeEach(async () => {
    asked = [];
    channelFile = join(await temporaryFolder(), 'app-update.yml');
    writeFileSync(channelFile, '');
    electron.app.isPackaged = true;
  });

  it('are not looked for until someone says so', async () => {
    const window = await start();
    expect(window.loaded).toHaveLength(1);
    expect(openPreferences(electron.app.folder).values().automaticUpdates).toBe(false);
  });

  it('come only to packages that were given a channel', async () => {
    electron.app.isPackaged = false;
    await check(true, updater('9.0.0'));
    electron.app.isPackaged = true;
    channelFile += '.absent';
    await check(true, updater('9.0.0'));
    await check(false, updater('9.0.0'));
    expect(asked).toEqual([]);
    expect(electron.dialogs.shown).toEqual([
      'This Driftcast is not updated by itself.',
      'This Driftcast is not updated by itself.',
    ]);
  });

  it('are downloaded only after a yes', async () => {
    const one = updater('9.0.0');
    await check(false, one);
    expect(one.autoDownload).toBe(false);
    expect(asked).toEqual(['check']);
    electron.dialogs.button = 1;
    await check(false, one);
    expect(asked).toEqual(['check', 'check', 'download']);
    expect(electron.dialogs.shown.at(-1)).toBe('Driftcast 9.0.0 is ready.');
  });

  it('that are none, or fail, are told only to who asked', async () => {
    await check(false, updater(null));
    await check(false, updater(null, true));
    expect(electron.dialogs.shown).toEqual([]);
    await check(true, updater(null));
    await check(true, updater(null, true));
    expect(electron.dialogs.shown).toEqual(['This is the newest Driftcast.', 'No update could be fetched.']);
  });
});

describe('a crash', () => {
  const lines = () =>
    readFileSync(join(electron.app.folder, 'logs', 'crashes.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));

  it('is kept here and sent nowhere', async () => {
    await start();
    expect(electron.crashReporter.options).toEqual({ uploadToServer: false });
    keepReport(electron.module.app, 'main', { message: 'It broke.' });
    electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'crashed', exitCode: 5 });
    electron.app.emit('child-process-gone', {}, { type: 'Utility', reason: 'crashed', exitCode: 5 });
    electron.app.emit('child-process-gone', {}, { type: 'GPU', reason: 'clean-exit', exitCode: 0 });
    expect(lines()).toMatchObject([
      { what: 'main', message: 'It broke.', versions: { driftcast: '0.1.0' } },
      { what: 'GPU', reason: 'crashed', exitCode: 5 },
    ]);
  });

  it('of the page is told, and the page comes back', async () => {
    const window = await start();
    const contents = window.webContents;
    electron.app.emit('render-process-gone', {}, contents, { reason: 'clean-exit', exitCode: 0 });
    expect(electron.dialogs.shown).toEqual([]);
    electron.app.emit('render-process-gone', {}, contents, { reason: 'oom', exitCode: 9 });
    await settled();
    expect(electron.dialogs.shown).toEqual(['The window’s page has stopped.']);
    expect(contents.reloads).toBe(1);
    electron.dialogs.button = 1;
    electron.app.emit('render-process-gone', {}, contents, { reason: 'crashed', exitCode: 9 });
    await settled();
    expect(window.destroyed).toBe(true);
    expect(lines()).toHaveLength(2);
  });
});
