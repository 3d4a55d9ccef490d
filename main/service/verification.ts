/** Topic `verification`: scores of forecasts beside what any forecast must beat. */
import type { EvaluationSettings, ScoredMethod, Scores } from '#shared/domain/scores.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { forecastFile } from './forecasts.ts';
import { JobResults } from './job-results.ts';
import { planScoring, scoreRun } from './scoring.ts';
import { listEvaluations, newestOfRun, readEvaluation } from './stored-scores.ts';

interface Scored {
  scores: Scores;
  methods: ScoredMethod[];
  settings: EvaluationSettings | null;
}

export function verificationTopic(core: Core) {
  const { os, entities, files, jobs, log } = core;
  const results = new JobResults<Scored>(jobs);
  const warn = (thrown: unknown): void => log.warn({ err: thrown }, 'Stored scores were left out.');

  function scoreFiles(
    title: string,
    subject: string | null,
    forecasts: string[],
    truth: string | null,
  ): string {
    return jobs.start({ kind: 'evaluate', title, subject }, async (context) => {
      await context.turn('evaluate');
      const scored = await files.call(
        'evaluateFiles',
        { forecasts, truth },
        { signal: context.signal, onEvent: (event) => context.step(event) },
      );
      results.set(context.id, { ...scored, settings: null });
    });
  }

  return {
    forecast: os.verification.forecast.handler(async ({ input }) => {
      const { id, name } = await entities.forecasts.read(input.forecast);
      return { job: scoreFiles(`Score ${name}`, id, [forecastFile(entities, id)], null) };
    }),
    files: os.verification.files.handler(({ input, context }) => {
      requireTrust(context, 'score files by their paths', 'Use: driftcast evaluate --forecast FILE');
      return { job: scoreFiles('Score files', null, input.forecasts, input.truth) };
    }),
    run: os.verification.run.handler(async ({ input: { run: id, ...request } }) => {
      const { run, dataset } = await planScoring(core, id, request);
      const where = dataset.id === run.dataset ? `the ${request.split} split` : dataset.name;
      const title = `Score ${run.name} on ${where}`;
      const job = jobs.start({ kind: 'evaluate', title, subject: id }, async (context) => {
        await context.turn('evaluate');
        // Planned when its turn has come: the weights may have changed while it waited.
        results.set(context.id, await scoreRun(core, await planScoring(core, id, request), context));
      });
      return { job };
    }),
    result: os.verification.result.handler(({ input }) => results.get(input.job)),
    ofRun: os.verification.ofRun.handler(({ input }) => newestOfRun(entities, input.run, warn)),
    list: os.verification.list.handler(async ({ input }) => {
      const all = await listEvaluations(entities, input.run, warn);
      return all.map(({ id, created, settings }) => ({ evaluation: id, created, settings }));
    }),
    stored: os.verification.stored.handler(({ input }) =>
      readEvaluation(entities, input.run, input.evaluation),
    ),
  };
}
