/** Names of entities on disk: readable for a person in a file manager, unique, and safe as a folder's name. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DriftcastError } from '#shared/errors.ts';

const idPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** Whether `text` may be an id: no separators, no leading dot, so it can't leave its folder. */
export function isId(text: string): boolean {
  return idPattern.test(text) && !text.endsWith('.');
}

/** "Sea surface, Pacific" → "sea-surface-pacific-4f1c9a". Letters lose their accents; other scripts fall away. */
export function newId(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
  return `${slug === '' ? 'item' : slug}-${randomBytes(3).toString('hex')}`;
}

/**
 * The folder of an entity inside `parent`.
 * @throws DriftcastError `bad-input` for anything that is no plain id (`..`, separators, absolute paths).
 */
export function entityFolder(parent: string, id: string, what: string): string {
  if (!isId(id))
    throw new DriftcastError(
      'bad-input',
      `"${id.slice(0, 80)}" can't be the id of a ${what}.`,
      `Use an id as the list of ${what}s shows it.`,
    );
  return join(parent, id);
}
