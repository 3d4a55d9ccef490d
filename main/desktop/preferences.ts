/** What the desktop shell itself remembers: where the window was, and whether to look for updates. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const whole = z.number().int();
/** A damaged part falls back to its default and leaves the others alone. */
const schema = z.object({
  bounds: z.object({ x: whole, y: whole, width: whole, height: whole }).nullable().catch(null),
  maximized: z.boolean().catch(false),
  automaticUpdates: z.boolean().catch(false),
});
type Values = z.infer<typeof schema>;
export type Preferences = ReturnType<typeof openPreferences>;

export function openPreferences(folder: string) {
  const file = join(folder, 'desktop.json');
  let values: Values = schema.parse({});
  try {
    values = schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // None yet, or not readable.
  }
  return {
    values: (): Readonly<Values> => values,
    /** Written at once, since it is mostly the app's end that writes; a disk that is full only costs the memory. */
    change(change: Partial<Values>): void {
      values = { ...values, ...change };
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(file, JSON.stringify(values));
      } catch {
        // The next start opens the window at its usual place.
      }
    },
  };
}
