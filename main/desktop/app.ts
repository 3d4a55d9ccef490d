/** The life of the desktop app: one instance, one window, one service, and an orderly end. */
import type { BrowserWindow } from 'electron';
import { fileHash } from '#shared/shell.ts';
import { answerBridge } from './bridge.ts';
import type { DesktopService } from './desktopService.ts';
import type { ElectronModule } from './electronModule.ts';
import { appOrigin, registerScheme, serveScheme } from './scheme.ts';
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
  /** The part of the address that shows the last of the files; empty when none could be opened. */
  const openFiles = async (): Promise<string> => {
    let hash = '';
    if (service === null) return hash;
    for (const path of waiting.splice(0)) {
      try {
        await service.client.files.open({ path });
        hash = fileHash(await service.tokenForPath(path));
      } catch {
        // No reason not to start: the sentence comes when the file is chosen in the window.
      }
    }
    return hash;
  };
  const showFiles = async (): Promise<void> => {
    const hash = await openFiles();
    if (hash !== '') await window?.loadURL(`${appOrigin}/${hash}`);
  };
  app.on('second-instance', (_event, words, folder) => {
    waiting.push(...options.filesOf(words, folder));
    void showFiles();
    if (window?.isMinimized()) window.restore();
    window?.focus();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    waiting.push(path);
    void showFiles();
  });
  app.on('window-all-closed', () => app.quit());
  closeInOrder(app, () => service);

  await app.whenReady();
  denyPermissions(electron.session.defaultSession);
  service = await options.createService();
  serveScheme(electron, options.rendererFolder, service);
  answerBridge(electron, service, () => window);
  window = openWindow(electron, options.preload, service, await openFiles());
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
