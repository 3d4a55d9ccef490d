/**
 * Watches a page from outside the app: which GPU objects live, when a field went to the GPU, and how long the
 * interface's thread was busy without a pause.
 */
import type { Page } from 'playwright-core';

export interface Readings {
  /** WebGL contexts that are not lost, and their objects that were made and not deleted. */
  readonly gpu: Record<'contexts' | GpuObject, number>;
  /** When textures of at least `cells` texels were uploaded, in milliseconds of the page's clock. */
  readonly uploads: readonly { at: number; cells: number }[];
  /** Tasks of 50 ms and more of the interface's thread, in milliseconds. */
  readonly longTasks: readonly number[];
}

type GpuObject = 'textures' | 'buffers' | 'programs' | 'vertexArrays';

declare global {
  interface Window {
    instruments: {
      contexts: { context: WeakRef<WebGL2RenderingContext>; objects: Record<GpuObject, number> }[];
      uploads: { at: number; cells: number }[];
      longTasks: number[];
      /** Takes over what the browser has seen and not told yet. */
      flush: () => void;
      /** Tasks that began before are forgotten, though the browser may tell of them later. */
      since: number;
    };
  }
}

/** Before the page is opened. */
export async function installInstruments(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const read = {
      contexts: [] as Window['instruments']['contexts'],
      uploads: [] as { at: number; cells: number }[],
      longTasks: [] as number[],
      flush: () => take(observer.takeRecords()),
      since: 0,
    };
    window.instruments = read;
    const context = WebGL2RenderingContext.prototype as unknown as Record<
      string,
      (...args: unknown[]) => unknown
    >;
    const wrap = (name: string, before: (args: unknown[], context: WebGL2RenderingContext) => void) => {
      const original = context[name]!;
      context[name] = function (this: WebGL2RenderingContext, ...args: unknown[]) {
        before(args, this);
        return original.apply(this, args);
      };
    };
    const known = new WeakMap<WebGL2RenderingContext, Record<GpuObject, number>>();
    const objectsOf = (owner: WebGL2RenderingContext) => {
      const before = known.get(owner);
      if (before) return before;
      const objects = { textures: 0, buffers: 0, programs: 0, vertexArrays: 0 };
      known.set(owner, objects);
      read.contexts.push({ context: new WeakRef(owner), objects });
      return objects;
    };
    for (const [kind, word] of [
      ['textures', 'Texture'],
      ['buffers', 'Buffer'],
      ['programs', 'Program'],
      ['vertexArrays', 'VertexArray'],
    ] as const) {
      wrap(`create${word}`, (_args, owner) => {
        objectsOf(owner)[kind] += 1;
      });
      wrap(`delete${word}`, ([object], owner) => {
        if (object) objectsOf(owner)[kind] -= 1;
      });
    }
    const uploaded = (width: unknown, height: unknown, pixels: unknown) => {
      if (pixels instanceof Float32Array)
        read.uploads.push({ at: performance.now(), cells: Number(width) * Number(height) });
    };
    wrap('texImage2D', (args) => uploaded(args[3], args[4], args[8]));
    wrap('texSubImage2D', (args) => uploaded(args[4], args[5], args[8]));
    const take = (entries: PerformanceEntryList) => {
      for (const { startTime, duration } of entries)
        if (startTime >= read.since) read.longTasks.push(duration);
    };
    const observer = new PerformanceObserver((list) => take(list.getEntries()));
    observer.observe({ type: 'longtask' });
  });
}

export function readInstruments(page: Page): Promise<Readings> {
  return page.evaluate(() => {
    window.instruments.flush();
    const { contexts, uploads, longTasks } = window.instruments;
    // What belongs to a context that is lost has gone with it.
    const alive = contexts.filter(({ context }) => context.deref()?.isContextLost() === false);
    const count = (kind: GpuObject) => alive.reduce((sum, { objects }) => sum + objects[kind], 0);
    const gpu = {
      contexts: alive.length,
      textures: count('textures'),
      buffers: count('buffers'),
      programs: count('programs'),
      vertexArrays: count('vertexArrays'),
    };
    return { gpu, uploads: [...uploads], longTasks: [...longTasks] };
  });
}

/** Forgets uploads and long tasks so far. */
export async function resetInstruments(page: Page): Promise<void> {
  await page.evaluate(() => {
    window.instruments.flush();
    window.instruments.since = performance.now();
    window.instruments.uploads.length = 0;
    window.instruments.longTasks.length = 0;
  });
}
