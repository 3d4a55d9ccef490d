/**
 * Bundles the window. The same files are served by Electron's app:// scheme and by the browser shell, so
 * every address in them is relative; nothing is inlined, because the content security policy allows neither
 * inline scripts nor data: addresses for code.
 */
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

const root = join(import.meta.dirname, '..');

export default defineConfig({
  root: import.meta.dirname,
  base: './',
  logLevel: 'warn',
  plugins: [svelte({ configFile: join(root, 'svelte.config.js') })],
  worker: { format: 'es' },
  build: {
    target: 'es2023',
    outDir: join(root, '.build/renderer'),
    emptyOutDir: true,
    sourcemap: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 2500,
    // How long plugins take differs with the machine's load; it is no warning to act on.
    rolldownOptions: { checks: { pluginTimings: false } },
  },
});
