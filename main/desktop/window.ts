/** The one window: where it was last time, and the question that it asks before it closes on a training run. */
import type { BrowserWindow, Rectangle } from 'electron';
import type { DesktopService, ElectronModule } from './parts.ts';
import type { Preferences } from './preferences.ts';
import { appOrigin } from './scheme.ts';

const usual = { width: 1440, height: 900 };

interface WindowOptions {
  preload: string;
  iconFolder: string;
  service: Pick<DesktopService, 'client'>;
  preferences: Preferences;
  /** What it shows first. */
  hash: string;
}

export function openWindow(electron: ElectronModule, options: WindowOptions): BrowserWindow {
  const { BrowserWindow, dialog, screen, nativeTheme } = electron;
  const { preload, iconFolder, service, preferences, hash } = options;
  const { bounds, maximized } = preferences.values();
  const window = new BrowserWindow({
    ...(bounds === null ? usual : within(screen.getDisplayMatching(bounds).workArea, bounds)),
    minWidth: 900,
    minHeight: 600,
    title: 'Driftcast',
    icon: `${iconFolder}/icon.png`,
    show: false,
    // The page's own ground (renderer/style/tokens.css), so that nothing flashes before it is drawn.
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1319' : '#f6f7f9',
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webviewTag: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    if (maximized) window.maximize();
    window.show();
  });
  window.on('close', (event) => {
    event.preventDefault();
    preferences.change({ bounds: window.getNormalBounds(), maximized: window.isMaximized() });
    void mayClose(dialog, window, service).then((yes) => {
      if (yes) window.destroy();
    });
  });
  void window.loadURL(`${appOrigin}/${hash}`);
  return window;
}

/** Screens come and go: a window must not open where nobody can reach it. */
export function within(area: Rectangle, bounds: Rectangle): Rectangle {
  const width = Math.min(bounds.width, area.width);
  const height = Math.min(bounds.height, area.height);
  const x = Math.max(area.x, Math.min(bounds.x, area.x + area.width - width));
  const y = Math.max(area.y, Math.min(bounds.y, area.y + area.height - height));
  return { x, y, width, height };
}

/** Training goes on only while the app runs, so closing asks; the last checkpoint is kept either way. */
async function mayClose(
  dialog: ElectronModule['dialog'],
  window: BrowserWindow,
  { client }: Pick<DesktopService, 'client'>,
): Promise<boolean> {
  // A service that no longer answers must not keep the window open.
  const jobs = await client.jobs.list().catch(() => []);
  if (!jobs.some((job) => job.kind === 'train' && job.ended === null)) return true;
  const { response } = await dialog.showMessageBox(window, {
    type: 'question',
    message: 'A run is still training.',
    detail: 'Closing pauses at the last checkpoint; you can resume later.',
    buttons: ['Keep training', 'Pause and close'],
    defaultId: 0,
    cancelId: 0,
  });
  // The service pauses what trains when it closes, which is the next thing to come.
  return response === 1;
}
