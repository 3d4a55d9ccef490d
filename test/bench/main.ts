/**
 * `npm run bench`: measures on this machine, as a table on stderr and as JSON on stdout with --json.
 * Ratios against a named peer are taken in one run, so that a noisy machine cancels out.
 */
import { cpus, totalmem } from 'node:os';
import type { Measure } from './measure.ts';
import { benchMemory, measureSamplingMemory } from './memory.ts';
import { benchNetwork } from './network.ts';
import { benchSampling } from './sampling.ts';

/** One line a benchmark: its name for --only and what runs it. */
const benchmarks: Record<string, () => Promise<Measure[]>> = {
  network: benchNetwork,
  sampling: benchSampling,
  memory: benchMemory,
};

const args = process.argv.slice(2);
if (args[0] === '--measure-memory') {
  await measureSamplingMemory(Number(args[1]));
  process.exit(0);
}
const only = args.includes('--only') ? args[args.indexOf('--only') + 1] : undefined;
if (args.includes('--only') && (only === undefined || !(only in benchmarks))) {
  console.error(
    `There is no benchmark named ${only ?? '(nothing)'}; choose one of ${Object.keys(benchmarks).join(', ')}.`,
  );
  process.exit(1);
}

const results: Measure[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (only !== undefined && only !== name) continue;
  console.error(`measuring ${name} …`);
  results.push(...(await run()));
}

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
if (args.includes('--json')) {
  console.log(JSON.stringify({ machine, results }, null, 2));
} else {
  console.log(machine);
  const width = Math.max(...results.map((result) => result.name.length));
  for (const { name, value, unit, settings } of results) {
    const details = Object.entries(settings)
      .map(([key, setting]) => `${key} ${String(setting)}`)
      .join(', ');
    console.log(`${name.padEnd(width)}  ${value.toPrecision(3).padStart(8)} ${unit.padEnd(4)}  ${details}`);
  }
}
process.exit(0);
