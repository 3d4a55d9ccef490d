/** What went wrong in the shell itself, kept on this machine alone: nothing is ever sent anywhere. */
import { appendFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { ElectronModule, Shown } from './parts.ts';

/** Ends that were asked for. */
const ordinary = new Set(['clean-exit', 'killed']);

/** Must run early: only processes that start later write memory dumps. */
export function keepCrashReports(electron: ElectronModule, shown: Shown): void {
  const { app, crashReporter } = electron;
  app.setPath('crashDumps', join(app.getPath('logs'), 'dumps'));
  crashReporter.start({ uploadToServer: false });
  app.on('child-process-gone', (_event, { type, reason, exitCode }) => {
    // The engine's ends are the supervisor's to report.
    if (type !== 'Utility' && !ordinary.has(reason)) keepReport(app, type, { reason, exitCode });
  });
  app.on('render-process-gone', (_event, _contents, { reason, exitCode }) => {
    if (ordinary.has(reason)) return;
    keepReport(app, 'page', { reason, exitCode });
    void offerReload(electron, shown);
  });
}

/** One line of JSON; what can't be written is let go, since this is the last resort already. */
export function keepReport(app: ElectronModule['app'], what: string, details: object): void {
  const versions = { driftcast: app.getVersion(), electron: process.versions.electron };
  const line = { time: new Date().toISOString(), what, ...details, versions, platform: process.platform };
  try {
    const folder = app.getPath('logs');
    mkdirSync(folder, { recursive: true });
    appendFileSync(join(folder, 'crashes.jsonl'), `${JSON.stringify(line)}\n`);
  } catch {
    // Nowhere to write.
  }
}

async function offerReload({ dialog }: ElectronModule, shown: Shown): Promise<void> {
  const window = shown();
  if (window === null) return;
  const { response } = await dialog.showMessageBox(window, {
    type: 'error',
    message: 'The window’s page has stopped.',
    detail:
      'Training and other work goes on. Loading the page again brings you back to where you were; a report is kept with the logs.',
    buttons: ['Load again', 'Close Driftcast'],
    cancelId: 0,
  });
  if (response === 0) window.webContents.reload();
  else window.close();
}
