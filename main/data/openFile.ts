/** Opening a file for one piece of work, and finding a variable in it by the name a person gave. */
import { DriftcastError } from '#shared/errors.ts';
import type { DataFile, DataVariable } from './formats/dataFile.ts';
import { openData } from './joined/openJoined.ts';

/** The variable of that path. Throws `not-found`, naming what there is. */
export function findVariable(file: DataFile, path: string): DataVariable {
  const found = file.variables.find((variable) => variable.path === path.replace(/^\/+/, ''));
  if (found) return found;
  const names = file.variables.slice(0, 12).map((variable) => variable.path);
  throw new DriftcastError(
    'not-found',
    `${file.name} has no variable "${path}".`,
    names.length === 0 ? 'The file holds no variables.' : `It holds ${names.join(', ')}.`,
  );
}

/** Opens the file unless it is open already, and closes what it opened. */
export async function withFile<T>(file: string | DataFile, use: (file: DataFile) => Promise<T>): Promise<T> {
  if (typeof file !== 'string') return use(file);
  const opened = await openData([file]);
  try {
    return await use(opened);
  } finally {
    await opened.close();
  }
}
