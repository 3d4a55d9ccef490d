/** Topic `reference`: replays reference cases from a folder against this machine's compute backend. */
import type { ReferenceReport } from '#shared/domain/system.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { JobResults } from './job-results.ts';

export function referenceTopic({ os, compute, jobs }: Core) {
  const results = new JobResults<ReferenceReport>(jobs);
  return {
    start: os.reference.start.handler(({ input, context }) => {
      requireTrust(context, 'read reference cases from a path', 'Use: driftcast reference FOLDER');
      const job = jobs.start({ kind: 'reference', title: 'Reference cases', subject: null }, async (work) => {
        await work.turn('reference');
        const report = await compute.call(
          'reference',
          { path: input.path },
          { signal: work.signal, onEvent: (event) => work.step(event) },
        );
        results.set(work.id, report);
      });
      return { job };
    }),
    result: os.reference.result.handler(({ input }) => results.get(input.job)),
  };
}
