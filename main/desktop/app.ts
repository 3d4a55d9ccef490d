/** The life of the desktop app: one instance, one window, one service, and an orderly end. */
import type { BrowserWindow } from 'electron';
import { answerBridge } from './bridge.ts';
import type { DesktopService } from './desktopService.ts';
import type { ElectronModule } from './electronModule.ts';
import { registerScheme, serveScheme } from './scheme.ts';
import { denyPermissions } from './security.ts';
import { openWindow } from './window.ts';

export interface DesktopOptions {
  /** The bundled preload and the built window. */
  preload: string;
  rendererFolder: string;
  /** Files to open, from the command line. */
  files: string[];
  createService(): Promise<DesktopService>;
  /** The same reading of a command line for a second start, whose files come here. */
  filesOf(words: readonly string[], folder: string): string[];
}

export async function runDesktop(electron: ElectronModule, options: DesktopOptions): Promise<void> {
  const { app } = electron;
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerScheme(electron);
  let window: BrowserWindow | null = null;
  let service: DesktopService | null = null;
  const waiting = [...options.files];
  const openFiles = async (): Promise<void> => {
    if (service === null) return;
    const { client } = service;
    // A file that cannot be opened is no reason not to start: the window shows its error when it is chosen.
    for (const path of waiting.splice(0)) await client.files.open({ path }).catch(() => undefined);
  };
  app.on('second-instance', (_event, words, folder) => {
    waiting.push(...options.filesOf(words, folder));
    void openFiles();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    waiting.push(path);
    void openFiles();
  });
  app.on('window-all-closed', () => app.quit());
  closeInOrder(app, () => service);

  await app.whenReady();
  denyPermissions(electron.session.defaultSession);
  service = await options.createService();
  serveScheme(electron, options.rendererFolder, service);
  answerBridge(electron, service, () => window);
  await openFiles();
  window = openWindow(electron, options.preload, service);
  window.on('closed', () => {
    window = null;
  });
}

/** Quitting waits until the engine has ended and the workspace is free again, once. */
function closeInOrder(app: ElectronModule['app'], service: () => DesktopService | null): void {
  let closing = false;
  app.on('will-quit', (event) => {
    const open = service();
    if (closing || open === null) return;
    closing = true;
    event.preventDefault();
    void open.close().finally(() => app.exit(0));
  });
}
