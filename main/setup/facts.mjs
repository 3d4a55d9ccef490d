/**
 * What the set-up found and made, kept in `.build/setup.json`: the set-up's own memory, and what
 * `driftcast doctor` tells about the parts that are missing.
 */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildFolder, readJson } from './paths.mjs';

/**
 * The content of `.build/setup.json`. Every `reason` is one whole sentence: why the thing is missing and
 * what to do about it, or, where it is available, which one is in use.
 *
 * @typedef {object} SetupFacts
 * @property {1} formatVersion
 * @property {string} updated when this was written, ISO 8601
 * @property {{ available: boolean, build: 'cpu' | 'cuda' | null, version: string, path: string | null, reason: string }} tensorflow
 *   libtensorflow; `version` is the one this checkout wants, `path` the folder in the user's cache
 * @property {{ available: boolean, path: string | null, reason: string }} binding
 *   tfjs' native add-on; `path` is the .node file. Without it the JavaScript backend computes
 * @property {{ available: boolean, path: string | null, reason: string, skipped?: boolean }} electron
 *   the program that opens the window (`skipped`: DRIFTCAST_ELECTRON said not to look for it); without it the app is served to the browser
 * @property {{ detected: boolean, reason: string }} gpu what nvidia-smi said
 * @property {{ choice: string, environment: string, retryAfter: string | null, electronRetryAfter: string | null }} memory
 *   for the set-up alone: what it was told, under which circumstances this came about, and when to try again (ISO 8601; null: not before they change)
 */

/** @param {string} [folder] the build folder */
export function factsPath(folder = buildFolder) {
  return join(folder, 'setup.json');
}

/** The facts of the last set-up, or null where there was none. @param {string} [folder] @returns {SetupFacts | null} */
export function readFacts(folder = buildFolder) {
  const facts = readJson(factsPath(folder));
  return facts?.formatVersion === 1 ? facts : null;
}

/** Writes the facts in one step, so that nobody reads half of them. @param {SetupFacts} facts @param {string} [folder] */
export function writeFacts(facts, folder = buildFolder) {
  writeWhole(factsPath(folder), `${JSON.stringify(facts, null, 2)}\n`);
}

/** Replaces a file in one step. @param {string} path @param {string} text */
export function writeWhole(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  writeFileSync(temporary, text);
  renameSync(temporary, path);
}
