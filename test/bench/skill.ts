/**
 * Measure 7: every method on every simulated system, trained with the `small` presets from fixed seeds and scored on
 * the same starts beside persistence and climatology. It drives the command line as a user would, keeps everything in
 * one folder, and goes on where it was interrupted: whatever that folder holds already is not made again.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { settingsFor, stagesOf } from '#shared/domain/methods.ts';
import { presetSchema, type TrainableMethod, trainableMethods } from '#shared/domain/settings.ts';
import type { Measure } from './measure.ts';
import { type Row, skillTable } from './skill-table.ts';

interface System {
  name: string;
  recipe: string;
  preset: string;
  /** Title in the table, file of the recipe, and what `prepare` is told about it; the first is the one to learn from. */
  sets: { title: string; file: string; prepare: string[] }[];
}

const MEMBERS = 20;
const STARTS = 20;
/** Of a method: the epochs are the budget, so that a busy machine gives the same models; this only bounds the wait. */
const MOST_SECONDS = 1200;

const systems: System[] = [
  {
    name: 'spring-mesh',
    recipe: 'spring-mesh-small',
    preset: 'spring-mesh-small',
    sets: [
      {
        title: 'Spring mesh',
        file: 'spring-mesh-small.nc',
        prepare: [
          '--variable=px',
          '--variable=py',
          '--variable=qx',
          '--variable=qy',
          '--split=trajectories:60,4,20',
          '--horizon=134',
          '--normalisation=per-cell',
          '--stride=5',
        ],
      },
      {
        title: 'Spring mesh, out of distribution',
        file: 'spring-mesh-small-ood.nc',
        prepare: ['--split=trajectories:1,0,20', '--horizon=134', '--normalisation=per-cell', '--stride=5'],
      },
    ],
  },
  {
    name: 'navier-stokes',
    recipe: 'navier-stokes-small',
    preset: 'navier-stokes-small',
    sets: [
      {
        title: 'Navier–Stokes',
        file: 'navier-stokes-small.nc',
        prepare: [
          '--variable=vx',
          '--variable=vy',
          '--variable=p',
          '--split=trajectories:20,2,4',
          '--horizon=16',
          '--normalisation=per-channel',
        ],
      },
      {
        title: 'Navier–Stokes, out of distribution',
        file: 'navier-stokes-small-ood.nc',
        prepare: ['--split=trajectories:1,0,3', '--horizon=16', '--normalisation=per-channel'],
      },
    ],
  },
  {
    name: 'sst',
    recipe: 'surface-ocean-small',
    preset: 'sst-daily',
    sets: [
      {
        title: 'Sea surface temperature',
        file: 'surface-ocean-small.nc',
        prepare: [
          '--split=train=2001..2003,validation=2004..2004,test=2005..2005',
          '--horizon=7',
          '--normalisation=seasonal-anomaly',
        ],
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
  /** Of the epochs that the presets ask for: the budget of a method. */
  share: number;
}

/** Rows for the JSON document; the table in Markdown is written into the folder. */
export async function benchSkill({
  folder,
  systems: only,
  methods,
  share,
}: SkillOptions): Promise<Measure[]> {
  const home = resolve(folder);
  await mkdir(home, { recursive: true });
  const rows: Row[] = [];
  for (const system of systems.filter(({ name }) => only.length === 0 || only.includes(name)))
    rows.push(...(await scoreSystem(home, system, methods, share)));
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

async function scoreSystem(
  home: string,
  system: System,
  wanted: readonly string[],
  share: number,
): Promise<Row[]> {
  const workspace = join(home, 'workspace');
  const verb = (...words: string[]) => driftcast([...words, '--workspace', workspace]);
  const { recipe, preset } = system;
  const data = join(home, 'data', recipe);
  if (!system.sets.every(({ file }) => existsSync(join(data, file))))
    await verb('simulate', '--recipe', recipe, '--out', data);
  const datasetOf = (index: number) => (index === 0 ? recipe : `${recipe}, out of distribution`);
  const known = (await verb('list')) as Known;
  for (const [i, { file, prepare }] of system.sets.entries())
    if (!known.datasets.some(({ name }) => name === datasetOf(i)))
      await verb('prepare', join(data, file), '--name', datasetOf(i), ...prepare);
  const runs: string[] = [];
  for (const method of trainableMethods.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    const name = share === 1 ? `${system.name} ${method}` : `${system.name} ${method} ×${share}`;
    runs.push(name);
    const run = known.runs.find((other) => other.name === name);
    if (run?.status === 'finished') continue;
    const words = ['--dataset', datasetOf(0), '--preset', preset, '--method', method, '--name', name];
    console.error(`training ${name} …`);
    await (run
      ? verb('train', '--resume', run.id)
      : verb('train', ...words, ...(await budget(preset, method, share))));
  }
  const rows: Row[] = [];
  for (const [i, { title }] of system.sets.entries()) {
    console.error(`scoring ${runs.length} methods on ${title} …`);
    const on = i === 0 ? [] : ['--dataset', datasetOf(i)];
    const sample = ['--members', String(MEMBERS), '--starts', String(STARTS)];
    const comparison = (await verb('compare', ...runs, '--split', 'test', ...sample, ...on)) as Compared;
    for (const row of comparison.rows) rows.push({ ...row, set: title, units: comparison.units });
  }
  return rows;
}

/** What `train` is told so that each stage of a method has its share of the preset's epochs, and time for them. */
async function budget(name: string, method: TrainableMethod, share: number): Promise<string[]> {
  const file = resolve(import.meta.dirname, '..', '..', 'resources', 'presets', `${name}.json`);
  const settings = settingsFor(presetSchema.parse(JSON.parse(await readFile(file, 'utf8'))), method);
  const stages = stagesOf(settings);
  return stages.flatMap(({ name: stage, settings: { epochs: whole } }) => {
    const key = stage === 'fine-tuning' ? 'fineTuning' : stage;
    const epochs = Math.max(1, Math.round(whole * share));
    return ['--set', `${key}.epochs=${epochs}`, '--set', `${key}.maxSeconds=${MOST_SECONDS / stages.length}`];
  });
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
