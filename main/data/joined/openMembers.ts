/** Opens the files of a series when they are read, a few at a time: ten thousand files need no ten thousand handles. */
import { stat } from 'node:fs/promises';
import { DriftcastError } from '#shared/errors.ts';
import type { DataFile } from '../formats/dataFile.ts';
import { openDataFile } from '../formats/registry.ts';
import type { Member } from './headers.ts';

const mostOpen = 12;

interface Entry {
  readonly file: Promise<DataFile>;
  users: number;
  dropped: boolean;
}

async function openUnchanged({ path, name, bytes, modified }: Member): Promise<DataFile> {
  const now = await stat(path).catch(() => null);
  if (now?.size === bytes && now.mtimeMs === modified) return openDataFile(path);
  throw new DriftcastError(
    'conflict',
    `${name} has ${now ? 'changed' : 'gone'} since the series was opened.`,
    'Open the series again to see what it holds now.',
  );
}

export class OpenMembers {
  /** Least recently used first. */
  private readonly entries = new Map<string, Entry>();

  async use<Result>(member: Member, work: (file: DataFile) => Promise<Result>): Promise<Result> {
    const { path } = member;
    const entry = this.entries.get(path) ?? { file: openUnchanged(member), users: 0, dropped: false };
    this.entries.delete(path);
    this.entries.set(path, entry);
    entry.users++;
    try {
      return await work(await entry.file);
    } catch (thrown) {
      this.drop(path, entry);
      throw thrown;
    } finally {
      entry.users--;
      await this.closeUnused(entry);
      for (const [oldPath, old] of this.entries) {
        if (this.entries.size <= mostOpen) break;
        if (old.users === 0) this.drop(oldPath, old);
      }
    }
  }

  async close(): Promise<void> {
    for (const [path, entry] of [...this.entries]) this.drop(path, entry);
  }

  private drop(path: string, entry: Entry): void {
    if (this.entries.get(path) === entry) this.entries.delete(path);
    entry.dropped = true;
    void this.closeUnused(entry);
  }

  private async closeUnused(entry: Entry): Promise<void> {
    if (!entry.dropped || entry.users > 0) return;
    await entry.file.then((file) => file.close()).catch(() => undefined);
  }
}
