/** `driftcast reference DIR`: recomputes published numbers and says how far off each is. */
import type { ReferenceReport } from '#shared/domain/system.ts';
import { followJob } from '../jobs.ts';
import { number } from '../print/format.ts';
import { table } from '../print/table.ts';
import { addVerb, type Common, type Verbs, withService } from '../verb.ts';

export function registerReference(verbs: Verbs): void {
  addVerb(verbs.program, 'reference', 'Compare with the reference cases of a folder')
    .argument('<folder>', 'a folder with cases.json or another case list')
    .action((folder: string, options: Common) =>
      withService(verbs, options, async (session) => {
        const { job } = await session.client.reference.start({ path: session.path(folder) });
        await followJob(session, job);
        const report = await session.client.reference.result({ job });
        session.output.answer(report, () => describe(report));
        return report.cases.every((row) => row.ok || row.skipped) ? 0 : 1;
      }),
    );
}

function describe(report: ReferenceReport): string {
  const cases = table(report.cases, [
    { title: 'case', value: (row) => row.name },
    { title: 'largest error', value: (row) => number(row.error, 3), right: true },
    { title: 'tolerance', value: (row) => number(row.tolerance, 3), right: true },
    { title: 'result', value: (row) => (row.skipped ? 'skipped' : row.ok ? 'ok' : 'FAILED') },
    { title: 'note', value: (row) => row.note ?? '' },
  ]);
  const skipped = report.cases.filter((row) => row.skipped).length;
  const failed = report.cases.filter((row) => !row.ok && !row.skipped).length;
  const passed = report.cases.length - skipped - failed;
  return `${cases}\n\n${passed} ok, ${failed} failed, ${skipped} skipped`;
}
