/**
 * Keeps the data files of the latest calls open, so that scrubbing through a file reads slabs and nothing else.
 * A file that changed on disk since it was opened is opened anew.
 */
import { stat } from 'node:fs/promises';
import type { DataFile } from '#main/data/formats/dataFile.ts';
import { openDataFile } from '#main/data/formats/registry.ts';

interface Kept {
  state: string;
  file: Promise<DataFile>;
  users: number;
  /** No longer the newest of its path, or too many are open: closes with its last user. */
  dropped: boolean;
}

const most = 6;

export class OpenFiles {
  /** Least recently used first. */
  private readonly kept = new Map<string, Kept>();

  async use<Result>(path: string, work: (file: DataFile) => Promise<Result>): Promise<Result> {
    const entry = this.entry(path, await stateOf(path));
    entry.users++;
    try {
      return await work(await entry.file);
    } catch (thrown) {
      // What failed once may have left a reader in an odd state.
      this.drop(path, entry);
      throw thrown;
    } finally {
      entry.users--;
      await closeUnused(entry);
    }
  }

  private entry(path: string, state: string): Kept {
    const known = this.kept.get(path);
    this.kept.delete(path);
    if (known !== undefined && known.state === state && !known.dropped) {
      this.kept.set(path, known);
      return known;
    }
    if (known !== undefined) this.drop(path, known);
    const fresh: Kept = { state, file: openDataFile(path), users: 0, dropped: false };
    // The user of the entry gets the failure; nobody else waits for this promise.
    fresh.file.catch(() => undefined);
    this.kept.set(path, fresh);
    for (const [oldPath, old] of this.kept) {
      if (this.kept.size <= most) break;
      this.drop(oldPath, old);
    }
    return fresh;
  }

  private drop(path: string, entry: Kept): void {
    if (this.kept.get(path) === entry) this.kept.delete(path);
    entry.dropped = true;
    void closeUnused(entry);
  }
}

async function closeUnused(entry: Kept): Promise<void> {
  if (!entry.dropped || entry.users > 0) return;
  await entry.file.then((file) => file.close()).catch(() => undefined);
}

/** What tells one state of a file from another; empty where it can't be had, and opening it then says why. */
async function stateOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs, ino } = await stat(path);
    return `${size} ${mtimeMs} ${ino}`;
  } catch {
    return '';
  }
}
