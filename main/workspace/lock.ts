/**
 * Lock files that a dead owner does not hold: each names its owner's process, start time and machine, so that
 * two Driftcasts may share a workspace and a crash needs no cleaning up.
 */
import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { temporaryPath } from './atomic.ts';
import { diskError, isMissing, isPresent } from './disk-errors.ts';
import { isAlive, ownIdentity } from './process-identity.ts';

const ownerSchema = z.object({
  pid: z.number().int(),
  started: z.string(),
  host: z.string(),
  token: z.string(),
  purpose: z.string(),
  since: z.string(),
});
export type LockOwner = z.infer<typeof ownerSchema>;

export interface Lock {
  readonly path: string;
  /** Gives the lock back; again is harmless. */
  release(): Promise<void>;
}

/** To put a new lock in the place of a dead one, among others who try the same. */
const mostAttempts = 40;
/** A live owner touches its lock this often, so that other machines can tell. */
const beatMilliseconds = 30_000;
/** Another machine's lock that was not touched for so long is taken to be dead; clocks may differ by minutes. */
const silenceMilliseconds = 15 * 60_000;

async function readOwner(path: string): Promise<LockOwner | null> {
  const owner = await readLock(path);
  return owner === 'damaged' ? null : owner;
}

/** Null where there is no lock, in one reading: it may be gone, and there again, a moment later. */
async function readLock(path: string): Promise<LockOwner | 'damaged' | null> {
  try {
    return ownerSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (thrown) {
    if (isMissing(thrown)) return null;
    if (thrown instanceof SyntaxError || thrown instanceof z.ZodError) return 'damaged';
    throw diskError(thrown, 'read', path);
  }
}

async function holds(path: string, owner: LockOwner): Promise<boolean> {
  const alive = await isAlive(owner);
  if (alive !== null) return alive;
  try {
    return Date.now() - (await stat(path)).mtimeMs < silenceMilliseconds;
  } catch {
    return false;
  }
}

/** Who holds the lock now; null when nobody does, a dead owner counting as nobody. */
export async function lockOwner(path: string): Promise<LockOwner | null> {
  const owner = await readOwner(path);
  return owner !== null && (await holds(path, owner)) ? owner : null;
}

/** Puts the whole file in place at once, or answers false when one is already there. */
async function createWhole(path: string, content: string): Promise<boolean> {
  const temporary = temporaryPath(path);
  await writeFile(temporary, content);
  try {
    await link(temporary, path);
    return true;
  } catch (thrown) {
    if (isPresent(thrown)) return false;
    return await createExclusively(path, content);
  } finally {
    await rm(temporary, { force: true });
  }
}

/** For file systems without links (exFAT, some network folders). */
async function createExclusively(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    await file.writeFile(content).finally(() => file.close());
    return true;
  } catch (thrown) {
    if (isPresent(thrown)) return false;
    throw thrown;
  }
}

/** Clearing takes milliseconds: whoever has been at it for so long is gone. */
const clearingMilliseconds = 10_000;

/**
 * Takes a dead owner's file away. One process at a time does so, and looks again first: taken away by two at once, the
 * second would take the new owner's.
 */
async function clearStale(path: string): Promise<void> {
  const guard = `${path}.clearing`;
  if (!(await createExclusively(guard, ''))) {
    const { mtimeMs } = await stat(guard).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > clearingMilliseconds) await rm(guard, { force: true });
    await setTimeout(5 + 10 * Math.random());
    return;
  }
  try {
    const owner = await readLock(path);
    // Nobody can make a new lock while the dead one is there, and nobody else takes it away.
    if (owner === 'damaged' || (owner !== null && !(await holds(path, owner))))
      await rm(path, { force: true });
  } finally {
    await rm(guard, { force: true });
  }
}

/**
 * Takes the lock or says who has it. `purpose` completes "… is in use: ".
 * @throws DriftcastError `conflict` when a living process holds it, `disk` when the folder can't be written.
 */
export async function acquireLock(path: string, what: string, purpose: string): Promise<Lock> {
  const owner: LockOwner = {
    ...(await ownIdentity()),
    token: randomBytes(12).toString('hex'),
    purpose,
    since: new Date().toISOString(),
  };
  try {
    await mkdir(dirname(path), { recursive: true });
    for (let attempt = 0; attempt < mostAttempts; attempt++) {
      if (await createWhole(path, `${JSON.stringify(owner)}\n`)) return heldLock(path, owner);
      const other = await readOwner(path);
      if (other !== null && (await holds(path, other))) throw inUse(what, other);
      await clearStale(path);
    }
  } catch (thrown) {
    throw diskError(thrown, 'write', path);
  }
  const other = await readOwner(path);
  if (other === null) throw new DriftcastError('conflict', `${what} is in use.`, 'Try again in a moment.');
  throw inUse(what, other);
}

function inUse(what: string, owner: LockOwner): DriftcastError {
  const where = owner.pid === process.pid ? 'this Driftcast' : `process ${owner.pid} on ${owner.host}`;
  return new DriftcastError(
    'conflict',
    `${what} is in use by ${where}: ${owner.purpose} (since ${owner.since}).`,
    'Wait until it is done, or stop it there first.',
  );
}

function heldLock(path: string, owner: LockOwner): Lock {
  const beat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, beatMilliseconds);
  beat.unref();
  let released = false;
  return {
    path,
    async release() {
      if (released) return;
      released = true;
      clearInterval(beat);
      const current = await readOwner(path);
      if (current?.token === owner.token) await rm(path, { force: true });
    },
  };
}
