/**
 * Builds the app when, and only when, something it is made of has changed. The result is put in place whole:
 * a build that fails leaves the last good one where it was.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { writeWhole } from './facts.mjs';
import { withLock } from './lock.mjs';
import { buildFolder, readJson, root } from './paths.mjs';
import { run, tail } from './processes.mjs';
import { SetupError } from './report.mjs';

/** What the bundles are made of, relative to the checkout. main/setup runs as it is. */
const sources = [
  'main',
  'shared',
  'renderer',
  'test/bench',
  'test/pictures',
  'test/e2e',
  'resources/colour-maps',
  'resources/docs',
  'package.json',
  'package-lock.json',
  'svelte.config.js',
];
const leftOut = ['main/setup'];

/**
 * One run of Vite: `entries` are the files of which at least one must exist, `folder` the part of the build
 * folder that it fills.
 */
const targets = [
  {
    name: 'main',
    folder: 'main',
    entries: [
      'main/cli/main.ts',
      'main/web/main.ts',
      'main/engine/process.ts',
      'main/desktop/main.ts',
      'test/bench/main.ts',
      'test/pictures/main.ts',
    ],
    args: ['-c', 'main/vite.config.ts', '--mode', 'node'],
  },
  {
    name: 'preload',
    folder: 'main',
    entries: ['main/desktop/preload.ts'],
    args: ['-c', 'main/vite.config.ts', '--mode', 'preload'],
  },
  {
    name: 'renderer',
    folder: 'renderer',
    entries: ['renderer/index.html'],
    args: ['renderer', '-c', 'renderer/vite.config.ts', '--emptyOutDir'],
  },
];

/** @typedef {{ [path: string]: { size: number, time: number, hash: string } }} Sources */

/**
 * Whether the build is made of the sources as they are now. Reads a file's content only where its size or
 * time differs from the recorded ones, so the usual answer takes a few milliseconds.
 *
 * @param {string} [top] the checkout
 * @returns {boolean}
 */
export function isBundled(top = root) {
  const stamp = readJson(stampPath(top));
  if (!stamp || !existsSync(join(top, '.build', 'main'))) return false;
  const now = listSources(top);
  const before = /** @type {Sources} */ (stamp.sources);
  const paths = Object.keys(now);
  if (paths.length !== Object.keys(before).length) return false;
  return paths.every((path) => {
    const then = before[path];
    const file = now[path];
    if (!then || !file || then.size !== file.size) return false;
    return then.time === file.time || then.hash === hashFile(join(top, path));
  });
}

/**
 * Builds every target whose entries exist, at the same time, unless the last build still holds.
 *
 * @param {import('./report.mjs').Report} report
 * @param {{ force?: boolean }} [options]
 * @returns {Promise<boolean>} whether anything was built
 */
export async function bundle(report, { force = false } = {}) {
  if (!force && isBundled()) return false;
  return withLock(
    join(buildFolder, 'bundle.lock'),
    async () => {
      if (!force && isBundled()) return false;
      await bundleNow(report);
      return true;
    },
    { onWait: (owner) => report.note(`waiting for another build to finish (${owner})`) },
  );
}

/** @param {import('./report.mjs').Report} report */
async function bundleNow(report) {
  const made = record(root);
  const next = join(buildFolder, `next-${process.pid}`);
  // We hold the lock: whatever else lies there was left by a build that was killed.
  for (const name of readdirSync(buildFolder)) {
    if (name.startsWith('next-')) rmSync(join(buildFolder, name), { recursive: true, force: true });
  }
  mkdirSync(join(next, 'main'), { recursive: true });
  try {
    const present = targets.filter((target) => {
      const missing = target.entries.filter((entry) => !existsSync(join(root, entry)));
      if (missing.length > 0) report.note(`not built, because absent: ${missing.join(', ')}`);
      return missing.length < target.entries.length;
    });
    await Promise.all(present.map((target) => runVite(target, next)));
    for (const folder of new Set(present.map((target) => target.folder))) putInPlace(next, folder);
    writeWhole(stampPath(root), JSON.stringify({ sources: made }));
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** @param {typeof targets[number]} target @param {string} next */
async function runVite(target, next) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const outcome = await run(
    process.execPath,
    [vite, 'build', ...target.args, '--outDir', join(next, target.folder)],
    { cwd: root },
  );
  const said = `${outcome.stdout}${outcome.stderr}`.trim();
  if (outcome.code !== 0) {
    throw new SetupError(
      'other',
      `Building "${target.name}" failed; correct what the lines above name and run the command again.`,
      tail(said, 40),
    );
  }
  if (said !== '') process.stderr.write(`${said}\n`);
}

/** The old folder makes room by a rename: what still runs from it keeps its open files. @param {string} next @param {string} folder */
function putInPlace(next, folder) {
  const target = join(buildFolder, folder);
  const old = join(next, `old-${folder}`);
  if (existsSync(target)) renameSync(target, old);
  renameSync(join(next, folder), target);
}

/** @param {string} top @returns {Sources} */
function record(top) {
  const files = listSources(top);
  for (const [path, file] of Object.entries(files)) file.hash = hashFile(join(top, path));
  return files;
}

/** @param {string} top @returns {Sources} sizes and times; hashes are empty */
function listSources(top) {
  /** @type {Sources} */
  const files = {};
  /** @param {string} path */
  const visit = (path) => {
    const name = relative(top, path).replaceAll('\\', '/');
    if (leftOut.includes(name)) return;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (!stat) return;
    if (stat.isDirectory()) for (const entry of readdirSync(path)) visit(join(path, entry));
    else files[name] = { size: stat.size, time: stat.mtimeMs, hash: '' };
  };
  for (const source of sources) visit(join(top, source));
  return files;
}

/** @param {string} path */
function hashFile(path) {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}

/** @param {string} top */
function stampPath(top) {
  return join(top, '.build', 'bundle.json');
}
