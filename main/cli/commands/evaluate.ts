/** `driftcast evaluate`: scores of forecast files or of a run over a whole split. */
import { existsSync } from 'node:fs';
import { type SplitName, splitNames } from '#shared/domain/dataset.ts';
import type { EvaluationSettings, ScoredMethod, Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from '../jobs.ts';
import { findNamed } from '../names.ts';
import { oneOf, wholeNumber } from '../parse/numbers.ts';
import { scoresText } from '../print/scores.ts';
import { addVerb, type Common, type Session, type Verbs, withCompute } from '../verb.ts';

interface EvaluateOptions extends Common {
  forecast?: string[];
  truth?: string;
  run?: string;
  split?: SplitName;
  members?: number;
  starts?: number;
  schedule?: string;
  seed?: number;
  normalised?: boolean;
  paper?: boolean;
  horizon?: number;
  dataset?: string;
}

interface Evaluation {
  scores: Scores;
  methods: ScoredMethod[];
  settings: EvaluationSettings | null;
}

export function registerEvaluate(verbs: Verbs): void {
  addVerb(verbs.program, 'evaluate', 'Score forecasts against truth, by lead time and overall')
    .option('--forecast <file...>', 'forecast files, or one forecast of the workspace by id or name')
    .option(
      '--truth <path>',
      'a file, or a folder of files, with the observed values, where the forecast files hold none',
    )
    .option('--run <run>', 'forecast a split with this run and score that')
    .option('--split <split>', `${splitNames.join(', ')} (default: test)`, oneOf('--split', splitNames))
    .option('--members <count>', 'ensemble members (default: 20)', wholeNumber('--members', 2))
    .option('--starts <count>', 'a seeded sample of this many starts', wholeNumber('--starts'))
    .option('--schedule <name>', 'accelerated sampling schedule')
    .option(
      '--horizon <steps>',
      'data steps; as trained when left out, a rollout beyond',
      wholeNumber('--horizon'),
    )
    .option('--dataset <dataset>', 'score the run on another dataset: out of its distribution')
    .option('--seed <number>', 'seed of the members (default: 1)', wholeNumber('--seed', 0))
    .option('--normalised', 'scores in normalised units')
    .option('--paper', "show the paper's estimators (biased pair term, population variance)")
    .action((options: EvaluateOptions) =>
      withCompute(verbs, options, async (session) => {
        const { scores, methods, settings } = await evaluate(session, options);
        session.output.answer({ ...scores, methods: methods.map(withoutSpectra), settings }, () =>
          scoresText(scores, methods, options.paper ? 'paper' : 'fair'),
        );
        return undefined;
      }),
    );
}

async function evaluate(session: Session, options: EvaluateOptions): Promise<Evaluation> {
  if ((options.run === undefined) === (options.forecast === undefined)) {
    throw new DriftcastError(
      'bad-input',
      'Say what to evaluate: either --run RUN or --forecast FILE.',
      'Give exactly one of the two.',
    );
  }
  if (options.run !== undefined) {
    refuse(options, ['truth'], '--run');
    return evaluateRun(session, options, options.run);
  }
  refuse(
    options,
    ['split', 'members', 'starts', 'schedule', 'seed', 'normalised', 'horizon', 'dataset'],
    '--forecast',
  );
  return evaluateForecasts(session, options.forecast ?? [], options.truth);
}

async function evaluateRun(session: Session, options: EvaluateOptions, name: string): Promise<Evaluation> {
  const run = findNamed('run', name, await session.client.runs.list());
  const dataset =
    options.dataset === undefined
      ? null
      : findNamed('dataset', options.dataset, await session.client.datasets.list()).id;
  return scoreRun(session, {
    run: run.id,
    split: options.split,
    members: options.members,
    starts: options.starts ?? null,
    schedule: options.schedule ?? null,
    seed: options.seed,
    horizon: options.horizon ?? null,
    dataset,
    units: options.normalised ? 'normalised' : 'physical',
  });
}

/** Forecasts a split with a run and scores that beside the references. */
export async function scoreRun(
  session: Session,
  request: Parameters<Session['client']['verification']['run']>[0],
): Promise<Evaluation> {
  const { job } = await session.client.verification.run(request);
  return resultOf(session, job);
}

/** Scores of files, or of the one forecast that a word names where no such file exists. */
async function evaluateForecasts(
  session: Session,
  words: readonly string[],
  truth: string | undefined,
): Promise<Evaluation> {
  const { client } = session;
  const [only = ''] = words;
  if (words.length === 1 && truth === undefined && !existsSync(session.path(only))) {
    const forecast = findNamed('forecast', only, await client.forecasts.list());
    const { job } = await client.verification.forecast({ forecast: forecast.id });
    return resultOf(session, job);
  }
  const { job } = await client.verification.files({
    forecasts: words.map((word) => session.path(word)),
    truth: truth === undefined ? null : session.path(truth),
  });
  return resultOf(session, job);
}

async function resultOf(session: Session, job: string): Promise<Evaluation> {
  await followJob(session, job);
  return session.client.verification.result({ job });
}

/** Spectra are for charts; in a table of scores they would bury the numbers. */
function withoutSpectra({ spectra: _spectra, ...method }: ScoredMethod) {
  return method;
}

function refuse(options: EvaluateOptions, names: (keyof EvaluateOptions)[], beside: string): void {
  const given = names.filter((name) => options[name] !== undefined);
  if (given.length === 0) return;
  throw new DriftcastError(
    'bad-input',
    `--${given.join(', --')} cannot be given with ${beside}.`,
    'Leave it out; driftcast evaluate --help says which options belong together.',
  );
}
