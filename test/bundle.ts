/** Bundles a TypeScript program for tests that must run it in a process of its own. */
import { join } from 'node:path';
import { build } from 'vite';

/** The absolute path of the bundled program in `folder`. */
export async function bundle(entry: string, folder: string): Promise<string> {
  await build({
    root: join(import.meta.dirname, '..'),
    configFile: false,
    publicDir: false,
    logLevel: 'error',
    ssr: { noExternal: true },
    build: {
      ssr: entry,
      target: 'node20',
      outDir: folder,
      emptyOutDir: false,
      minify: false,
      rolldownOptions: { output: { format: 'es', entryFileNames: 'program.mjs', codeSplitting: false } },
    },
  });
  return join(folder, 'program.mjs');
}
