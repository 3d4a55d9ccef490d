/** What was found out by reading a whole file is kept, and lost without harm. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ReadCache } from '#main/service/read-cache.ts';
import { temporaryFolder } from '../temporary-folder.ts';

const schema = z.object({ mean: z.number() });

async function prepared(milliseconds = 350) {
  const folder = await temporaryFolder();
  const problems: unknown[] = [];
  const cache = new ReadCache(folder, (thrown) => problems.push(thrown));
  let reads = 0;
  const ask = (...key: string[]) =>
    cache.through(key, schema, async () => {
      await wait(milliseconds);
      return { mean: ++reads };
    });
  return { folder, problems, ask };
}

describe('the cache of what was read', () => {
  it('answers the second time without reading, also in the next session', async () => {
    const { ask, folder, problems } = await prepared();
    expect(await ask('statistics', 'a', 'sst')).toEqual({ mean: 1 });
    expect(await ask('statistics', 'a', 'sst')).toEqual({ mean: 1 });
    expect(await ask('statistics', 'a', 'ice')).toEqual({ mean: 2 });
    const next = new ReadCache(folder, () => {});
    const never = () => Promise.reject(new Error('read'));
    expect(await next.through(['statistics', 'a', 'sst'], schema, never)).toEqual({ mean: 1 });
    expect(problems).toEqual([]);
  });

  it('keeps nothing that is quick to read, and nothing that failed', async () => {
    const { ask, folder } = await prepared(0);
    expect(await ask('a')).toEqual({ mean: 1 });
    expect(await ask('a')).toEqual({ mean: 2 });
    const cache = new ReadCache(folder, () => {});
    const failing = () => Promise.reject(new Error('cut short'));
    await expect(cache.through(['b'], schema, failing)).rejects.toThrow('cut short');
    expect(await readdir(folder)).toEqual([]);
  });

  it('reads again where its file is damaged or of another shape', async () => {
    const { ask, folder, problems } = await prepared();
    await ask('a');
    const [name = ''] = await readdir(folder);
    await writeFile(join(folder, name), '{ "mean"');
    expect(await ask('a')).toEqual({ mean: 2 });
    expect(problems).toHaveLength(1);
    const other = new ReadCache(folder, () => {});
    const answer = await other.through(['a'], z.string(), async () => 'text');
    expect(answer).toBe('text');
  });
});
