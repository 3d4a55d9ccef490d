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
  files: z.array(z.object({ token: z.string(), path: z.string(), opened: z.string() })),
});
type Recent = z.infer<typeof recentSchema>;
export type RecentFile = Recent['files'][number];

const recentFormat: JsonFormat<Recent> = { what: 'list of recent files', version: 1, schema: recentSchema };
const keptFiles = 30;

interface OpenedFile {
  path: string;
  state: string;
}

export class OpenedFiles {
  private readonly opened = new Map<string, OpenedFile>();
  private readonly tokens = new Map<string, string>();
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
   * Remembers a path as open. The id is the same whenever the same unchanged file is opened, and another one
   * once it has changed, so that what is fetched by id may be cached.
   * @throws DriftcastError `not-found` or `disk`.
   */
  async open(path: string): Promise<{ id: string; path: string }> {
    const absolute = resolve(path);
    const state = await stateOf(absolute);
    const sum = createHash('sha256').update(`${absolute}\0${state}`).digest('hex').slice(0, 12);
    const id = `${newId(basename(absolute)).replace(/-[0-9a-f]+$/, '')}-${sum}`;
    this.opened.set(id, { path: absolute, state });
    return { id, path: absolute };
  }

  /** The path of an open file. @throws DriftcastError `not-found`, or `conflict` when it has changed since. */
  async path(id: string): Promise<string> {
    const file = this.opened.get(id);
    if (file === undefined)
      throw new DriftcastError('not-found', 'This file is not open any more.', 'Open it again.');
    if ((await stateOf(file.path)) !== file.state)
      throw new DriftcastError(
        'conflict',
        `${basename(file.path)} has changed since it was opened.`,
        'Open it again to see what it holds now.',
      );
    return file.path;
  }

  /** A token for a path that a person chose; the same path gives the same token. */
  async tokenFor(path: string): Promise<string> {
    const absolute = resolve(path);
    for (const [token, known] of this.tokens) if (known === absolute) return token;
    const listed = (await this.recent()).find((file) => file.path === absolute);
    const token = listed?.token ?? newId(basename(absolute));
    this.tokens.set(token, absolute);
    return token;
  }

  /** @throws DriftcastError `not-found` for a token that stands for nothing. */
  async pathOfToken(token: string): Promise<string> {
    const path =
      this.tokens.get(token) ??
      (await this.uploads.path(token)) ??
      (await this.recent()).find((file) => file.token === token)?.path;
    if (path !== undefined) return path;
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
  async remember(path: string, token: string): Promise<void> {
    const before = await this.recent();
    const entry = { token, path, opened: new Date().toISOString() };
    const files = [entry, ...before.filter((file) => file.path !== path)].slice(0, keptFiles);
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

async function stateOf(path: string): Promise<string> {
  try {
    const { size, mtimeMs } = await stat(path);
    return `${size} ${mtimeMs}`;
  } catch (thrown) {
    throw diskError(thrown, 'read', path);
  }
}

/** How a recent file is shown; a page sees the last folder only. */
export function describeRecent(file: RecentFile, trusted: boolean) {
  const folder = dirname(file.path);
  return {
    token: file.token,
    name: basename(file.path),
    folder: trusted ? folder : basename(folder),
    opened: file.opened,
  };
}
