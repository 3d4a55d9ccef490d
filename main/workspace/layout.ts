/**
 * Where everything lies in a workspace: a plain folder that a person can read, copy, back up and delete with
 * ordinary tools. One folder an entity; nothing outside it refers to it but by its id.
 */
import { mkdir, readdir, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { DriftcastError } from '#shared/errors.ts';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from './checked-json.ts';
import { diskError, isMissing } from './disk-errors.ts';
import { entityFolder, isId, newId } from './ids.ts';

export type EntityKind = 'dataset' | 'run' | 'forecast';

const parents: Record<EntityKind, string> = {
  dataset: 'datasets',
  run: 'runs',
  forecast: 'forecasts',
};

const workspaceFormat: JsonFormat<{ formatVersion: 1; created: string }> = {
  what: 'workspace',
  version: 1,
  schema: z.object({ formatVersion: z.literal(1), created: z.string() }),
};

export interface Workspace {
  /** Absolute. */
  readonly folder: string;
  readonly uploads: string;
  /** Files made by simulators in the window. */
  readonly simulations: string;
  readonly logs: string;
  /** What can be found out again by reading data files: deleting it costs time, nothing else. */
  readonly cache: string;
  readonly recentFile: string;
  readonly settingsFile: string;
  /** Absolute folder of an entity; it need not exist. @throws DriftcastError `bad-input` for what is no id. */
  entity(kind: EntityKind, id: string): string;
  /** Makes a new folder under an id made from `name`. */
  create(kind: EntityKind, name: string): Promise<{ id: string; folder: string }>;
  /** Ids of the folders that are there, in order of name. */
  ids(kind: EntityKind): Promise<string[]>;
  /** Deletes an entity with all its files: gone from sight at once, also when deleting is cut short. */
  remove(kind: EntityKind, id: string): Promise<void>;
}

/** The usual place for a user's own data on this system. */
export function defaultWorkspaceFolder(environment: NodeJS.ProcessEnv = process.env): string {
  const home = homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Application Support', 'Driftcast');
  if (process.platform === 'win32')
    return join(environment.APPDATA ?? join(home, 'AppData', 'Roaming'), 'Driftcast');
  return join(environment.XDG_DATA_HOME ?? join(home, '.local', 'share'), 'driftcast');
}

/**
 * Opens a workspace, creating what is missing.
 * @throws DriftcastError `disk` when the folder can't be made or written, `unsupported` when a newer
 * Driftcast made it.
 */
export async function openWorkspace(folder: string = defaultWorkspaceFolder()): Promise<Workspace> {
  const root = resolve(folder);
  try {
    for (const name of [...Object.values(parents), 'uploads', 'simulations', 'logs', 'cache'])
      await mkdir(join(root, name), { recursive: true });
  } catch (thrown) {
    throw diskError(thrown, 'write', root);
  }
  const marker = join(root, 'workspace.json');
  if ((await readJsonIfPresent(marker, workspaceFormat)) === null)
    await writeJsonChecked(marker, workspaceFormat, { formatVersion: 1, created: new Date().toISOString() });

  const workspace: Workspace = {
    folder: root,
    uploads: join(root, 'uploads'),
    simulations: join(root, 'simulations'),
    logs: join(root, 'logs'),
    cache: join(root, 'cache'),
    recentFile: join(root, 'recent.json'),
    settingsFile: join(root, 'settings.json'),
    entity: (kind, id) => entityFolder(join(root, parents[kind]), id, kind),
    async create(kind, name) {
      const id = newId(name);
      const path = workspace.entity(kind, id);
      try {
        await mkdir(path);
      } catch (thrown) {
        throw diskError(thrown, 'write', path);
      }
      return { id, folder: path };
    },
    async ids(kind) {
      try {
        const entries = await readdir(join(root, parents[kind]), { withFileTypes: true });
        return entries
          .filter((entry) => entry.isDirectory() && isId(entry.name))
          .map((entry) => entry.name)
          .sort();
      } catch (thrown) {
        if (isMissing(thrown)) return [];
        throw diskError(thrown, 'read', join(root, parents[kind]));
      }
    },
    async remove(kind, id) {
      const path = workspace.entity(kind, id);
      // A leading dot is no id, so a half-deleted folder is never listed.
      const aside = join(root, parents[kind], `.deleted-${newId(id)}`);
      try {
        await rename(path, aside);
        await rm(aside, { recursive: true, force: true });
      } catch (thrown) {
        if (isMissing(thrown))
          throw new DriftcastError(
            'not-found',
            `There is no ${kind} "${id}".`,
            `List the ${kind}s to see them.`,
          );
        throw diskError(thrown, 'delete', path);
      }
    },
  };
  return workspace;
}
