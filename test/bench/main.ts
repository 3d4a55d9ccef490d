/**
 * `npm run bench`: measures on this machine, as a table on stderr and as JSON on stdout with --json.
 * Ratios against a named peer are taken in one run, so that a noisy machine cancels out.
 */
import { cpus, tmpdir, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { benchFuzz } from './fuzz.ts';
import type { Measure } from './measure.ts';
import { benchMemory, measureSamplingMemory } from './memory.ts';
import { benchNavierStokes } from './navier-stokes.ts';
import { benchNetwork } from './network.ts';
import { benchOpening } from './opening.ts';
import { benchSampling } from './sampling.ts';
import { benchSimulators } from './simulators.ts';
import { benchSkill } from './skill.ts';
import { benchSoak } from './soak.ts';
import { benchWindow } from './window.ts';

const { values: options } = parseArgs({
  options: {
    only: { type: 'string' },
    json: { type: 'boolean', default: false },
    /** Of `skill`: the folder that keeps data and runs, and which systems and methods; all when left out. Of `opening`: the folder that keeps its files. */
    folder: { type: 'string' },
    system: { type: 'string', multiple: true, default: [] },
    method: { type: 'string', multiple: true, default: [] },
    /** Of `skill`: share of the presets' epochs that each method trains for. */
    share: { type: 'string', default: '1' },
    /** Of `fuzz` and `soak`: how long, and the seed. Of `fuzz`: the kind of file; all when left out. */
    minutes: { type: 'string', default: '20' },
    seed: { type: 'string', default: '1' },
    specimen: { type: 'string' },
    /** Of `memory`, for its own use: the horizon to sample over in this process. */
    'measure-memory': { type: 'string' },
  },
});

/** One line a benchmark: its name for --only and what runs it. */
const benchmarks: Record<string, () => Promise<Measure[]>> = {
  network: benchNetwork,
  sampling: benchSampling,
  memory: benchMemory,
  'navier-stokes': benchNavierStokes,
  simulators: benchSimulators,
  fuzz: () => benchFuzz(Number(options.minutes), Number(options.seed), options.specimen),
  window: benchWindow,
  soak: () => benchSoak(Number(options.minutes), Number(options.seed)),
  opening: () => benchOpening(options.folder ?? tmpdir()),
  skill: () =>
    benchSkill({
      folder: options.folder ?? 'driftcast-skill',
      systems: options.system,
      methods: options.method,
      share: Number(options.share),
    }),
};
/** Trains for hours, writes gigabytes, breaks things, or needs a browser: only when asked for by name. */
const byNameOnly = new Set(['skill', 'opening', 'fuzz', 'window', 'soak']);

if (options['measure-memory'] !== undefined) {
  await measureSamplingMemory(Number(options['measure-memory']));
  process.exit(0);
}
const { only } = options;
if (only !== undefined && !(only in benchmarks)) {
  console.error(`There is no benchmark named ${only}; choose one of ${Object.keys(benchmarks).join(', ')}.`);
  process.exit(1);
}

const results: Measure[] = [];
for (const [name, run] of Object.entries(benchmarks)) {
  if (only === undefined ? byNameOnly.has(name) : only !== name) continue;
  console.error(`measuring ${name} …`);
  results.push(...(await run()));
}

const machine = `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
if (options.json) {
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
