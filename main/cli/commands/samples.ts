/** `driftcast samples [NAME…]`: what comes with Driftcast to try it on, and opening it into the workspace. */
import type { OpenedSample, SampleListing } from '#shared/domain/sample.ts';
import { followJob } from '../jobs.ts';
import { bytes, score } from '../print/format.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';

export function registerSamples(verbs: Verbs): void {
  addVerb(verbs.program, 'samples', 'List the samples that come with Driftcast, or open them')
    .argument('[names...]', 'samples to open in the workspace; none: list them')
    .action((names: string[], options: Common) =>
      withService(verbs, options, async (session) => {
        if (names.length === 0) {
          const samples = await session.client.samples.list();
          session.output.answer({ samples }, () => samples.map(listed).join('\n\n'));
          return undefined;
        }
        const opened: OpenedSample[] = [];
        for (const name of names) opened.push(await open(session, name));
        session.output.answer(opened.length === 1 ? opened[0] : { samples: opened }, () =>
          opened.map(told).join('\n\n'),
        );
        return undefined;
      }),
    );
}

async function open(session: Session, name: string): Promise<OpenedSample> {
  const { job } = await session.client.samples.open({ name });
  await followJob(session, job);
  return session.client.samples.result({ job });
}

function listed({ name, title, description, holds, bytes: size, dataset, model }: SampleListing): string {
  const test = model?.origin.test;
  const lines = [
    `${name}  ${title}`,
    `  ${description}`,
    `  ${holds} (${bytes(size)})${dataset === null ? '' : `; in this workspace as ${dataset}`}`,
  ];
  if (model === null) lines.push('  No trained model comes with it here.');
  else
    lines.push(
      `  With a model trained on ${model.origin.trainedOn}${test ? `: fair CRPS ${score(test.fairCrps)} on its test split` : ''}.`,
    );
  return lines.join('\n');
}

function told({ title, dataset, start, run, missing }: OpenedSample): string {
  const lines = [`${title}: dataset ${dataset}${run === null ? '' : `, run ${run}`}`];
  if (missing !== null) lines.push(missing);
  const next =
    run === null
      ? `driftcast train --dataset ${dataset} --preset small`
      : `driftcast forecast --run ${run} --start ${start} --members 10 --out forecast.nc`;
  lines.push('', `Next: ${next}`);
  return lines.join('\n');
}
