/**
 * Where the set-up finds and puts things. Everything is derived from this file's own place or from the
 * user's cache folder, so that a checkout can lie anywhere.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout's top folder. */
export const root = resolve(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Everything that is made in the checkout, node_modules aside. */
export const buildFolder = join(root, '.build');

/**
 * The folder where libtensorflow and the built binding are kept for all checkouts of this user:
 * `DRIFTCAST_CACHE`, else the platform's cache folder (XDG base directory specification on Linux).
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @param {NodeJS.Platform} [platform]
 * @returns {string} an absolute path; it need not exist
 */
export function cacheFolder(env = process.env, platform = process.platform) {
  if (env.DRIFTCAST_CACHE) return resolve(env.DRIFTCAST_CACHE);
  if (platform === 'win32')
    return join(env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Driftcast', 'Cache');
  if (platform === 'darwin') return join(homedir(), 'Library', 'Caches', 'Driftcast');
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'driftcast');
}

/** The SHA-256 of a text, shortened to what a stamp needs. @param {string} text */
export function fingerprint(text) {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** Parses a JSON file; null where it is absent or damaged. @param {string} path @returns {any} */
export function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}
