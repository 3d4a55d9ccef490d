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

/** Why a name is not found or a host not reached: what being offline looks like. */
const offline = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'ETIMEDOUT',
]);

/**
 * The registry that npm would ask, where it certainly cannot be reached; null where it can, or where only npm knows
 * the way (a proxy, certificates of its own).
 *
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<string | null>}
 */
async function unreachableRegistry(env) {
  if (Object.keys(env).some((name) => /proxy$/i.test(name) && !/^no_?proxy$/i.test(name) && env[name]))
    return null;
  const { command, args } = npm(env);
  const asked = await run(command, [...args, 'config', 'get', 'registry'], { cwd: root });
  const registry = asked.stdout.trim();
  if (!/^https?:\/\//.test(registry)) return null;
  try {
    await fetch(registry, { method: 'HEAD', signal: AbortSignal.timeout(10_000) });
    return null;
  } catch (thrown) {
    const cause = /** @type {any} */ (thrown).cause;
    // Where a host has several addresses, the reasons come together.
    const code = cause?.code ?? cause?.errors?.[0]?.code;
    return offline.has(code) ? registry : null;
  }
}

/**
 * Runs `npm ci`. The only part of the set-up that nothing can do without. Without a network npm asks for every package
 * again and again for minutes; here it is sent to its cache at once, which is enough where they were installed before.
 *
 * @param {import('./report.mjs').Report} report
 * @param {NodeJS.ProcessEnv} [env]
 * @throws {SetupError} `network`
 */
export async function installDependencies(report, env = process.env) {
  const { command, args } = npm(env);
  const missing = await unreachableRegistry(env);
  if (missing) report.note(`${missing} cannot be reached; looking for the packages in npm's cache`);
  const words = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const outcome = await run(command, [...args, ...words, ...(missing ? ['--offline'] : [])], {
    cwd: root,
    env,
    output: 'stderr',
  });
  if (outcome.code === 0 && areDependenciesCurrent()) return;
  throw new SetupError(
    'network',
    missing
      ? `The npm packages are missing, ${missing} cannot be reached, and npm's cache does not hold all of them; connect this machine to the network, or give npm its proxy, and start again.`
      : "npm could not install the packages that the lockfile names (its own lines above say why); check the network or npm's registry settings and start again.",
  );
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
