/**
 * Loads the WebAssembly build of the HDF5 library once, with its decompression plugins, and makes it throw:
 * left alone it answers a chunk that it cannot read with uninitialised memory and a line on stderr.
 */
import { readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { h5wasm } from 'h5wasm/node';
import { guardHeaps } from './hdf5Heaps.ts';

export type Hdf5 = typeof h5wasm;
export type Hdf5Module = Awaited<Hdf5['ready']>;

export interface Hdf5Library {
  readonly h5: Hdf5;
  readonly module: Hdf5Module;
  /** Names of the decompression plugins that are installed, e.g. "zstd". */
  readonly plugins: readonly string[];
}

const require = createRequire(import.meta.url);

let library: Promise<Hdf5Library> | undefined;

function pluginFolder(): { folder: string; plugins: string[] } | null {
  try {
    const folder = join(dirname(require.resolve('h5wasm-plugins/package.json')), 'plugins');
    const plugins = readdirSync(folder).flatMap((file) => /^libH5Z(\w+)\.so$/.exec(file)?.[1] ?? []);
    return { folder, plugins };
  } catch {
    // Without the plugins deflate and szip still work; other filters are then named as unreadable.
    return null;
  }
}

async function load(): Promise<Hdf5Library> {
  const { h5wasm: h5 } = await import('h5wasm/node');
  const module = await h5.ready;
  module.activate_throwing_error_handler();
  guardHeaps(module);
  const found = pluginFolder();
  if (found) module.insert_plugin_search_path(found.folder, 0);
  return { h5, module, plugins: found?.plugins ?? [] };
}

/** The library, loaded at the first call (about 0.15 s). */
export function hdf5Library(): Promise<Hdf5Library> {
  library ??= load();
  return library;
}

/** Registered HDF5 filters that need a plugin, by the name of h5wasm-plugins. Built in: 1–6. */
const pluginFilters = new Map([
  [307, 'bz2'],
  [32000, 'lzf'],
  [32001, 'blosc'],
  [32004, 'lz4'],
  [32008, 'bshuf'],
  [32013, 'zfp'],
  [32015, 'zstd'],
  [32019, 'jpeg'],
  [32022, 'bitgroom'],
  [32023, 'bitround'],
  [32026, 'blosc2'],
]);

/** Whether the library can undo a filter. */
export function isKnownFilter(library: Hdf5Library, id: number): boolean {
  if (id >= 1 && id <= 6) return true;
  const plugin = pluginFilters.get(id);
  return plugin !== undefined && library.plugins.includes(plugin);
}
