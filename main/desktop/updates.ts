/**
 * New versions through electron-updater. Off until the user asks, and only in packages that were built with a
 * channel, which `npm run dist` gives to signed ones alone; what arrives is checked against that signature.
 */
import { existsSync } from 'node:fs';
import type { AppUpdater } from 'electron-updater';
import { toErrorData } from '#shared/errors.ts';
import type { ElectronModule, Shown } from './parts.ts';

export type Updater = Pick<AppUpdater, 'autoDownload' | 'checkForUpdates' | 'downloadUpdate'>;

/**
 * @param asked by the user just now, who then hears of everything; otherwise only a new version is told
 * @param channelFile where a package keeps its channel
 */
export async function checkForUpdates(
  { app, dialog }: Pick<ElectronModule, 'app' | 'dialog'>,
  shown: Shown,
  load: () => Promise<Updater>,
  asked: boolean,
  channelFile = `${process.resourcesPath}/app-update.yml`,
): Promise<void> {
  const ask = async (message: string, detail: string, buttons = ['OK']): Promise<number> => {
    const window = shown();
    const options = { type: 'info' as const, message, detail, buttons, cancelId: 0 };
    const asking = window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options);
    return (await asking).response;
  };
  const tell = async (message: string, detail: string) => asked && ask(message, detail);
  if (!app.isPackaged || !existsSync(channelFile)) {
    await tell('This Driftcast is not updated by itself.', 'Update it the way it was installed.');
    return;
  }
  try {
    const updater = await load();
    updater.autoDownload = false;
    const result = await updater.checkForUpdates();
    if (!result?.isUpdateAvailable) {
      await tell('This is the newest Driftcast.', `Version ${app.getVersion()}`);
      return;
    }
    const { version } = result.updateInfo;
    const detail = 'It is downloaded now and installed when you close Driftcast; runs and forecasts stay.';
    if ((await ask(`Driftcast ${version} is there.`, detail, ['Later', 'Download'])) !== 1) return;
    await updater.downloadUpdate();
    await ask(`Driftcast ${version} is ready.`, 'It is installed when you close Driftcast.');
  } catch (thrown) {
    await tell('No update could be fetched.', toErrorData(thrown).message);
  }
}
