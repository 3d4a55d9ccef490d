/**
 * Writes a file so that a crash or a full disk at any moment leaves either the old content or the new one,
 * never a mixture: temporary file, fsync, rename, fsync of the folder.
 */
import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import { diskError } from './disk-errors.ts';

/** Name ending of files that a crash may have left behind; they hold nothing that is needed. */
export const temporaryEnding = '.tmp';

/** A name in the same folder that no one else uses. */
export function temporaryPath(path: string): string {
  return join(dirname(path), `.${basename(path)}.${randomBytes(6).toString('hex')}${temporaryEnding}`);
}

/** Makes renames and new names in a folder durable; systems that can't sync folders do so by themselves. */
export async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes to a temporary file through `write`, then puts it in the place of `path` at once. Creates the folder
 * when it is missing.
 * @throws DriftcastError `disk` when the disk is full, read-only or refuses; the old file is then untouched.
 */
export async function writeAtomicThrough(
  path: string,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const temporary = temporaryPath(path);
  try {
    await mkdir(dirname(path), { recursive: true });
    const file = await open(temporary, 'wx');
    try {
      await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncFolder(dirname(path));
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(thrown, 'write', path);
  }
}

/** {@link writeAtomicThrough} for content that is already in memory. */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  await writeAtomicThrough(path, (file) => file.writeFile(content));
}

/**
 * Makes a folder at once: `write` fills one under another name, which then takes its place.
 * @throws DriftcastError `conflict` where something is there already, `disk`, and what `write` throws; nothing is left
 *   behind then
 */
export async function writeNewFolder<T>(
  folder: string,
  write: (temporary: string) => Promise<T>,
): Promise<T> {
  if ((await stat(folder).catch(() => null)) !== null)
    throw new DriftcastError(
      'conflict',
      `${basename(folder)} exists already.`,
      'Name a folder that does not exist yet.',
    );
  const temporary = temporaryPath(folder);
  try {
    await mkdir(temporary);
    const written = await write(temporary);
    await rename(temporary, folder);
    await syncFolder(dirname(folder));
    return written;
  } catch (thrown) {
    await rm(temporary, { recursive: true, force: true });
    throw diskError(thrown, 'write', folder);
  }
}
