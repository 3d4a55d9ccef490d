/**
 * Keeps the data files of the latest calls open, so that scrubbing through a file reads slabs and nothing else.
 * A file that changed on disk since it was opened is opened anew.
 */
import { stat } from 'node:fs/promises';
import type { WorkOptions } from '#main/data/background.ts';
import type { DataFile } from '#main/data/formats/dataFile.ts';
import { openData } from '#main/data/joined/openJoined.ts';

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

  /** Works on a file, or on several that are one series. */
  async use<Result>(paths: readonly string[], work: (file: DataFile) => Promise<Result>): Promise<Result> {
    return this.run(paths, await stateOf(paths), {}, work);
  }

  /** The same for whoever opens files: of a series that is open already, each file is looked at again. */
  async useAnew<Result>(
    paths: readonly string[],
    opening: WorkOptions,
    work: (file: DataFile) => Promise<Result>,
  ): Promise<Result> {
    const key = paths.join('\0');
    const known = this.kept.get(key);
    const isSeries = (await known?.file.catch(() => null))?.joined !== undefined;
    if (known && isSeries) this.drop(key, known);
    return this.run(paths, await stateOf(paths), opening, work);
  }

  private async run<Result>(
    paths: readonly string[],
    state: string,
    opening: WorkOptions,
    work: (file: DataFile) => Promise<Result>,
  ): Promise<Result> {
    const key = paths.join('\0');
    const entry = this.entry(key, paths, state, opening);
    entry.users++;
    try {
      return await work(await entry.file);
    } catch (thrown) {
      // What failed once may have left a reader in an odd state.
      this.drop(key, entry);
      throw thrown;
    } finally {
      entry.users--;
      await closeUnused(entry);
    }
  }

  private entry(key: string, paths: readonly string[], state: string, opening: WorkOptions): Kept {
    const known = this.kept.get(key);
    this.kept.delete(key);
    if (known !== undefined && known.state === state && !known.dropped) {
      this.kept.set(key, known);
      return known;
    }
    if (known !== undefined) this.drop(key, known);
    const fresh: Kept = { state, file: openData(paths, opening), users: 0, dropped: false };
    // The user of the entry gets the failure; nobody else waits for this promise.
    fresh.file.catch(() => undefined);
    this.kept.set(key, fresh);
    for (const [oldKey, old] of this.kept) {
      if (this.kept.size <= most) break;
      this.drop(oldKey, old);
    }
    return fresh;
  }

  private drop(key: string, entry: Kept): void {
    if (this.kept.get(key) === entry) this.kept.delete(key);
    entry.dropped = true;
    void closeUnused(entry);
  }
}

async function closeUnused(entry: Kept): Promise<void> {
  if (!entry.dropped || entry.users > 0) return;
  await entry.file.then((file) => file.close()).catch(() => undefined);
}

/** Files of larger series are looked at when they are read. */
const mostStates = 16;

/** What tells one state of files from another; empty where it can't be had, and opening them then says why. */
async function stateOf(paths: readonly string[]): Promise<string> {
  if (paths.length > mostStates) return '';
  try {
    const states = await Promise.all(paths.map((path) => stat(path)));
    return states.map(({ size, mtimeMs, ino }) => `${size} ${mtimeMs} ${ino}`).join();
  } catch {
    return '';
  }
}
