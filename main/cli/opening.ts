/** Opening data files from a terminal: one, several as one series, a folder, or a pattern that means them. */
import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join, parse, relative, sep } from 'node:path';
import type { OpenFile } from '#shared/contract/index.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Session } from './verb.ts';

const isPattern = (text: string) => /[*?]/.test(text);

/** `*` and `?` inside of one part of a path; files that begin with a dot have to be named. */
function matcher(part: string): (name: string) => boolean {
  const source = part
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  const pattern = new RegExp(`^${source}$`);
  return (name) => pattern.test(name) && (part.startsWith('.') || !name.startsWith('.'));
}

/** What a pattern means, in the order of numbers in names. Shells do this, unless the pattern is quoted. */
async function matches(path: string): Promise<string[]> {
  const { root } = parse(path);
  let found = [root];
  for (const part of relative(root, path).split(sep)) {
    if (!isPattern(part)) {
      found = found.map((folder) => join(folder, part));
      continue;
    }
    const fits = matcher(part);
    const lists = found.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter(fits).map((name) => join(folder, name));
    });
    found = (await Promise.all(lists)).flat();
  }
  const collator = new Intl.Collator('en', { numeric: true });
  return found.sort(collator.compare);
}

/** @throws DriftcastError `not-found` for a pattern that means nothing */
async function expand(path: string): Promise<string[]> {
  if (!isAbsolute(path) || !isPattern(path) || (await stat(path).catch(() => null)) !== null) return [path];
  const found = await matches(path);
  if (found.length > 0) return found;
  throw new DriftcastError('not-found', `No file fits ${path}.`, 'Check the folder and the pattern.');
}

/** Opens what the paths mean as one file, with progress; Ctrl-C cancels. */
export async function openFiles(
  { client, output, environment }: Session,
  given: readonly string[],
  statistics: boolean,
): Promise<OpenFile> {
  const paths = (await Promise.all(given.map(expand))).flat();
  const stop = new AbortController();
  const forget = environment.onInterrupt(() => stop.abort());
  output.progress.restart();
  try {
    const events = await client.files.openSeries({ paths, statistics }, { signal: stop.signal });
    for await (const event of events) {
      if (event.kind === 'opened') return event.file;
      output.progress.show({ ...event, secondsLeft: null });
    }
  } finally {
    forget();
    output.progress.clear();
  }
  throw new DriftcastError('cancelled', 'Opening the files was cancelled.', 'Nothing was changed.');
}
