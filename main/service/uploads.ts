/**
 * Files that a browser hands over: streamed to the workspace under their SHA-256, so that the same file is
 * kept once and its token survives a restart.
 */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { diskError, isMissing } from '#main/workspace/disk-errors.ts';
import { DriftcastError } from '#shared/errors.ts';

const prefix = 'upload-';
const incoming = '.incoming-';
/** Larger files are opened from disk; the command line and the desktop app need no upload. */
export const largestUploadBytes = 16 * 1024 ** 3;
/** Left free for everything else. */
const spareBytes = 512 * 1024 ** 2;
const abandonedMilliseconds = 24 * 3600_000;

export interface Uploads {
  /** @param bytes the announced size; null: unknown. @throws DriftcastError `bad-input`, `disk` or `cancelled`. */
  receive(name: string, body: Readable, bytes: number | null): Promise<{ token: string }>;
  /** Absolute path of an upload; null for a token that is none. */
  path(token: string): Promise<string | null>;
  /** Removes what interrupted uploads left behind. */
  sweep(): Promise<void>;
}

export function openUploads(folder: string, limitBytes: number = largestUploadBytes): Uploads {
  return {
    async receive(name, body, bytes) {
      if (bytes !== null) await refuseTooLarge(folder, name, bytes, limitBytes);
      let temporary: string | null = null;
      try {
        temporary = await mkdtemp(join(folder, incoming));
        const sum = await store(body, join(temporary, safeName(name)), name, limitBytes);
        const token = `${prefix}${sum.slice(0, 24)}`;
        // Another upload of the same file may have come first: both are the same.
        await rename(temporary, join(folder, token)).catch((thrown: unknown) =>
          keepFirst(folder, token, thrown),
        );
        return { token };
      } catch (thrown) {
        throw diskError(thrown, 'write', join(folder, name));
      } finally {
        if (temporary !== null) await rm(temporary, { recursive: true, force: true });
      }
    },
    async path(token) {
      if (!/^upload-[0-9a-f]{24}$/.test(token)) return null;
      try {
        const [name] = await readdir(join(folder, token));
        return name === undefined ? null : join(folder, token, name);
      } catch (thrown) {
        if (isMissing(thrown)) return null;
        throw diskError(thrown, 'read', join(folder, token));
      }
    },
    async sweep() {
      for (const name of await readdir(folder)) {
        if (!name.startsWith(incoming)) continue;
        const path = join(folder, name);
        const { mtimeMs } = await stat(path);
        if (Date.now() - mtimeMs > abandonedMilliseconds) await rm(path, { recursive: true, force: true });
      }
    },
  };
}

function tooLarge(name: string, limitBytes: number): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `${name} is too large to hand over in the browser (more than ${Math.floor(limitBytes / 1024 ** 2)} MiB).`,
    'Open it from disk: driftcast serve FILE, or the desktop app.',
  );
}

async function refuseTooLarge(folder: string, name: string, bytes: number, limit: number): Promise<void> {
  if (bytes > limit) throw tooLarge(name, limit);
  await mkdir(folder, { recursive: true });
  const { bavail, bsize } = await statfs(folder);
  if (bytes + spareBytes > bavail * bsize)
    throw new DriftcastError(
      'disk',
      `There is no room for ${name} on the disk of the workspace.`,
      'Free some space, or open the file from where it is: driftcast serve FILE.',
    );
}

/** Writes the body and answers its SHA-256. */
async function store(body: Readable, path: string, name: string, limitBytes: number): Promise<string> {
  const hash = createHash('sha256');
  const file = await open(path, 'wx');
  let written = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      written += chunk.byteLength;
      if (written > limitBytes) throw tooLarge(name, limitBytes);
      hash.update(chunk);
      await file.writeFile(chunk);
    }
    // A connection that breaks looks like an end to some streams.
    if (body.errored !== null || body.readableAborted)
      throw new DriftcastError('cancelled', `The upload of ${name} was broken off.`, 'Drop the file again.');
    await file.sync();
  } finally {
    await file.close();
  }
  if (written === 0)
    throw new DriftcastError('bad-input', `${name} is empty.`, 'Choose a file with content.');
  return hash.digest('hex');
}

async function keepFirst(folder: string, token: string, thrown: unknown): Promise<void> {
  if ((await readdir(join(folder, token)).catch(() => [])).length === 0) throw thrown;
}

/** The file's own name, without what a file system may stumble over. */
function safeName(name: string): string {
  const safe = name.replace(/[\p{Cc}<>:"/\\|?*]/gu, '_').slice(-150);
  return /^\.*$/.test(safe) ? 'file' : safe;
}
