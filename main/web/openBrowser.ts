/** Opens the system's browser at an address, where there is a desktop to open it on. */
import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The command that opens an address here; null on a machine without a desktop. */
export function browserCommand(
  platform: NodeJS.Platform,
  environment: NodeJS.ProcessEnv,
): { command: string; args: string[] } | null {
  if (platform === 'darwin') return { command: 'open', args: [] };
  // `start` is a word of cmd; its first quoted argument would be a window title.
  if (platform === 'win32') return { command: 'cmd', args: ['/c', 'start', '""'] };
  const desktop = Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
  return desktop && isOnPath('xdg-open', environment) ? { command: 'xdg-open', args: [] } : null;
}

/** True when a browser was asked to open; that it did can't be known. */
export function openBrowser(address: string): boolean {
  const found = browserCommand(process.platform, process.env);
  if (found === null) return false;
  const child = spawn(found.command, [...found.args, address], { stdio: 'ignore', detached: true });
  child.on('error', () => undefined);
  child.unref();
  return true;
}

function isOnPath(name: string, environment: NodeJS.ProcessEnv): boolean {
  return (environment.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return folder !== '';
    } catch {
      return false;
    }
  });
}
