/** `driftcast compare`: the paper-like table of any set of runs, and one HTML report. */
import type { Comparison } from '#shared/domain/comparison.ts';
import { type SplitName, splitNames } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from '../jobs.ts';
import { findNamed } from '../names.ts';
import { oneOf, wholeNumber } from '../parse/numbers.ts';
import { comparisonJson, comparisonText } from '../print/comparison.ts';
import { bytes } from '../print/format.ts';
import { addVerb, type Common, type Session, type Verbs, withCompute } from '../verb.ts';

interface CompareOptions extends Common {
  report?: string;
  split: SplitName;
  members: number;
  starts?: number;
  dataset?: string;
  horizon?: number;
  schedule?: string;
  seed: number;
  normalised?: boolean;
  fresh?: boolean;
  paper?: boolean;
}

export function registerCompare(verbs: Verbs): void {
  addVerb(verbs.program, 'compare', 'Score runs beside each other, as a table and as an HTML report')
    .argument('<run...>', 'ids or names of the runs')
    .option('--report <file.html>', 'write one self-contained HTML file with tables, charts and maps')
    .option('--split <split>', `${splitNames.join(', ')}`, oneOf('--split', splitNames), 'test')
    .option('--members <count>', 'ensemble members', wholeNumber('--members', 2), 20)
    .option('--starts <count>', 'a seeded sample of this many starts', wholeNumber('--starts'))
    .option('--dataset <dataset>', 'score on another dataset than the one the runs were trained on')
    .option('--horizon <steps>', 'data steps; as trained when left out', wholeNumber('--horizon'))
    .option('--schedule <name>', 'accelerated sampling schedule')
    .option('--seed <number>', 'seed of the members and of the sample of starts', wholeNumber('--seed', 0), 1)
    .option('--normalised', 'scores in normalised units')
    .option('--fresh', 'score anew, also where stored scores fit')
    .option('--paper', "show the paper's estimators (biased pair term, population variance)")
    .action((words: string[], options: CompareOptions) =>
      withCompute(verbs, options, async (session) => {
        const { job, comparison } = await compareRuns(session, words, options);
        let file: string | null = null;
        if (options.report !== undefined) {
          file = session.path(options.report);
          const written = await session.client.comparisons.report({ job, path: file });
          session.output.note(`Report written to ${file} (${bytes(written.bytes)})`);
        }
        session.output.answer({ ...comparisonJson(comparison), report: file }, () =>
          comparisonText(comparison, options.paper ? 'paper' : 'fair'),
        );
        return undefined;
      }),
    );
}

async function compareRuns(
  session: Session,
  words: readonly string[],
  options: CompareOptions,
): Promise<{ job: string; comparison: Comparison }> {
  const { client } = session;
  if (options.report !== undefined && !/\.html?$/i.test(options.report))
    throw new DriftcastError(
      'bad-input',
      `The report is an HTML file, which ${options.report} is not called.`,
      'Give it a name that ends in .html.',
    );
  const known = await client.runs.list();
  const dataset =
    options.dataset === undefined
      ? null
      : findNamed('dataset', options.dataset, await client.datasets.list()).id;
  const { job } = await client.comparisons.start({
    runs: words.map((word) => findNamed('run', word, known).id),
    split: options.split,
    members: options.members,
    starts: options.starts ?? null,
    dataset,
    horizon: options.horizon ?? null,
    schedule: options.schedule ?? null,
    seed: options.seed,
    units: options.normalised ? 'normalised' : 'physical',
    fresh: options.fresh ?? false,
  });
  await followJob(session, job);
  return { job, comparison: await client.comparisons.result({ job }) };
}
