/** Replays published and computed cases of a folder with our own code. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';
import type { Handler } from '../host/engine-main.ts';
import { runFolderCases } from '../reference/folder.ts';
import { describeMachine } from './machine.ts';

export const reference: Handler<'reference'> = async ({ path }, { emit }) => {
  await describeMachine();
  const folder = await stat(path).catch(() => null);
  if (!folder?.isDirectory())
    throw new DriftcastError('not-found', `There is no folder ${path}.`, 'Name a folder of reference cases.');
  const cases = await runFolderCases(path, readIn(path), (report) =>
    emit({ kind: 'step', fraction: null, message: report.name }),
  );
  if (cases.length === 0)
    throw new DriftcastError(
      'bad-input',
      `The folder ${path} holds no reference cases.`,
      'It needs a cases.json, schedules.json, expect.json, cf_times.json or spring_mesh.json.',
    );
  return { cases };
};

function readIn(folder: string) {
  return async (name: string): Promise<Uint8Array | null> => {
    try {
      return await readFile(join(folder, name));
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw thrown;
    }
  };
}
