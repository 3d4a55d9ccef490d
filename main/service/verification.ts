/** Topic `verification`: scores of forecasts beside what any forecast must beat. */
import type { ScoredMethod, Scores } from '#shared/domain/scores.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { forecastFile } from './forecasts.ts';
import { JobResults } from './job-results.ts';
import { readScores, writeScores } from './stored-scores.ts';

interface Scored {
  scores: Scores;
  methods: ScoredMethod[];
}

export function verificationTopic(core: Core) {
  const { os, entities, compute, files, jobs } = core;
  const results = new JobResults<Scored>(jobs);

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
      results.set(context.id, scored);
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
    run: os.verification.run.handler(async ({ input }) => {
      const { run: id, ...choices } = input;
      const run = await entities.runs.read(id);
      await entities.datasets.read(run.dataset);
      const title = `Score ${run.name} on the ${input.split} split`;
      const job = jobs.start({ kind: 'evaluate', title, subject: id }, async (context) => {
        await context.turn('evaluate');
        const folders = {
          datasetFolder: entities.datasets.folder(run.dataset),
          runFolder: entities.runs.folder(id),
        };
        const scored = await compute.call(
          'evaluateRun',
          { ...folders, ...choices },
          { signal: context.signal, onEvent: (event) => context.step(event) },
        );
        results.set(context.id, scored);
        // Other splits and units would not be comparable in one table.
        if (input.split === 'test' && input.units === 'physical')
          await writeScores(entities, id, {
            formatVersion: 1,
            created: new Date().toISOString(),
            split: input.split,
            ...scored,
          });
      });
      return { job };
    }),
    result: os.verification.result.handler(({ input }) => results.get(input.job)),
    ofRun: os.verification.ofRun.handler(async ({ input }) => {
      const stored = await readScores(entities, input.run);
      return stored === null ? null : { split: stored.split, scores: stored.scores, methods: stored.methods };
    }),
  };
}
