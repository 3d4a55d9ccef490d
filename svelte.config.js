/** Read by the Vite plugin, svelte-check and editors alike, so that all of them compile Svelte the same way. */
/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default {
  compilerOptions: { runes: true },
};
