/** What the topics of the service share: the workspace, the engine lanes, the jobs, the log. */
import { join } from 'node:path';
import { implement } from '@orpc/server';
import type { Logger } from 'pino';
import type { EngineSupervisor } from '#main/engine/host/supervisor.ts';
import { type Entities, entityFiles } from '#main/workspace/entities.ts';
import type { EntityKind, Workspace } from '#main/workspace/layout.ts';
import { acquireLock } from '#main/workspace/lock.ts';
import { contract } from '#shared/contract/index.ts';
import { asOrpcError, errorDataOf } from './errors.ts';
import type { JobRegistry } from './job-registry.ts';

/** Who calls: the command line and Electron's main process are trusted with paths, pages are not. */
export type CallContext = { trusted: boolean };

/** The builder that every topic implements its part of the contract with. */
export function createImplementer(log: Logger) {
  const base = implement(contract).$context<CallContext>();
  const errorsAsData = base.middleware(async ({ next, path }) => {
    try {
      return await next();
    } catch (thrown) {
      const data = errorDataOf(thrown);
      if (data.code === 'internal') log.error({ call: path.join('.'), ...data }, data.message);
      throw asOrpcError(data);
    }
  });
  return base.use(errorsAsData);
}

export interface Core {
  os: ReturnType<typeof createImplementer>;
  workspace: Workspace;
  entities: Entities;
  files: EngineSupervisor<'files'>;
  compute: EngineSupervisor<'compute'>;
  simulation: EngineSupervisor<'simulation'>;
  jobs: JobRegistry;
  log: Logger;
  resourcesFolder: string;
  version: string;
}

/**
 * Makes an entity in a folder of its own that is locked while it is in the making, and gone again when making
 * it fails. `make` writes the entity's JSON file last, which is what makes the entity exist.
 */
export async function makeEntity(
  core: Core,
  made: { kind: EntityKind; id: string; folder: string },
  purpose: string,
  make: () => Promise<void>,
): Promise<void> {
  const lock = await acquireLock(join(made.folder, entityFiles.lock), `The ${made.kind} ${made.id}`, purpose);
  try {
    await make();
  } catch (thrown) {
    await core.workspace.remove(made.kind, made.id).catch((left: unknown) => core.log.warn({ err: left }));
    throw thrown;
  } finally {
    await lock.release();
  }
}
