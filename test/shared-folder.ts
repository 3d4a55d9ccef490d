/** Finds the reference numbers and sample files that lie beside a checkout, for the tests that compare with them. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';

let announced = false;

/**
 * The absolute path of the `shared` folder beside the checkout, or null where there is none. Tests that need
 * it say `describe.skipIf(sharedFolder() === null)`; the first miss in a process prints one line, so that a
 * skipped comparison is never silent.
 */
export function sharedFolder(): string | null {
  const folder = resolve(import.meta.dirname, '..', '..', 'shared');
  if (existsSync(join(folder, 'reference'))) return folder;
  if (!announced) {
    announced = true;
    console.warn(
      'SKIPPED: the comparisons with reference numbers, because ../shared is not beside this checkout.',
    );
  }
  return null;
}
