/**
 * `npm run resources [-- samples|pretrained] [options]`: makes anew what comes with Driftcast and is no text, from seeds.
 *
 * - samples: simulates resources/samples/<name>.nc as <name>.json beside it says;
 * - pretrained: simulates the small recipe that the sample names, prepares it, trains DYffusion with the small preset,
 *   scores it on the test split (20 members, 24 starts) and writes resources/pretrained/<name>/.
 *
 * Without a word it does both. It drives the command line as a person would and keeps data, workspace and what is
 * done in a folder, so that an interrupted one goes on where it was: the training of a system takes minutes.
 *
 * Options:
 *   --system <name>    one sample alone; may be given several times
 *   --folder <folder>  where data and workspace are kept (.driftcast/resources in the checkout)
 *   --out <folder>     where samples/ and pretrained/ are written (resources/)
 *   --quick            a trial in seconds: few data, one epoch, few members; nothing worth keeping comes of it, so it
 *                      wants --out
 *   --program <file>   another build of the command line than .build/main/cli.js
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { endWith } from './command.mjs';
import { buildFolder, readJson, root } from './paths.mjs';
import { prepare } from './prepare.mjs';
import { run, tail } from './processes.mjs';
import { createReport, SetupError } from './report.mjs';

/** @typedef {import('../../shared/domain/sample.ts').Sample} Sample */
/** @typedef {import('../../shared/domain/simulation.ts').Recipe['files'][number]} RecipeFile */
/** @typedef {{ program: string, folder: string, out: string, quick: boolean }} Plan */

const parts = ['samples', 'pretrained'];
const scoring = { members: 20, starts: 24 };
const quickScoring = { members: 2, starts: 2 };
const quickTraining = [
  '--epochs',
  '1',
  '--set',
  'interpolator.maxSeconds=4',
  '--set',
  'forecaster.maxSeconds=4',
];
/** Enough for a window of every split. */
const quickData = { trajectories: 3, days: 400 };

await endWith(async () => {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      system: { type: 'string', multiple: true },
      folder: { type: 'string' },
      out: { type: 'string' },
      quick: { type: 'boolean', default: false },
      program: { type: 'string' },
    },
  });
  const wanted = positionals.length === 0 ? parts : positionals;
  const stranger = wanted.find((word) => !parts.includes(word));
  if (stranger !== undefined)
    throw new SetupError(
      'other',
      `There is nothing to make that is called ${stranger}; say samples or pretrained.`,
    );
  if (values.quick && values.out === undefined)
    throw new SetupError(
      'other',
      'A quick trial needs --out, so that it does not replace what is worth keeping.',
    );
  if (values.program === undefined) await prepare({ report: createReport({ phases: 5, quiet: true }) });
  const plan = {
    program: resolve(values.program ?? join(buildFolder, 'main', 'cli.js')),
    folder: resolve(values.folder ?? join(root, '.driftcast', 'resources')),
    out: resolve(values.out ?? join(root, 'resources')),
    quick: values.quick,
  };
  mkdirSync(plan.folder, { recursive: true });
  for (const sample of samplesNamed(values.system ?? [])) {
    if (wanted.includes('samples')) await makeSample(plan, sample);
    if (wanted.includes('pretrained')) await makeModel(plan, sample);
  }
  return 0;
});

/** @param {string[]} names none: all @returns {Sample[]} */
function samplesNamed(names) {
  const folder = join(root, 'resources', 'samples');
  /** @type {Sample[]} */
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')));
  const known = all.map((sample) => sample.name);
  const stranger = names.find((name) => !known.includes(name));
  if (stranger !== undefined)
    throw new SetupError('other', `There is no sample ${stranger}; there are ${known.join(', ')}.`);
  return all.filter((sample) => names.length === 0 || names.includes(sample.name));
}

/** @param {Plan} plan @param {Sample} sample */
async function makeSample(plan, sample) {
  const folder = join(plan.out, 'samples');
  const path = join(folder, sample.file);
  if (await isMadeAs(plan, path, sample.simulation)) return say(`${sample.file} is there`);
  mkdirSync(folder, { recursive: true });
  const { simulator, settings, trajectories, seed, significantBits } = sample.simulation;
  const bits = significantBits === null ? [] : ['--significant-bits', String(significantBits)];
  const made = await simulate(plan, simulator, settings, trajectories, seed, path, bits);
  say(`${sample.file}: ${made.bytes} bytes in ${made.seconds.toFixed(0)} s`);
}

/** Whether a file says that it came of the very same request. @param {Plan} plan @param {string} path @param {Sample['simulation']} request */
async function isMadeAs(plan, path, request) {
  if (!existsSync(path)) return false;
  const { attributes } = await driftcast(plan, ['inspect', path]);
  const made = JSON.parse(attributes.driftcast_simulation ?? '{}');
  const { simulator, seed, trajectories, significantBits, settings } = request;
  return (
    made.simulator === simulator &&
    made.seed === seed &&
    made.trajectories === trajectories &&
    (made.significantBits ?? null) === significantBits &&
    Object.entries(settings).every(
      ([key, value]) => JSON.stringify(made.settings?.[key]) === JSON.stringify(value),
    )
  );
}

/** @param {Plan} plan @param {Sample} sample */
async function makeModel(plan, sample) {
  const { recipe: recipeName, preset } = sample.training;
  const recipe = readJson(join(root, 'resources', 'recipes', `${recipeName}.json`));
  /** @type {RecipeFile | undefined} */
  const file = recipe?.files.find((/** @type {RecipeFile} */ one) => one.name === sample.training.file);
  if (file === undefined)
    throw new SetupError(
      'other',
      `The recipe ${recipeName} with the file ${sample.training.file} is not there.`,
    );
  const data = await trainingData(plan, recipe, file);
  const known = await driftcast(plan, ['list']);
  if (!known.datasets.some((/** @type {{ name: string }} */ one) => one.name === recipeName))
    await driftcast(plan, ['prepare', data, '--name', recipeName, ...preparation(sample, file, plan.quick)]);
  const name = `${sample.title}, pretrained`;
  const before = known.runs.find((/** @type {{ name: string }} */ one) => one.name === name);
  if (before?.status === 'finished') say(`${name} is trained`);
  else {
    say(`training ${name} …`);
    const fresh = [
      '--dataset',
      recipeName,
      '--preset',
      preset,
      '--name',
      name,
      ...(plan.quick ? quickTraining : []),
    ];
    await driftcast(plan, ['train', ...(before ? ['--resume', before.id] : fresh)]);
  }
  const { id } = (await driftcast(plan, ['list', 'runs'])).runs.find(
    (/** @type {{ name: string }} */ one) => one.name === name,
  );
  const { members, starts } = plan.quick ? quickScoring : scoring;
  const scored = join(plan.folder, `scored-${id}`);
  if (!existsSync(scored)) {
    say(`scoring ${name} …`);
    const how = ['--split', 'test', '--members', String(members), '--starts', String(starts)];
    await driftcast(plan, ['evaluate', '--run', id, ...how]);
    writeFileSync(scored, '');
  }
  const folder = join(plan.out, 'pretrained', sample.name);
  mkdirSync(folder, { recursive: true });
  await driftcast(plan, ['weights', 'pack', id, folder]);
  const bytes = readdirSync(folder).reduce((sum, one) => sum + statSync(join(folder, one)).size, 0);
  say(`pretrained/${sample.name}: ${bytes} bytes`);
}

/**
 * The file to train on; of a quick trial a small one with the same settings.
 *
 * @param {Plan} plan @param {{ name: string, simulator: string }} recipe @param {RecipeFile} file
 */
async function trainingData(plan, recipe, file) {
  const folder = join(plan.folder, 'data', recipe.name);
  const path = join(folder, file.name);
  if (existsSync(path)) return path;
  say(`simulating ${recipe.name} …`);
  if (!plan.quick) {
    await driftcast(plan, ['simulate', '--recipe', recipe.name, '--out', folder]);
    return path;
  }
  mkdirSync(folder, { recursive: true });
  const settings = 'days' in file.settings ? { ...file.settings, days: quickData.days } : file.settings;
  const trajectories = file.splits === null || file.splits === undefined ? 1 : quickData.trajectories;
  await simulate(plan, recipe.simulator, settings, trajectories, file.seed, path, []);
  return path;
}

/** What `prepare` is told: as the sample is prepared, split as the recipe says. @param {Sample} sample @param {RecipeFile} file @param {boolean} quick */
function preparation({ preparation: choices, training }, { splits, periods }, quick) {
  const counts = quick ? { train: 1, validation: 1, test: 1 } : splits;
  const split =
    periods && !quick
      ? `train=${periods.train},validation=${periods.validation},test=${periods.test}`
      : splits
        ? `trajectories:${counts?.train},${counts?.validation},${counts?.test}`
        : '0.7,0.15,0.15';
  return [
    ...choices.variables.flatMap((variable) => ['--variable', variable]),
    ...['--split', split, '--horizon', String(choices.horizon)],
    ...['--normalisation', choices.normalisation, '--stride', String(quick ? 10 : training.stride)],
  ];
}

/**
 * @param {Plan} plan @param {string} simulator @param {Record<string, unknown>} settings
 * @param {number} trajectories @param {number} seed @param {string} path @param {string[]} more
 */
function simulate(plan, simulator, settings, trajectories, seed, path, more) {
  const set = Object.entries(settings).flatMap(([key, value]) => [
    '--set',
    `${key}=${JSON.stringify(value)}`,
  ]);
  const how = ['--trajectories', String(trajectories), '--seed', String(seed)];
  return driftcast(plan, ['simulate', simulator, ...set, ...how, ...more, '--out', path]);
}

/**
 * Runs a verb in the workspace of these resources and answers the last JSON document that it prints.
 *
 * @param {Plan} plan @param {string[]} words @returns {Promise<any>}
 */
async function driftcast({ program, folder }, words) {
  const args = [program, ...words, '--json', '--workspace', join(folder, 'workspace')];
  const outcome = await run(process.execPath, args);
  if (outcome.code !== 0)
    throw new SetupError(
      'other',
      `driftcast ${words[0]} failed; see above what it said.`,
      tail(outcome.stderr),
    );
  return JSON.parse(outcome.stdout.trim().split('\n').at(-1) ?? 'null');
}

/** @param {string} text */
function say(text) {
  process.stdout.write(`${text}\n`);
}
