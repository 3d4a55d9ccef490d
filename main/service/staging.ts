/**
 * A place beside the goal where files come to be: they move to the goal when all are there, and are gone without a
 * trace when the work ends in any other way, also that of an engine that was killed.
 */
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { temporaryEnding, temporaryPath } from '#main/workspace/atomic.ts';
import { diskError } from '#main/workspace/disk-errors.ts';
import { DriftcastError } from '#shared/errors.ts';

const abandonedMilliseconds = 24 * 3600_000;

const isFolder = (path: string) =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/**
 * Runs `make` with a new, empty folder and then moves what it made under the goals' names to the goals.
 * @param goals absolute paths in one folder, which has to exist
 * @throws DriftcastError `conflict` for a goal that is a folder already, `not-found` or `disk`, and what `make` throws
 */
export async function stage<Result>(
  goals: readonly string[],
  make: (folder: string) => Promise<Result>,
): Promise<Result> {
  const [first = ''] = goals;
  for (const goal of goals)
    if (await isFolder(goal))
      throw new DriftcastError(
        'conflict',
        `${goal} is a folder that exists already.`,
        'Choose another name.',
      );
  const folder = temporaryPath(first);
  try {
    await mkdir(folder);
  } catch (thrown) {
    throw diskError(thrown, 'write', dirname(first));
  }
  try {
    const result = await make(folder);
    for (const goal of goals) {
      await rename(join(folder, basename(goal)), goal).catch((thrown: unknown) => {
        throw diskError(thrown, 'write', goal);
      });
    }
    return result;
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** Removes what a killed Driftcast left behind in a folder of ours. */
export async function sweepStaging(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!name.startsWith('.') || !name.endsWith(temporaryEnding)) continue;
    const path = join(folder, name);
    const { mtimeMs } = await stat(path);
    if (Date.now() - mtimeMs > abandonedMilliseconds) await rm(path, { recursive: true, force: true });
  }
}
