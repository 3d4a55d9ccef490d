/**
 * Watches a page from outside the app: which GPU objects live, when a field went to the GPU, and how long the
 * interface's thread was busy without a pause.
 */
import type { Page } from 'playwright-core';

export interface Readings {
  /** WebGL objects that were made and not deleted. */
  readonly gpu: { textures: number; buffers: number; programs: number; vertexArrays: number };
  /** When textures of at least `cells` texels were uploaded, in milliseconds of the page's clock. */
  readonly uploads: readonly { at: number; cells: number }[];
  /** Tasks of 50 ms and more of the interface's thread, in milliseconds. */
  readonly longTasks: readonly number[];
}

declare global {
  interface Window {
    instruments: {
      gpu: Record<'textures' | 'buffers' | 'programs' | 'vertexArrays', number>;
      uploads: { at: number; cells: number }[];
      longTasks: number[];
    };
  }
}

/** Before the page is opened. */
export async function installInstruments(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const read = {
      gpu: { textures: 0, buffers: 0, programs: 0, vertexArrays: 0 },
      uploads: [] as { at: number; cells: number }[],
      longTasks: [] as number[],
    };
    window.instruments = read;
    const context = WebGL2RenderingContext.prototype as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const wrap = (name: string, before: (args: unknown[]) => void) => {
      const original = context[name]!;
      context[name] = function (this: unknown, ...args: unknown[]) {
        before(args);
        return original.apply(this, args);
      };
    };
    for (const [kind, word] of [
      ['textures', 'Texture'],
      ['buffers', 'Buffer'],
      ['programs', 'Program'],
      ['vertexArrays', 'VertexArray'],
    ] as const) {
      wrap(`create${word}`, () => {
        read.gpu[kind] += 1;
      });
      wrap(`delete${word}`, ([object]) => {
        if (object) read.gpu[kind] -= 1;
      });
    }
    const uploaded = (width: unknown, height: unknown, pixels: unknown) => {
      if (pixels instanceof Float32Array)
        read.uploads.push({ at: performance.now(), cells: Number(width) * Number(height) });
    };
    wrap('texImage2D', (args) => uploaded(args[3], args[4], args[8]));
    wrap('texSubImage2D', (args) => uploaded(args[4], args[5], args[8]));
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) read.longTasks.push(entry.duration);
    }).observe({ type: 'longtask' });
  });
}

export function readInstruments(page: Page): Promise<Readings> {
  return page.evaluate(() => structuredClone(window.instruments));
}

/** Forgets uploads and long tasks so far. */
export async function resetInstruments(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.instruments.uploads.length = 0;
    window.instruments.longTasks.length = 0;
  });
}
