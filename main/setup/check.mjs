/**
 * `npm run check`: format and lint, import rules, types of TypeScript and Svelte, unused files, exports and
 * packages, known vulnerabilities. Everything is run even where something fails, so that one run shows all;
 * a table at the end says what ran. Warnings count as failures.
 */
import { checks, runCheck } from './checks.mjs';
import { endWith } from './command.mjs';
import { prepare } from './prepare.mjs';

await endWith(async () => {
  await prepare({ compute: false, app: false });
  /** @type {import('./checks.mjs').Result[]} */
  const results = [];
  const waiting = [...checks];
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const result = await runCheck(check);
      results.push(result);
      if (result.verdict !== 'ok')
        process.stdout.write(`\n== ${check.name}: ${result.verdict} ==\n${result.said}\n`);
    }
  };
  await Promise.all([worker(), worker()]);
  const order = checks.map((check) => check.name);
  results.sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
  const width = Math.max(...order.map((name) => name.length));
  process.stdout.write('\n');
  for (const { name, verdict, seconds } of results) {
    process.stdout.write(`${name.padEnd(width)}  ${verdict.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s\n`);
  }
  const failed = results.filter((result) => result.verdict === 'failed').length;
  process.stdout.write(
    failed === 0 ? 'All checks passed.\n' : `${failed} of ${results.length} checks failed.\n`,
  );
  return failed === 0 ? 0 : 1;
});
