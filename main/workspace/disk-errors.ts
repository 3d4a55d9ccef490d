/** Turns what the operating system says about a file into one sentence that a person can act on. */
import { DriftcastError } from '#shared/errors.ts';

function systemCode(thrown: unknown): string | null {
  if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') return thrown.code;
  return null;
}

/** Whether `thrown` says that the file or folder does not exist. */
export function isMissing(thrown: unknown): boolean {
  const code = systemCode(thrown);
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** Whether `thrown` says that something of that name is already there. */
export function isPresent(thrown: unknown): boolean {
  return systemCode(thrown) === 'EEXIST';
}

/**
 * A DriftcastError for an error of the file system while `path` was being written or read. Errors that are
 * not the file system's come back unchanged.
 */
export function diskError(thrown: unknown, doing: 'write' | 'read' | 'delete', path: string): unknown {
  const code = systemCode(thrown);
  if (code === null || thrown instanceof DriftcastError) return thrown;
  const failed = `Driftcast could not ${doing} ${path}`;
  switch (code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return new DriftcastError(
        'disk',
        `${failed}: the disk is full.`,
        'Free some space and try again; nothing that was saved before is lost.',
        { cause: thrown },
      );
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return new DriftcastError(
        'disk',
        `${failed}: permission was refused.`,
        'Choose a folder that you may write to (--workspace DIR), or change its permissions.',
        { cause: thrown },
      );
    case 'ENOENT':
    case 'ENOTDIR':
      return new DriftcastError(
        'not-found',
        `${failed}: it does not exist.`,
        'It may have been moved or deleted; check the path.',
        { cause: thrown },
      );
    case 'EMFILE':
    case 'ENFILE':
      return new DriftcastError(
        'disk',
        `${failed}: too many files are open.`,
        'Close other programs and try again.',
        { cause: thrown },
      );
    default:
      return new DriftcastError(
        'disk',
        `${failed} (${code}).`,
        'Check that the disk is connected and healthy, then try again.',
        { cause: thrown },
      );
  }
}
