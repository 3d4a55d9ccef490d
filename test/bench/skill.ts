/**
 * Measure 7: every method on every simulated system, trained with the `small` presets from fixed seeds and scored on
 * the same starts beside persistence and climatology. It drives the command line as a user would, keeps everything in
 * one folder, and goes on where it was interrupted: whatever that folder holds already is not made again.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { trainableMethods } from '#shared/domain/settings.ts';
import type { Measure } from './measure.ts';
import { type Row, skillTable } from './skill-table.ts';

interface System {
  name: string;
  title: string;
  recipe: string;
  /** File of the recipe, what `prepare` is told about it, and whether its scores are out of distribution. */
  sets: { file: string; title: string; prepare: string[]; outOfDistribution: boolean }[];
}

const MEMBERS = 20;
const STARTS = 24;

const systems: System[] = [
  {
    name: 'spring-mesh',
    title: 'Spring mesh',
    recipe: 'spring-mesh-small',
    sets: [
      {
        file: 'spring-mesh-small.nc',
        title: 'Spring mesh',
        prepare: ['--split=trajectories:60,4,20', '--horizon=134', '--normalisation=per-cell', '--stride=5'],
        outOfDistribution: false,
      },
      {
        file: 'spring-mesh-small-ood.nc',
        title: 'Spring mesh, out of distribution',
        prepare: ['--split=trajectories:1,0,20', '--horizon=134', '--normalisation=per-cell', '--stride=5'],
        outOfDistribution: true,
      },
    ],
  },
  {
    name: 'navier-stokes',
    title: 'Navier–Stokes',
    recipe: 'navier-stokes-small',
    sets: [
      {
        file: 'navier-stokes-small.nc',
        title: 'Navier–Stokes',
        prepare: ['--split=trajectories:20,2,4', '--horizon=16', '--normalisation=per-channel'],
        outOfDistribution: false,
      },
      {
        file: 'navier-stokes-small-ood.nc',
        title: 'Navier–Stokes, out of distribution',
        prepare: ['--split=trajectories:1,0,3', '--horizon=16', '--normalisation=per-channel'],
        outOfDistribution: true,
      },
    ],
  },
  {
    name: 'sst',
    title: 'Sea surface temperature',
    recipe: 'surface-ocean-small',
    sets: [
      {
        file: 'surface-ocean-small.nc',
        title: 'Sea surface temperature',
        prepare: [
          '--split=train=2001..2003,validation=2004..2004,test=2005..2005',
          '--horizon=7',
          '--normalisation=seasonal-anomaly',
        ],
        outOfDistribution: false,
      },
    ],
  },
];

export interface SkillOptions {
  /** Workspace and simulated files; kept. */
  folder: string;
  /** Names of systems and methods; empty: all. */
  systems: readonly string[];
  methods: readonly string[];
}

/** Rows for the JSON document; the table in Markdown is written into the folder. */
export async function benchSkill({ folder, systems: only, methods }: SkillOptions): Promise<Measure[]> {
  const home = resolve(folder);
  await mkdir(home, { recursive: true });
  const rows: Row[] = [];
  for (const system of systems.filter(({ name }) => only.length === 0 || only.includes(name)))
    rows.push(...(await scoreSystem(home, system, methods)));
  await writeFile(join(home, 'skill.json'), `${JSON.stringify(rows, null, 2)}\n`);
  await writeFile(join(home, 'skill.md'), skillTable(rows));
  console.error(`The table is in ${join(home, 'skill.md')}.`);
  return rows.flatMap(({ set, method, fairCrps, mse, correctedSsr, seconds, units }) => [
    { name: `${set}, ${method}: fair CRPS`, value: fairCrps, unit: units, settings: { mse, correctedSsr } },
    ...(seconds === null
      ? []
      : [{ name: `${set}, ${method}: one forecast`, value: seconds, unit: 's', settings: {} }]),
  ]);
}

async function scoreSystem(home: string, system: System, wanted: readonly string[]): Promise<Row[]> {
  const workspace = join(home, 'workspace');
  const verb = (...words: string[]) => driftcast([...words, '--workspace', workspace]);
  const data = join(home, system.recipe);
  if (!system.sets.every(({ file }) => existsSync(join(data, file))))
    await verb('simulate', '--recipe', system.recipe, '--out', data);
  const known = (await verb('list')) as Known;
  for (const { file, title, prepare } of system.sets)
    if (!known.datasets.some(({ name }) => name === title))
      await verb('prepare', join(data, file), '--name', title, ...prepare);
  const [training] = system.sets;
  const runs: string[] = [];
  for (const method of trainableMethods.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const name = `${system.name} ${method}`;
    runs.push(name);
    const run = known.runs.find((other) => other.name === name);
    if (run?.status === 'finished') continue;
    const words = ['--dataset', training!.title, '--preset', 'small', '--method', method];
    console.error(`training ${method} on ${training!.title} …`);
    await (run ? verb('train', '--resume', run.id) : verb('train', ...words, '--name', name));
  }
  const rows: Row[] = [];
  for (const { title, outOfDistribution } of system.sets) {
    console.error(`scoring ${runs.length} methods on ${title} …`);
    const on = outOfDistribution ? ['--dataset', title] : [];
    const sample = ['--members', String(MEMBERS), '--starts', String(STARTS)];
    const comparison = (await verb('compare', ...runs, '--split', 'test', ...sample, ...on)) as Compared;
    for (const row of comparison.rows) rows.push({ ...row, set: title, units: comparison.units });
  }
  return rows;
}

interface Known {
  datasets: { id: string; name: string }[];
  runs: { id: string; name: string; status: string }[];
}

interface Compared {
  units: string;
  rows: Omit<Row, 'set' | 'units'>[];
}

/** Runs a verb and answers the last JSON document that it prints; its progress goes to this terminal. */
function driftcast(words: readonly string[]): Promise<unknown> {
  const program = resolve(import.meta.dirname, 'cli.js');
  return new Promise((done, failed) => {
    const child = spawn(process.execPath, [program, ...words, '--json'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (text: string) => {
      printed += text;
    });
    child.on('error', failed);
    child.on('close', (code) => {
      const last = printed.trim().split('\n').at(-1) ?? '';
      if (code === 0) done(JSON.parse(last));
      else failed(new Error(`driftcast ${words.join(' ')} ended with exit code ${code}.`));
    });
  });
}
