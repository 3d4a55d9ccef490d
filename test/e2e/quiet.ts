import { setTimeout } from 'node:timers/promises';
import type { Page } from 'playwright-core';

/** Until the page has been sent nothing for so many milliseconds: fields, statistics, what was asked for after much else. */
export async function untilQuiet(page: Page, milliseconds: number): Promise<void> {
  let last = performance.now();
  const came = () => {
    last = performance.now();
  };
  page.on('requestfinished', came);
  while (performance.now() - last < milliseconds) await setTimeout(100);
  page.off('requestfinished', came);
}
