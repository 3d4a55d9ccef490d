/** Clears away what a killed Driftcast left half-made: folders that were locked while they were being filled. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { entityFiles } from '#main/workspace/entities.ts';
import type { EntityKind, Workspace } from '#main/workspace/layout.ts';
import { lockOwner } from '#main/workspace/lock.ts';

/** Removes datasets and forecasts without their JSON file whose lock has a dead owner. Answers their ids. */
export async function sweepHalfMade(workspace: Workspace): Promise<string[]> {
  const swept: string[] = [];
  for (const kind of ['dataset', 'forecast'] as const satisfies EntityKind[]) {
    for (const id of await workspace.ids(kind)) {
      const folder = workspace.entity(kind, id);
      const lock = join(folder, entityFiles.lock);
      // A folder without a lock is not ours to judge: a person may be copying it.
      if (existsSync(join(folder, entityFiles[kind])) || !existsSync(lock)) continue;
      if ((await lockOwner(lock)) !== null) continue;
      await workspace.remove(kind, id);
      swept.push(id);
    }
  }
  return swept;
}
