/**
 * Finds or fetches the Electron program, which npm does not carry, through Electron's own installer and its
 * settings for mirrors. Where it cannot be had, the app is served to the browser instead.
 */
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bytesBelow, watchGrowth } from './growth.mjs';
import { buildFolder, root } from './paths.mjs';
import { tail } from './processes.mjs';

/** @typedef {{ available: boolean, path: string | null, reason: string }} ElectronFact */

const packageFolder = join(root, 'node_modules', 'electron');
const help =
  'The app opens in the browser instead; set ELECTRON_MIRROR or ELECTRON_OVERRIDE_DIST_PATH, or start with --retry, to try again.';

/**
 * The program's path where it is installed, else null. `ELECTRON_OVERRIDE_DIST_PATH` names a folder that
 * holds it.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {string} [folder] the package's folder
 */
export function findElectron(env = process.env, folder = packageFolder) {
  const override = env.ELECTRON_OVERRIDE_DIST_PATH;
  let name =
    { darwin: 'Electron.app/Contents/MacOS/Electron', win32: 'electron.exe' }[String(process.platform)] ??
    'electron';
  try {
    name = readFileSync(join(folder, 'path.txt'), 'utf8').trim();
  } catch {
    if (!override) return null;
  }
  const path = join(override || join(folder, 'dist'), name);
  return existsSync(path) ? path : null;
}

/**
 * Fetches Electron unless it is here. Gives up when nothing has arrived for a while, so that a network that
 * swallows everything does not hold up the start.
 *
 * @param {import('./report.mjs').Report} report
 * @param {{ env?: NodeJS.ProcessEnv, folder?: string, patience?: number }} [options] `patience`: milliseconds without a byte
 * @returns {Promise<ElectronFact>}
 */
export async function ensureElectron(
  report,
  { env = process.env, folder = packageFolder, patience = 20_000 } = {},
) {
  const here = findElectron(env, folder);
  if (here) return { available: true, path: here, reason: `Electron is installed at ${here}.` };
  const missing = (/** @type {string} */ why) => ({ available: false, path: null, reason: `${why} ${help}` });
  if (env.DRIFTCAST_ELECTRON === 'skip')
    return missing('Electron was left out, because DRIFTCAST_ELECTRON is "skip".');
  if (env.ELECTRON_OVERRIDE_DIST_PATH) {
    return missing(
      `ELECTRON_OVERRIDE_DIST_PATH is ${env.ELECTRON_OVERRIDE_DIST_PATH}, but no Electron lies there.`,
    );
  }
  const installer = join(folder, 'install.js');
  if (!existsSync(installer))
    return missing('The electron package is not installed (npm leaves it out on some platforms).');
  const outcome = await install(installer, folder, report, env, patience);
  const path = findElectron(env, folder);
  if (path) return { available: true, path, reason: `Electron is installed at ${path}.` };
  if (outcome === 'silence') return missing("Electron's program could not be downloaded: nothing arrived.");
  const cause = outcome.split('\n').find((line) => /error/i.test(line)) ?? 'its installer gave no reason';
  return missing(`Electron's program could not be downloaded (${cause.trim().replace(/\.$/, '')}).`);
}

/**
 * @param {string} installer
 * @param {string} folder
 * @param {import('./report.mjs').Report} report
 * @param {NodeJS.ProcessEnv} env
 * @param {number} patience
 * @returns {Promise<string>} what the installer said, or 'silence' where it was ended for lack of progress
 */
function install(installer, folder, report, env, patience) {
  const temporary = join(buildFolder, `electron-${process.pid}`);
  mkdirSync(temporary, { recursive: true });
  const watched = [temporary, join(folder, 'dist')];
  return new Promise((resolve) => {
    let bytes = bytesBelow(watched);
    let lastGrowth = Date.now();
    let tellAt = 20e6;
    let said = '';
    let silent = false;
    const child = spawn(process.execPath, [installer], {
      env: { ...env, TMPDIR: temporary, TEMP: temporary, TMP: temporary },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const stop = watchGrowth(watched, (now) => {
      if (now > bytes) lastGrowth = Date.now();
      bytes = now;
      if (now > tellAt) {
        report.note(`${Math.round(now / 1e6)} MB of Electron`);
        tellAt = now + 20e6;
      }
      if (Date.now() - lastGrowth > patience) {
        silent = true;
        child.kill('SIGKILL');
      }
    });
    const keep = (/** @type {Buffer} */ text) => {
      said += text.toString();
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const end = () => {
      stop();
      rmSync(temporary, { recursive: true, force: true });
      resolve(silent ? 'silence' : tail(said, 20));
    };
    child.on('error', end);
    child.on('close', end);
  });
}
