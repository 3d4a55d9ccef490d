/**
 * `npm start`: sets up what is missing, then opens the app: in Electron where its program is installed and
 * there is a screen, else in the local browser. Further arguments are files to open and options of the app.
 */
import { join } from 'node:path';
import { endWith } from './command.mjs';
import { buildFolder, root } from './paths.mjs';
import { prepare, withoutSetupArguments } from './prepare.mjs';
import { handOver } from './processes.mjs';

await endWith(async () => {
  const args = process.argv.slice(2);
  const facts = await prepare({ electron: true, args });
  const rest = withoutSetupArguments(args).filter((arg) => arg !== '--browser');
  const electron = facts.electron.path;
  if (electron && !args.includes('--browser')) {
    if (hasScreen()) return handOver(electron, [root, ...rest]);
    process.stderr.write(
      'Driftcast: there is no screen here (DISPLAY is not set), so the app is served to the browser.\n',
    );
  }
  return handOver(process.execPath, [join(buildFolder, 'main', 'web.js'), ...rest]);
});

/** Electron on Linux ends at once where neither X nor Wayland can be reached. */
function hasScreen() {
  return process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}
