/** Reads the checkout's own source files for the tests that judge its structure. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';

export const root = resolve(import.meta.dirname, '..', '..');

/** Every source file of the product and its tests: path relative to the checkout, and text. */
export function sourceTree(): Map<string, string> {
  const files = new Map<string, string>();
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.(ts|mjs|js|svelte)$/.test(entry.name)) {
        files.set(relative(root, path).replaceAll('\\', '/'), readFileSync(path, 'utf8'));
      }
    }
  };
  for (const folder of ['main', 'shared', 'renderer', 'test']) visit(join(root, folder));
  return files;
}
