/**
 * What reading a whole data file has told: statistics, means over time. Kept on disk by the file's id, which changes
 * with its content, so that opening a large file again costs nothing.
 */
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import {
  type JsonFormat,
  readJsonIfPresent,
  sha256,
  writeJsonChecked,
} from '#main/workspace/checked-json.ts';

const format: JsonFormat<{ formatVersion: 1; value?: unknown }> = {
  what: 'cached result',
  version: 1,
  schema: z.object({ formatVersion: z.literal(1), value: z.unknown() }),
};
/** What takes less is not worth a file. */
const leastMilliseconds = 300;
const mostFiles = 400;

export class ReadCache {
  private readonly folder: string;
  private readonly onProblem: (thrown: unknown) => void;

  /** @param onProblem is told what went wrong with the cache itself, which stops nobody's work */
  constructor(folder: string, onProblem: (thrown: unknown) => void) {
    this.folder = folder;
    this.onProblem = onProblem;
  }

  /** What `read` answers, or answered for the same key before. */
  async through<T>(key: readonly string[], schema: z.ZodType<T>, read: () => Promise<T>): Promise<T> {
    const path = join(this.folder, `${sha256(key.join('\0')).slice(0, 32)}.json`);
    try {
      const found = schema.safeParse((await readJsonIfPresent(path, format))?.value);
      if (found.success) return found.data;
    } catch (thrown) {
      // A damaged file, or one of a newer Driftcast: read again and written anew.
      this.onProblem(thrown);
    }
    const before = performance.now();
    const value = await read();
    if (performance.now() - before >= leastMilliseconds) await this.keep(path, value);
    return value;
  }

  private async keep(path: string, value: unknown): Promise<void> {
    try {
      await writeJsonChecked(path, format, { formatVersion: 1, value });
      const names = (await readdir(this.folder)).filter((name) => name.endsWith('.json'));
      if (names.length <= mostFiles) return;
      const ages = await Promise.all(
        names.map(async (name) => ({ name, time: (await stat(join(this.folder, name))).mtimeMs })),
      );
      ages.sort((a, b) => b.time - a.time);
      for (const { name } of ages.slice(mostFiles)) await rm(join(this.folder, name), { force: true });
    } catch (thrown) {
      this.onProblem(thrown);
    }
  }
}
