/**
 * Lets one set-up work at a time: two that start together would otherwise write the same files. The lock is
 * a file that its owner touches while it works; a lock whose owner has died, here or on another machine
 * that shares the folder, is taken over.
 */
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';

const beat = 5_000;
const silence = 60_000;

/**
 * Runs the work while holding the lock file; waits for another owner to finish first.
 *
 * @template T
 * @param {string} path the lock file
 * @param {() => Promise<T>} work
 * @param {{ onWait?: (owner: string) => void, poll?: number }} [options] `onWait` is called once, with who holds it
 * @returns {Promise<T>}
 */
export async function withLock(path, work, { onWait, poll = 200 } = {}) {
  mkdirSync(dirname(path), { recursive: true });
  let told = false;
  while (!take(path)) {
    const owner = readOwner(path);
    if (owner !== null && isDead(path, owner)) {
      breakLock(path, owner);
      continue;
    }
    if (!told && owner !== null) {
      told = true;
      onWait?.(`process ${owner.pid} on ${owner.host}`);
    }
    await new Promise((resolve) => setTimeout(resolve, poll));
  }
  const heart = setInterval(() => touch(path), beat);
  heart.unref();
  const drop = () => rmSync(path, { force: true });
  process.once('exit', drop);
  try {
    return await work();
  } finally {
    clearInterval(heart);
    process.off('exit', drop);
    drop();
  }
}

/** @typedef {{ pid: number, host: string, since: number }} Owner */

/** @param {string} path @returns {boolean} whether the lock is ours now */
function take(path) {
  try {
    const file = openSync(path, 'wx');
    writeSync(file, JSON.stringify({ pid: process.pid, host: hostname(), since: Date.now() }));
    closeSync(file);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} path @returns {Owner | null} null where it has gone or is being written this moment */
function readOwner(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return isSilent(path) ? { pid: 0, host: '', since: 0 } : null;
  }
}

/** @param {string} path @param {Owner} owner */
function isDead(path, owner) {
  if (isSilent(path)) return true;
  if (owner.host !== hostname()) return false;
  try {
    process.kill(owner.pid, 0);
    return false;
  } catch (error) {
    return /** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH';
  }
}

/** @param {string} path */
function isSilent(path) {
  try {
    return Date.now() - statSync(path).mtimeMs > silence;
  } catch {
    return false;
  }
}

/**
 * Removes a dead owner's lock. Two that wait may both see it dead: only the one that gets the second,
 * short-lived lock may remove, and only if the dead owner's lock is still the one that lies there.
 *
 * @param {string} path
 * @param {Owner} dead
 */
function breakLock(path, dead) {
  const second = `${path}.break`;
  if (isSilent(second)) rmSync(second, { force: true });
  if (!take(second)) return;
  try {
    const now = readOwner(path);
    if (now !== null && now.pid === dead.pid && now.since === dead.since) rmSync(path, { force: true });
  } finally {
    rmSync(second, { force: true });
  }
}

/** @param {string} path */
function touch(path) {
  try {
    const now = new Date();
    utimesSync(path, now, now);
  } catch {
    // the folder was removed under us: the work will say so itself
  }
}
