/**
 * Bundles what runs outside the window. Two modes:
 * - `node` (default): the command line, the browser shell, the engine process, the desktop shell and the
 *   benchmarks as ES modules for Node 20 and Electron, with common code in shared chunks beside them;
 * - `preload`: Electron's sandboxed preload, which has to be a single CommonJS file.
 * npm packages stay outside of the bundle and are loaded from node_modules, except in the preload, which
 * cannot load any. All files land flat in the output folder, so that `../../resources`, seen from any of
 * them, is the resources folder.
 */
import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { defineConfig, type UserConfig } from 'vite';

const root = join(import.meta.dirname, '..');

const entries = {
  cli: 'main/cli/main.ts',
  web: 'main/web/main.ts',
  engine: 'main/engine/process.ts',
  desktop: 'main/desktop/main.ts',
  bench: 'test/bench/main.ts',
  pictures: 'test/pictures/main.ts',
};

function presentEntries(): Record<string, string> {
  return Object.fromEntries(
    Object.entries(entries)
      .map(([name, path]) => [name, join(root, path)] as const)
      .filter(([, path]) => existsSync(path)),
  );
}

const common: UserConfig = {
  root,
  publicDir: false,
  logLevel: 'warn',
};

const node: UserConfig = {
  ...common,
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(root, '.build/main'),
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: presentEntries(),
      external: ['electron', /^@tensorflow\//],
      checks: { pluginTimings: false },
      output: {
        format: 'es',
        entryFileNames: '[name].js',
        // Packages leave these out, with the benchmarks and the pictures' program.
        chunkFileNames: ({ moduleIds }) =>
          moduleIds.some((id) => relative(root, id).startsWith('test'))
            ? 'testing-[name]-[hash].js'
            : '[name]-[hash].js',
        assetFileNames: '[name]-[hash][extname]',
      },
    },
  },
};

const preload: UserConfig = {
  ...common,
  ssr: { noExternal: true },
  build: {
    ssr: true,
    target: 'node20',
    outDir: join(root, '.build/main'),
    emptyOutDir: false,
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { preload: join(root, 'main/desktop/preload.ts') },
      external: ['electron'],
      checks: { pluginTimings: false },
      output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
    },
  },
};

export default defineConfig(({ mode }) => (mode === 'preload' ? preload : node));
