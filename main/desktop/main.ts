/** The desktop app as a program: the real Electron and the real service behind the wiring. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import * as electron from 'electron';
import { createElectronHost } from '#main/engine/host/electron-host.ts';
import { createService } from '#main/service/service.ts';
import { toErrorData } from '#shared/errors.ts';
import { runDesktop } from './app.ts';

const here = import.meta.dirname;

/** Words that name files; Electron's and Chromium's own options are among them. */
function filesOf(words: readonly string[], folder: string): string[] {
  return words
    .slice(electron.app.isPackaged ? 1 : 2)
    .filter((word) => !word.startsWith('-'))
    .map((word) => resolve(folder, word))
    .filter((path) => existsSync(path));
}

function workspaceOf(words: readonly string[]): string | null {
  const word = words.find((candidate) => candidate.startsWith('--workspace='));
  return word === undefined ? null : resolve(word.slice('--workspace='.length));
}

runDesktop(electron, {
  preload: resolve(here, 'preload.cjs'),
  rendererFolder: resolve(here, '../renderer'),
  files: filesOf(process.argv, process.cwd()),
  filesOf,
  createService: () =>
    createService({
      workspaceFolder: workspaceOf(process.argv),
      engineEntry: resolve(here, 'engine.js'),
      resourcesFolder: resolve(here, '../../resources'),
      host: (options) => createElectronHost(electron.utilityProcess, options),
    }),
}).catch((thrown: unknown) => {
  const { message, hint } = toErrorData(thrown);
  electron.dialog.showErrorBox('Driftcast cannot start', `${message}\n\n${hint}`);
  electron.app.exit(1);
});
