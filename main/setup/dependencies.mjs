/** Installs the npm packages exactly as the lockfile says, with their install scripts off, and only when needed. */
import { lstatSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { readJson, root } from './paths.mjs';
import { npm, run } from './processes.mjs';
import { SetupError } from './report.mjs';

/**
 * Whether node_modules holds what the lockfile names: compares it with the list that npm leaves in
 * node_modules once it has finished, so an installation that was cut short does not count.
 *
 * @param {string} [top] the checkout
 * @returns {boolean}
 */
export function areDependenciesCurrent(top = root) {
  const wanted = readJson(join(top, 'package-lock.json'))?.packages;
  const installed = readJson(join(top, 'node_modules', '.package-lock.json'))?.packages;
  if (!wanted || !installed) return false;
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const present = installed[path];
    if (
      present ? present.version !== entry.version || present.integrity !== entry.integrity : !entry.optional
    )
      return false;
  }
  return true;
}

/**
 * Runs `npm ci`. The only part of the set-up that nothing can do without.
 *
 * @throws {SetupError} `network`
 */
export async function installDependencies() {
  const { command, args } = npm();
  const outcome = await run(
    command,
    [...args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: root,
      output: 'stderr',
    },
  );
  if (outcome.code !== 0 || !areDependenciesCurrent()) {
    throw new SetupError(
      'network',
      "npm could not install the packages that the lockfile names (its own lines above say why); check the network or npm's registry settings and start again.",
    );
  }
}

/**
 * Lets `npx driftcast` find the checkout's own command at once: npm links the commands of dependencies into
 * node_modules, but not a project's own, and would else make a link in its cache on every call.
 *
 * @param {string} [top] the checkout
 */
export function linkOwnCommand(top = root) {
  const folder = join(top, 'node_modules', '.bin');
  const path = join(folder, 'driftcast');
  if (process.platform === 'win32' || lstatSync(path, { throwIfNoEntry: false })) return;
  mkdirSync(folder, { recursive: true });
  try {
    symlinkSync(join('..', '..', 'main', 'setup', 'driftcast.mjs'), path);
  } catch {
    // Another set-up was faster, or the folder is read-only: npx finds its own way.
  }
}
