/** Answers the preload: the contract over a MessagePort, the native dialogs, the theme. */
import { RPCHandler } from '@orpc/server/message-port';
import type { IpcMainInvokeEvent } from 'electron';
import { z } from 'zod';
import { onlyWellFormed } from '#main/service/contractMessage.ts';
import { appSettingsSchema } from '#shared/contract/index.ts';
import { DriftcastError } from '#shared/errors.ts';
import { parseDownloadPath } from '#shared/shell.ts';
import { channels } from './channels.ts';
import type { FileOpener } from './openFiles.ts';
import type { DesktopService, ElectronModule, Shown } from './parts.ts';
import { isOurs } from './security.ts';

export function answerBridge(
  { ipcMain, dialog, nativeTheme }: Pick<ElectronModule, 'ipcMain' | 'dialog' | 'nativeTheme'>,
  service: DesktopService,
  opener: FileOpener,
  window: Shown,
): void {
  const handler = new RPCHandler(service.router);
  ipcMain.on(channels.contractPort, (event) => {
    const [port] = event.ports;
    if (!port || !isOurs(event)) return;
    // The page names tokens, never paths, here as in a browser.
    handler.upgrade(onlyWellFormed(port), { context: { trusted: false } });
    port.start();
  });

  const answer = (channel: string, work: (argument: unknown) => Promise<unknown>): void =>
    ipcMain.handle(channel, (event: IpcMainInvokeEvent, argument: unknown) => {
      if (!isOurs(event))
        throw new DriftcastError('unauthorised', 'Only Driftcast’s own window may ask for this.');
      return work(argument);
    });

  answer(channels.fileToken, async (path) => opener.token(z.string().min(1).parse(path)));
  answer(channels.chooseFiles, async () =>
    Promise.all((await opener.choose('openFile')).map((path) => opener.token(path))),
  );
  answer(channels.theme, async (theme) => {
    nativeTheme.themeSource = appSettingsSchema.shape.theme.parse(theme);
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
