/** Topic `comparisons`: any set of runs beside each other on the same starts, as a table and as a report. */
import { isDeepStrictEqual } from 'node:util';
import type { ExampleMaps } from '#main/engine/protocol.ts';
import { writeFileAtomic } from '#main/workspace/atomic.ts';
import type { Comparison, ComparisonRequest, ComparisonRow } from '#shared/domain/comparison.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { distinctNames } from '#shared/names.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import type { JobContext } from './job-registry.ts';
import type { JobResults } from './job-results.ts';
import { readColourTable } from './report/colours.ts';
import { reportHtml } from './report/report.ts';
import { planScoring, type ScoringPlan, scoreRun } from './scoring.ts';
import { listEvaluations, type StoredEvaluation } from './stored-scores.ts';

/** Everything that a report shows. */
export interface ComparedRuns {
  comparison: Comparison;
  dataset: Dataset;
  /** Runs in the order of the request, with maps of one forecast each. */
  plans: readonly ScoringPlan[];
  maps: readonly ExampleMaps[];
  /** What a person looked at in the window: base64 of PNG files. */
  figures?: readonly { title: string; png: string }[];
}

/** Comparisons made since Driftcast was opened, by job. */
export type Comparisons = JobResults<ComparedRuns>;

export function comparisonsTopic(core: Core, results: Comparisons) {
  const { os, jobs } = core;
  return {
    start: os.comparisons.start.handler(async ({ input }) => {
      const plans = await planAll(core, input);
      const title = `Compare ${plans.map(({ run }) => run.name).join(', ')}`;
      const job = jobs.start(
        { kind: 'evaluate', title: title.slice(0, 200), subject: null },
        async (context) => {
          await context.turn('evaluate');
          results.set(context.id, await compare(core, await planAll(core, input), input.fresh, context));
        },
      );
      return { job };
    }),
    result: os.comparisons.result.handler(({ input }) => results.get(input.job).comparison),
    illustrate: os.comparisons.illustrate.handler(({ input }) => {
      results.set(input.job, { ...results.get(input.job), figures: input.figures });
      return {};
    }),
    report: os.comparisons.report.handler(async ({ input, context }) => {
      requireTrust(context, 'write a report to a path', 'Download the report instead.');
      const html = await comparisonReport(core, results, input.job);
      await writeFileAtomic(input.path, html);
      return { bytes: Buffer.byteLength(html) };
    }),
  };
}

/** The report of a finished comparison as one HTML text. @throws DriftcastError as `JobResults.get`. */
export async function comparisonReport(core: Core, results: Comparisons, job: string): Promise<string> {
  const compared = results.get(job);
  const field = fieldTable(compared.dataset);
  const tables = {
    field: await readColourTable(core.resourcesFolder, field),
    signed: field === 'balance',
    spread: await readColourTable(core.resourcesFolder, 'amp'),
    error: await readColourTable(core.resourcesFolder, 'balance'),
  };
  return reportHtml(compared, tables);
}

function fieldTable({ system }: Dataset): string {
  return system === 'sst' ? 'thermal' : system === 'other' ? 'viridis' : 'balance';
}

/** @throws DriftcastError `bad-input` for runs whose scores could not stand in one table. */
async function planAll(
  core: Core,
  { runs, fresh: _fresh, ...request }: ComparisonRequest,
): Promise<ScoringPlan[]> {
  const plans: ScoringPlan[] = [];
  for (const id of new Set(runs)) plans.push(await planScoring(core, id, request));
  const [first] = plans;
  const other = plans.find(
    ({ settings }) => settings.datasetFingerprint !== first?.settings.datasetFingerprint,
  );
  if (first && other)
    throw new DriftcastError(
      'bad-input',
      `${first.run.name} and ${other.run.name} were trained on different datasets, so their scores can't stand in one table.`,
      'Name the dataset that both are to be scored on (--dataset), or compare runs of one dataset.',
    );
  const longer = plans.find(({ settings }) => settings.horizon !== first?.settings.horizon);
  if (first && longer)
    throw new DriftcastError(
      'bad-input',
      `${first.run.name} and ${longer.run.name} were trained for different horizons (${first.settings.horizon} and ${longer.settings.horizon} steps).`,
      'Say how many steps both are to forecast (--horizon).',
    );
  return plans;
}

async function compare(
  core: Core,
  plans: readonly ScoringPlan[],
  fresh: boolean,
  context: JobContext,
): Promise<ComparedRuns> {
  const { compute, version } = core;
  const evaluations: StoredEvaluation[] = [];
  const maps: ExampleMaps[] = [];
  for (const [index, plan] of plans.entries()) {
    // The maps are one forecast of many: a tenth of the run's share of the progress.
    const part = (from: number, size: number): Pick<JobContext, 'signal' | 'step'> => ({
      signal: context.signal,
      step: ({ kind, fraction, message }) =>
        context.step({
          kind,
          fraction: (index + from + size * (fraction ?? 0)) / plans.length,
          message: `${plan.run.name}: ${message}`,
        }),
    });
    const stored = fresh ? null : await storedFor(core, plan);
    evaluations.push(stored ?? (await scoreRun(core, plan, part(0, 0.9))));
    const { signal, step } = part(0.9, 0.1);
    maps.push(await compute.call('exampleForecast', plan.input, { signal, onEvent: step }));
  }
  const { dataset, settings } = plans[0]!;
  const { weights: _weights, ...shared } = settings;
  const comparison: Comparison = {
    created: new Date().toISOString(),
    settings: shared,
    datasetName: dataset.name,
    step: dataset.summary.step,
    rows: rowsOf(plans, evaluations),
    versions: { driftcast: version, node: process.versions.node, ...plans[0]!.run.versions },
  };
  return { comparison, dataset, plans, maps };
}

async function storedFor(
  { entities, log }: Core,
  { run, settings }: ScoringPlan,
): Promise<StoredEvaluation | null> {
  const all = await listEvaluations(entities, run.id, (thrown) => log.warn({ err: thrown }));
  return all.find((each) => isDeepStrictEqual(each.settings, settings)) ?? null;
}

/** A row a run, best first, then those that need no training, which are the same beside every run. */
function rowsOf(plans: readonly ScoringPlan[], evaluations: readonly StoredEvaluation[]): ComparisonRow[] {
  const titles = evaluations.map(({ methods }) => methods[0]!.title);
  const names = distinctNames(plans.map(({ run }) => run));
  const trained = evaluations.map((evaluation, index): ComparisonRow => {
    const { run, settings } = plans[index]!;
    const [own] = evaluation.methods;
    const alone = titles.filter((title) => title === own!.title).length === 1;
    return {
      ...own!,
      title: alone ? own!.title : `${own!.title} (${names.get(run.id)})`,
      run: run.id,
      runName: run.name,
      preset: run.preset,
      parameters: run.parameters,
      trainingSeconds: run.seconds,
      trainingSeed: run.settings.seed,
      schedule: settings.schedule ?? run.settings.diffusion.samplingSchedule,
      scored: evaluation.created,
    };
  });
  const references = (evaluations[0]?.methods.slice(1) ?? []).map(
    (method): ComparisonRow => ({
      ...method,
      run: null,
      runName: null,
      preset: null,
      parameters: null,
      trainingSeconds: null,
      trainingSeed: null,
      schedule: null,
      scored: evaluations[0]!.created,
    }),
  );
  const crps = (row: ComparisonRow) => row.scores.overall.fairCrps;
  return [...trained.sort((a, b) => crps(a) - crps(b)), ...references.sort((a, b) => crps(a) - crps(b))];
}
