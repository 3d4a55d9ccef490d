/** Answers the preload: the contract over a MessagePort, and the native pickers. */

import { RPCHandler } from '@orpc/server/message-port';
import type { BrowserWindow, IpcMainInvokeEvent, MessagePortMain } from 'electron';
import { DriftcastError } from '#shared/errors.ts';
import { parseDownloadPath } from '#shared/shell.ts';
import { channels } from './channels.ts';
import type { DesktopService } from './desktopService.ts';
import type { ElectronModule } from './electronModule.ts';
import { assertOurs, isOurs } from './security.ts';

const dataFiles = [
  { name: 'Gridded data', extensions: ['nc', 'nc4', 'cdf', 'h5', 'hdf5', 'netcdf'] },
  { name: 'All files', extensions: ['*'] },
];

export function answerBridge(
  { ipcMain, dialog }: Pick<ElectronModule, 'ipcMain' | 'dialog'>,
  service: DesktopService,
  window: () => BrowserWindow | null,
): void {
  const handler = new RPCHandler(service.router);
  ipcMain.on(channels.contractPort, (event) => {
    const [port] = event.ports;
    if (!port || !isOurs(event)) return;
    // The page names tokens, never paths, here as in a browser.
    handler.upgrade(onlyText(port), { context: { trusted: false } });
    port.start();
  });

  const answer = (channel: string, work: (argument: unknown) => Promise<unknown>): void =>
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, argument: unknown) => {
      assertOurs(event);
      return work(argument);
    });

  answer(channels.fileToken, (path) => {
    if (typeof path !== 'string' || path === '')
      throw new DriftcastError('bad-input', 'No file was dropped.');
    return service.tokenForPath(path);
  });

  answer(channels.chooseFiles, async () => {
    const parent = window();
    const options = { properties: ['openFile' as const, 'multiSelections' as const], filters: dataFiles };
    const { canceled, filePaths } = await (parent
      ? dialog.showOpenDialog(parent, options)
      : dialog.showOpenDialog(options));
    return canceled ? [] : Promise.all(filePaths.map((path) => service.tokenForPath(path)));
  });

  answer(channels.saveDownload, async (text) => {
    const address = typeof text === 'string' ? parseDownloadPath(text) : null;
    if (address === null) throw new DriftcastError('bad-input', 'This is nothing that can be saved.');
    const options = { defaultPath: await service.downloadName(address) };
    const parent = window();
    const { canceled, filePath } = await (parent
      ? dialog.showSaveDialog(parent, options)
      : dialog.showSaveDialog(options));
    if (canceled || filePath === '') return false;
    await service.saveDownload(address, filePath);
    return true;
  });
}

interface TextPort {
  on(event: string, listener: (event?: { data: unknown }) => void): void;
  postMessage(message: unknown): void;
}

/** Lets only well-formed JSON through to the handler: anything else would be an unhandled rejection in it. */
function onlyText(port: MessagePortMain): TextPort {
  return {
    on(event, listener) {
      if (event === 'close') port.on('close', () => listener());
      else if (event === 'message')
        port.on('message', (message) => {
          if (isRequest(message.data)) listener(message);
        });
    },
    postMessage: (message) => port.postMessage(message),
  };
}

function isRequest(data: unknown): boolean {
  if (typeof data !== 'string') return false;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && 'i' in message;
  } catch {
    return false;
  }
}
