/**
 * The only code that sees both the page and Electron. It runs sandboxed and hands over a few functions and
 * one MessagePort; paths of dropped files pass through it to the main process, never to the page.
 */
import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { bridgeName, contractPortMessage, type DesktopBridge, isWindowCommand } from '#shared/shell.ts';
import { channels } from './channels.ts';

const bridge: DesktopBridge = {
  fileToken(file) {
    const path = webUtils.getPathForFile(file);
    return path === '' ? Promise.resolve(null) : ipcRenderer.invoke(channels.fileToken, path);
  },
  chooseFiles: () => ipcRenderer.invoke(channels.chooseFiles),
  saveDownload: (address) => ipcRenderer.invoke(channels.saveDownload, address),
  setTheme: (theme) => ipcRenderer.invoke(channels.theme, theme),
  // The page's listener never sees Electron's event, which would lead it back to ipcRenderer.
  onCommand(listener) {
    ipcRenderer.on(channels.command, (_event, command: unknown) => {
      if (isWindowCommand(command)) listener(command);
    });
  },
};

contextBridge.exposeInMainWorld(bridgeName, bridge);

window.addEventListener('message', (event) => {
  if (event.source !== window || event.data !== contractPortMessage) return;
  const [port] = event.ports;
  if (port) ipcRenderer.postMessage(channels.contractPort, null, [port]);
});
