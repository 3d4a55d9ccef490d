/**
 * Data files that are open: the page knows each by an id that stands for one content of one path, and by
 * tokens that stand for what a picker, a drop, an upload or the list of recent files resolved to.
 */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { z } from 'zod';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from '#main/workspace/checked-json.ts';
import { diskError } from '#main/workspace/disk-errors.ts';
import { newId } from '#main/workspace/ids.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Uploads } from './uploads.ts';

const recentSchema = z.object({
  formatVersion: z.literal(1),
  files: z.array(
    z.object({
      token: z.string(),
      path: z.string(),
      /** The other paths of a series. */
      more: z.array(z.string()).optional(),
      opened: z.string(),
    }),
  ),
});
type Recent = z.infer<typeof recentSchema>;
export type RecentFile = Recent['files'][number];

const recentFormat: JsonFormat<Recent> = { what: 'list of recent files', version: 1, schema: recentSchema };
const keptFiles = 30;
/** Selections of more paths than this are not listed as recent; a folder is one path. */
const mostListed = 500;
/** Of a larger series each file is looked at where it is read. */
const mostWatched = 16;

interface OpenedFile {
  paths: string[];
  state: string;
}

const keyOf = (paths: readonly string[]) => paths.join('\0');

export class OpenedFiles {
  private readonly opened = new Map<string, OpenedFile>();
  private readonly tokens = new Map<string, string[]>();
  private readonly recentFile: string;
  private readonly uploads: Uploads;
  private readonly onProblem: (thrown: unknown) => void;
  private writing: Promise<void> = Promise.resolve();

  constructor(recentFile: string, uploads: Uploads, onProblem: (thrown: unknown) => void) {
    this.recentFile = recentFile;
    this.uploads = uploads;
    this.onProblem = onProblem;
  }

  /**
   * Remembers a path as open, or several that are one series. The id is the same whenever the same unchanged files are
   * opened, and another one once they have changed, so that what is fetched by id may be cached. `content` stands for
   * files whose change the paths do not show.
   * @throws DriftcastError `not-found` or `disk`.
   */
  async open(given: readonly string[], content = ''): Promise<{ id: string; paths: string[] }> {
    const paths = given.map((path) => resolve(path));
    const state = await stateOf(paths);
    const sum = createHash('sha256')
      .update(`${keyOf(paths)}\0${state}${content}`)
      .digest('hex')
      .slice(0, 12);
    const id = `${newId(basename(paths[0]!)).replace(/-[0-9a-f]+$/, '')}-${sum}`;
    this.opened.set(id, { paths, state });
    return { id, paths };
  }

  /** The paths of an open file. @throws DriftcastError `not-found`, or `conflict` when it has changed since. */
  async paths(id: string): Promise<string[]> {
    const file = this.opened.get(id);
    if (file === undefined)
      throw new DriftcastError('not-found', 'This file is not open any more.', 'Open it again.');
    if ((await stateOf(file.paths)) !== file.state)
      throw new DriftcastError(
        'conflict',
        `${basename(file.paths[0]!)} has changed since it was opened.`,
        'Open it again to see what it holds now.',
      );
    return file.paths;
  }

  /** A token for paths that a person chose; the same paths give the same token. */
  async tokenFor(given: readonly string[]): Promise<string> {
    const paths = given.map((path) => resolve(path));
    const key = keyOf(paths);
    for (const [token, known] of this.tokens) if (keyOf(known) === key) return token;
    const listed = (await this.recent()).find((file) => keyOf(pathsOf(file)) === key);
    const token = listed?.token ?? newId(basename(paths[0]!));
    this.tokens.set(token, paths);
    return token;
  }

  /** @throws DriftcastError `not-found` for a token that stands for nothing. */
  async pathsOfToken(token: string): Promise<string[]> {
    const known = this.tokens.get(token);
    if (known !== undefined) return known;
    const upload = await this.uploads.path(token);
    if (upload !== null) return [upload];
    const recent = (await this.recent()).find((file) => file.token === token);
    if (recent !== undefined) return pathsOf(recent);
    throw new DriftcastError('not-found', 'This file is not known any more.', 'Choose it again.');
  }

  /** Newest first; a damaged list counts as empty. */
  async recent(): Promise<RecentFile[]> {
    await this.writing;
    try {
      return (await readJsonIfPresent(this.recentFile, recentFormat))?.files ?? [];
    } catch (thrown) {
      this.onProblem(thrown);
      return [];
    }
  }

  /** Puts a file at the head of the list. A list that can't be written is no reason not to open the file. */
  async remember(paths: readonly string[], token: string): Promise<void> {
    const [path = '', ...more] = paths;
    if (paths.length > mostListed) return;
    const before = await this.recent();
    const entry = { token, path, ...(more.length > 0 ? { more } : {}), opened: new Date().toISOString() };
    const others = before.filter((file) => keyOf(pathsOf(file)) !== keyOf(paths));
    const files = [entry, ...others].slice(0, keptFiles);
    this.writing = writeJsonChecked(this.recentFile, recentFormat, { formatVersion: 1, files }).catch(
      this.onProblem,
    );
    await this.writing;
  }

  /** Resolves when nothing is being written any more. */
  async settled(): Promise<void> {
    await this.writing;
  }
}

const pathsOf = ({ path, more = [] }: RecentFile): string[] => [path, ...more];

async function stateOf(paths: readonly string[]): Promise<string> {
  const states: string[] = [];
  for (const path of paths.slice(0, mostWatched)) {
    try {
      const { size, mtimeMs } = await stat(path);
      states.push(`${size} ${mtimeMs}`);
    } catch (thrown) {
      throw diskError(thrown, 'read', path);
    }
  }
  return states.join();
}

/** How a recent file is shown; a page sees the last folder only. */
export function describeRecent(file: RecentFile, trusted: boolean) {
  const folder = dirname(file.path);
  const others = file.more?.length ?? 0;
  return {
    token: file.token,
    name: others > 0 ? `${basename(file.path)} and ${others} more` : basename(file.path),
    folder: trusted ? folder : basename(folder),
    opened: file.opened,
  };
}
