/** The desktop app as a program: the real Electron and the real service behind the wiring. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as electron from 'electron';
import { createElectronHost } from '#main/engine/host/electron-host.ts';
import { createService } from '#main/service/service.ts';
import { toErrorData } from '#shared/errors.ts';
import { runDesktop } from './app.ts';
import { keepReport } from './crashReports.ts';

const here = import.meta.dirname;

/** Words that name files; Electron's and Chromium's own options are among them. */
function filesOf(words: readonly string[]): string[] {
  return words
    .slice(electron.app.isPackaged ? 1 : 2)
    .filter((word) => !word.startsWith('-'))
    .map((word) => resolve(word))
    .filter((path) => existsSync(path));
}

function workspaceOf(words: readonly string[]): string | null {
  const word = words.find((candidate) => candidate.startsWith('--workspace='));
  return word === undefined ? null : resolve(word.slice('--workspace='.length));
}

/** Ends with a sentence: after an error that nobody expected nothing can be relied on. Runs keep their checkpoints. */
function leave(title: string): (thrown: unknown) => void {
  return (thrown) => {
    const { message, hint, details } = toErrorData(thrown);
    keepReport(electron.app, title, { message, details });
    electron.dialog.showErrorBox(title, `${message}\n\n${hint}`);
    electron.app.exit(1);
  };
}

process.on('uncaughtException', leave('Driftcast has to close'));
runDesktop(electron, {
  preload: resolve(here, 'preload.cjs'),
  rendererFolder: resolve(here, '../renderer'),
  iconFolder: resolve(here, '../../resources/icons'),
  files: filesOf(process.argv),
  createService: () =>
    createService({
      warm: true,
      workspaceFolder: workspaceOf(process.argv),
      engineEntry: resolve(here, 'engine.js'),
      resourcesFolder: resolve(here, '../../resources'),
      host: (options) => createElectronHost(electron.utilityProcess, options),
    }),
  // Loaded only when it is used, which for most people is never.
  loadUpdater: async () => (await import('electron-updater')).default.autoUpdater,
}).catch(leave('Driftcast cannot start'));
