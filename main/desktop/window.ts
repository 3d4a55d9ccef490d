/** The one window, and the question that it asks before it closes on a training run. */
import type { BrowserWindow } from 'electron';
import type { DesktopService } from './desktopService.ts';
import type { ElectronModule } from './electronModule.ts';
import { appOrigin } from './scheme.ts';
import { refuseNavigation } from './security.ts';

export function openWindow(
  { BrowserWindow, dialog }: Pick<ElectronModule, 'BrowserWindow' | 'dialog'>,
  preload: string,
  service: Pick<DesktopService, 'client'>,
  hash: string,
): BrowserWindow {
  const window = new BrowserWindow({
    width: 1440,
    height: 900,
    minWidth: 900,
    minHeight: 600,
    title: 'Driftcast',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  refuseNavigation(window.webContents);
  window.once('ready-to-show', () => window.show());
  window.on('close', (event) => {
    event.preventDefault();
    void mayClose(dialog, window, service).then((yes) => {
      if (yes) window.destroy();
    });
  });
  void window.loadURL(`${appOrigin}/${hash}`);
  return window;
}

/** Training goes on only while the app runs, so closing asks; the last checkpoint is kept either way. */
async function mayClose(
  dialog: ElectronModule['dialog'],
  window: BrowserWindow,
  { client }: Pick<DesktopService, 'client'>,
): Promise<boolean> {
  // A service that no longer answers must not keep the window open.
  const jobs = await client.jobs.list().catch(() => []);
  const training = jobs.filter((job) => job.kind === 'train' && job.ended === null);
  if (training.length === 0) return true;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message:
      training.length === 1 ? 'A run is still training.' : `${training.length} runs are still training.`,
    detail: 'Closing pauses it at its last checkpoint; you can resume it later.',
    buttons: ['Keep training', 'Pause and close'],
    defaultId: 0,
    cancelId: 0,
  });
  if (response !== 1) return false;
  const runs = training.map((job) => job.subject).filter((run) => run !== null);
  await Promise.allSettled(runs.map((run) => client.runs.pause({ run })));
  return true;
}
