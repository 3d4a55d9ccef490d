/** Topic `tradeoffs`: what a run's forecasts cost and how good they are, by sampling schedule. */
import { join } from 'node:path';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from '#main/workspace/checked-json.ts';
import { type Tradeoff, tradeoffSchema } from '#shared/domain/comparison.ts';
import type { Core } from './core.ts';
import { JobResults } from './job-results.ts';
import { planScoring } from './scoring.ts';

const format: JsonFormat<Tradeoff> = { what: 'trade-off', version: 1, schema: tradeoffSchema };

export function tradeoffsTopic(core: Core) {
  const { os, entities, compute, jobs } = core;
  const results = new JobResults<Tradeoff>(jobs);
  const pathOf = (run: string) => join(entities.runs.folder(run), 'tradeoff.json');

  return {
    start: os.tradeoffs.start.handler(async ({ input: { run: id, schedules, ...choices } }) => {
      const { name } = await entities.runs.read(id);
      const title = `Speed and skill of ${name}`;
      const job = jobs.start({ kind: 'evaluate', title, subject: id }, async (context) => {
        await context.turn('evaluate');
        const request = { ...choices, schedule: null, dataset: null, units: 'physical' as const };
        const { run, settings, input } = await planScoring(core, id, request);
        const { points } = await compute.call(
          'tradeoff',
          { ...input, schedules },
          { signal: context.signal, onEvent: (event) => context.step(event) },
        );
        const { schedule: _schedule, ...kept } = settings;
        const tradeoff = { run: run.id, created: new Date().toISOString(), settings: kept, points };
        await writeJsonChecked(pathOf(id), format, tradeoff);
        results.set(context.id, tradeoff);
      });
      return { job };
    }),
    result: os.tradeoffs.result.handler(({ input }) => results.get(input.job)),
    ofRun: os.tradeoffs.ofRun.handler(async ({ input }) => {
      await entities.runs.read(input.run);
      const stored = await readJsonIfPresent(pathOf(input.run), format);
      return stored && { ...stored, run: input.run };
    }),
  };
}
