/** The life of the desktop app: one instance, one window, one service, and an orderly end. */
import type { BrowserWindow } from 'electron';
import { z } from 'zod';
import { answerBridge } from './bridge.ts';
import { channels } from './channels.ts';
import { keepCrashReports } from './crashReports.ts';
import { type MenuActions, menuTemplate } from './menu.ts';
import { fileOpener } from './openFiles.ts';
import type { DesktopService, ElectronModule } from './parts.ts';
import { openPreferences } from './preferences.ts';
import { registerScheme, serveScheme } from './scheme.ts';
import { confinePages, denyPermissions } from './security.ts';
import { checkForUpdates, type Updater } from './updates.ts';
import { openWindow } from './window.ts';
import { showWork, toFront } from './workSigns.ts';

/** Under which a desktop knows the app; electron-builder.yml gives packages the same. */
export const appId = 'org.driftcast.app';

export interface DesktopOptions {
  /** The bundled preload, the built window, and the folder of icons. */
  preload: string;
  rendererFolder: string;
  iconFolder: string;
  /** Absolute paths of files to open, from the command line. */
  files: string[];
  createService(): Promise<DesktopService>;
  loadUpdater(): Promise<Updater>;
}

export async function runDesktop(electron: ElectronModule, options: DesktopOptions): Promise<void> {
  const { app } = electron;
  // A second start hands its files to the first one: Chromium may reorder its command line on the way.
  if (!app.requestSingleInstanceLock({ files: options.files })) {
    app.quit();
    return;
  }
  app.setAppUserModelId(appId);
  registerScheme(electron);
  confinePages(app);
  let window: BrowserWindow | null = null;
  const shown = () => window;
  keepCrashReports(electron, shown);
  const waiting = [...options.files];
  let show = (paths: readonly string[]): unknown => waiting.push(...paths);
  app.on('second-instance', (_event, _words, _folder, data) => {
    void show(handedOver.parse(data).files);
    toFront(shown);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void show([path]);
  });
  app.on('window-all-closed', () => app.quit());

  await app.whenReady();
  denyPermissions(electron.session.defaultSession);
  const service = await options.createService();
  closeInOrder(app, service);
  electron.nativeTheme.themeSource = (await service.client.system.settings()).theme;
  const opener = fileOpener(electron, service, shown);
  serveScheme(electron, options.rendererFolder, service);
  answerBridge(electron, service, opener, shown);
  const preferences = openPreferences(app.getPath('userData'));
  const hash = await opener.hashOf(waiting.splice(0));
  window = openWindow(electron, { ...options, service, preferences, hash });
  show = (paths) => opener.show(paths);

  const check = (asked: boolean) => checkForUpdates(electron, shown, options.loadUpdater, asked);
  const actions: MenuActions = {
    tell: (command) => window?.webContents.send(channels.command, command),
    choose: (what) => void opener.choose(what).then((paths) => opener.show(paths)),
    showRecent: (token) => void opener.showRecent(token),
    showReports: () => void electron.shell.openPath(app.getPath('logs')),
    checkForUpdates: () => void check(true),
    setAutomaticUpdates: (automaticUpdates) => preferences.change({ automaticUpdates }),
  };
  const { Menu } = electron;
  const showMenu = async (): Promise<void> => {
    const recent = await service.client.files.recent().catch(() => []);
    const { automaticUpdates } = preferences.values();
    const template = menuTemplate(process.platform, { recent, automaticUpdates }, actions);
    Menu.setApplicationMenu(Menu.buildFromTemplate(template));
  };
  // The page opens files too; after a dialog or a drop the window has the focus anew.
  window.on('focus', () => void showMenu());
  await showMenu();
  const ending = new AbortController();
  const jobs = await service.client.jobs.watchAll(undefined, { signal: ending.signal });
  void showWork(electron, jobs, `${options.iconFolder}/tray.png`, shown);
  window.on('closed', () => {
    window = null;
    ending.abort();
  });
  if (preferences.values().automaticUpdates) await check(false);
}

/** What a second start sent, which may be another version's. */
const handedOver = z.object({ files: z.array(z.string()) }).catch({ files: [] });

/** Quitting waits until the engine has ended and the workspace is free again, once. */
function closeInOrder(app: ElectronModule['app'], service: DesktopService): void {
  app.once('will-quit', (event) => {
    event.preventDefault();
    void service.close().finally(() => app.exit(0));
  });
}
