/** The menu bar, with each platform's own places and keys. */
import type { MenuItemConstructorOptions } from 'electron';
import { placeCommands, type WindowCommand } from '#shared/shell.ts';

export interface MenuActions {
  tell(command: WindowCommand): void;
  choose(what: 'openFile' | 'openDirectory'): void;
  showRecent(token: string): void;
  showReports(): void;
  checkForUpdates(): void;
  setAutomaticUpdates(yes: boolean): void;
}

type Recent = { token: string; name: string; folder: string };
const shownRecent = 12;
const line: MenuItemConstructorOptions = { type: 'separator' };

export function menuTemplate(
  platform: NodeJS.Platform,
  { recent, automaticUpdates }: { recent: readonly Recent[]; automaticUpdates: boolean },
  actions: MenuActions,
): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin';
  const updates: MenuItemConstructorOptions[] = [
    { label: 'Check for Updates…', click: () => actions.checkForUpdates() },
    {
      label: 'Check for Updates at Start',
      type: 'checkbox',
      checked: automaticUpdates,
      click: (item) => actions.setAutomaticUpdates(item.checked),
    },
  ];
  const roles = (...names: MenuItemConstructorOptions['role'][]) => names.map((role) => ({ role }));
  const app: MenuItemConstructorOptions = {
    role: 'appMenu',
    submenu: [
      ...[...roles('about'), ...updates, line, ...roles('services'), line],
      ...[...roles('hide', 'hideOthers', 'unhide'), line, ...roles('quit')],
    ],
  };
  const file: MenuItemConstructorOptions = {
    label: '&File',
    submenu: [
      { label: 'Open…', accelerator: 'CmdOrCtrl+O', click: () => actions.choose('openFile') },
      {
        label: 'Open Folder…',
        visible: !mac,
        accelerator: 'CmdOrCtrl+Shift+O',
        click: () => actions.choose('openDirectory'),
      },
      {
        label: 'Open Recent',
        enabled: recent.length > 0,
        submenu: recent.slice(0, shownRecent).map(({ token, name, folder }) => ({
          // An ampersand would underline the next letter instead of being shown.
          label: `${name} – ${folder}`.replaceAll('&', '&&'),
          click: () => actions.showRecent(token),
        })),
      },
      line,
      { role: mac ? 'close' : 'quit' },
    ],
  };
  const view: MenuItemConstructorOptions = {
    label: '&View',
    submenu: [
      ...placeCommands.map((command, index) => ({
        label: command.replace(/^./, (letter) => letter.toUpperCase()),
        accelerator: `CmdOrCtrl+${index + 1}`,
        click: () => actions.tell(command),
      })),
      ...[line, ...roles('reload', 'resetZoom', 'zoomIn', 'zoomOut'), line, ...roles('togglefullscreen')],
    ],
  };
  const help: MenuItemConstructorOptions = {
    role: 'help',
    submenu: [
      { label: 'Guide', click: () => actions.tell('guide') },
      { label: 'Keys and Terms', accelerator: mac ? 'Cmd+?' : 'F1', click: () => actions.tell('help') },
      { label: 'Show Logs and Crash Reports', click: () => actions.showReports() },
      ...(mac ? [] : [line, ...updates, line, ...roles('about')]),
    ],
  };
  return [...(mac ? [app] : []), file, ...roles('editMenu'), view, ...roles('windowMenu'), help];
}
