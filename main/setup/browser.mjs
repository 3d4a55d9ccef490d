/** Finds a Chrome or Chromium for the tests that drive a real browser; on Debian, as root, installs one. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, run } from './processes.mjs';
import { SetupError } from './report.mjs';

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'chrome',
  'microsoft-edge',
];

/**
 * The browser's path: `CHROME_PATH`, else an installed Chrome, Chromium or Edge, else null.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @throws {SetupError} where CHROME_PATH names nothing
 */
export function findBrowser(env = process.env, platform = process.platform) {
  if (env.CHROME_PATH) {
    if (existsSync(env.CHROME_PATH)) return env.CHROME_PATH;
    throw new SetupError(
      'other',
      `CHROME_PATH is ${env.CHROME_PATH}, but nothing lies there; correct it or unset it.`,
    );
  }
  for (const name of names) {
    const path = findProgram(name, env);
    if (path) return path;
  }
  return usualPlaces(env, platform).find((path) => existsSync(path)) ?? null;
}

/** @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform */
function usualPlaces(env, platform) {
  if (platform === 'darwin') {
    const apps = ['Google Chrome', 'Chromium', 'Microsoft Edge'];
    return apps.map((app) => `/Applications/${app}.app/Contents/MacOS/${app}`);
  }
  if (platform !== 'win32') return [];
  const folders = [env.PROGRAMFILES, env['PROGRAMFILES(X86)'], env.LOCALAPPDATA].filter(
    (folder) => folder !== undefined,
  );
  return folders.flatMap((folder) => [
    join(folder, 'Google', 'Chrome', 'Application', 'chrome.exe'),
    join(folder, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
  ]);
}

/**
 * Makes sure that there is a browser.
 *
 * @param {import('./report.mjs').Report} report
 * @param {{ env?: NodeJS.ProcessEnv, isDebianRoot?: boolean }} [options]
 * @returns {Promise<string>} its path
 * @throws {SetupError} with what to install
 */
export async function ensureBrowser(report, { env = process.env, isDebianRoot = isRootOnDebian() } = {}) {
  const here = findBrowser(env);
  if (here) return here;
  const apt = findProgram('apt-get', env);
  if (isDebianRoot && apt) {
    report.note('installing chromium with apt, for the tests that drive a browser');
    const quiet = { ...env, DEBIAN_FRONTEND: 'noninteractive' };
    await run(apt, ['update', '-q'], { env: quiet, output: 'stderr' });
    await run(apt, ['install', '-y', '-q', '--no-install-recommends', 'chromium'], {
      env: quiet,
      output: 'stderr',
    });
    const installed = findBrowser(env);
    if (installed) return installed;
  }
  throw new SetupError(
    'other',
    'The tests drive a real browser and none is here; install Chrome or Chromium (on Debian: apt install chromium) or set CHROME_PATH to one.',
  );
}

function isRootOnDebian() {
  try {
    return process.getuid?.() === 0 && /^ID=debian$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
