/**
 * The checks of `npm run check`. Two of them check the checkers: an error that is planted on purpose has to
 * be reported, since a checker that silently looks at nothing reports nothing either.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildFolder, root } from './paths.mjs';
import { npm, run, tail } from './processes.mjs';

/**
 * @typedef {object} Check
 * @property {string} name
 * @property {() => Promise<{ ok: boolean, said: string, soft?: boolean }>} work `soft`: a failure is only a warning
 */

/** @typedef {{ name: string, verdict: 'ok' | 'warning' | 'failed', seconds: number, said: string }} Result */

/** A tool from node_modules, started with Node itself. @param {string} script @param {string[]} args */
async function tool(script, args) {
  const path = join(root, 'node_modules', script);
  const outcome = await run(process.execPath, [path, ...args], { cwd: root });
  const said = `${outcome.stdout}${outcome.stderr}`.trim();
  return { ok: outcome.code === 0, said };
}

/** @param {string} [workspace] @param {string} [config] */
function svelteCheck(workspace = root, config = join(root, 'tsconfig.json')) {
  const args = ['--workspace', workspace, '--tsconfig', config, '--fail-on-warnings', '--output', 'human'];
  return tool('svelte-check/bin/svelte-check', args);
}

async function plantedSvelteError() {
  const folder = join(buildFolder, `planted-${process.pid}`);
  mkdirSync(folder, { recursive: true });
  try {
    writeFileSync(join(folder, 'tsconfig.json'), '{ "extends": "../../tsconfig.json", "include": ["."] }\n');
    writeFileSync(
      join(folder, 'Planted.svelte'),
      '<script lang="ts">\n  const planted: number = "text";\n</script>\n\n{planted}\n',
    );
    const { ok, said } = await svelteCheck(folder, join(folder, 'tsconfig.json'));
    const reported = !ok && /not assignable to type 'number'/.test(said);
    return { ok: reported, said: `svelte-check did not report a planted error; it said:\n${said}` };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Known vulnerabilities in what is shipped: told, but no failure, since a look-up needs the network. */
async function audit() {
  const { command, args } = npm();
  const outcome = await run(command, [...args, 'audit', '--omit=dev', '--audit-level=high'], {
    cwd: root,
    timeout: 60_000,
  });
  const found = /Severity:/.test(outcome.stdout);
  const said = found
    ? tail(outcome.stdout, 40)
    : 'The list of known vulnerabilities could not be reached; nothing was compared.';
  return { ok: outcome.code === 0, said, soft: true };
}

/** @type {Check[]} */
export const checks = [
  { name: 'types (TypeScript)', work: () => tool('typescript/bin/tsc', ['-p', root]) },
  { name: 'types (Svelte)', work: () => svelteCheck() },
  { name: 'types (planted error is reported)', work: plantedSvelteError },
  {
    name: 'format and lint',
    work: () => tool('@biomejs/biome/bin/biome', ['ci', '--error-on-warnings', '--colors=off', root]),
  },
  {
    name: 'import rules and folders',
    work: () =>
      tool('vitest/vitest.mjs', ['run', '--project', 'node', '--reporter=dot', 'test/architecture']),
  },
  {
    name: 'unused files, exports, packages',
    work: () => tool('knip/bin/knip.js', ['--no-progress', '--no-config-hints']),
  },
  { name: 'known vulnerabilities', work: audit },
];

/** @param {Check} check @returns {Promise<Result>} */
export async function runCheck({ name, work }) {
  const before = Date.now();
  const { ok, said, soft = false } = await work();
  return {
    name,
    verdict: ok ? 'ok' : soft ? 'warning' : 'failed',
    seconds: (Date.now() - before) / 1000,
    said,
  };
}
