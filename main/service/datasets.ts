/** Topic `datasets`: preparing files for training, and what has been prepared. */
import type { Dataset, PrepareSettings } from '#shared/domain/dataset.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type Core, makeEntity } from './core.ts';
import type { JobContext } from './job-registry.ts';
import type { OpenedFiles } from './opened-files.ts';

/** Prepares files into the folder of a new dataset once it is their turn; nothing is left of it where that fails. */
export async function makeDataset(
  core: Core,
  made: { id: string; folder: string },
  name: string,
  paths: string[],
  settings: PrepareSettings,
  { turn, signal, step }: Pick<JobContext, 'turn' | 'signal' | 'step'>,
): Promise<Dataset> {
  let dataset: Dataset | undefined;
  await makeEntity(core, { kind: 'dataset', ...made }, 'being prepared', async () => {
    await turn('prepare');
    const prepared = await core.files.call(
      'prepare',
      { paths, settings, folder: made.folder },
      { signal, onEvent: (event) => step(event) },
    );
    const created = new Date().toISOString();
    const { sources, summary, fingerprint, system } = prepared;
    dataset = {
      formatVersion: 1,
      id: made.id,
      name,
      created,
      system,
      sources,
      settings,
      summary,
      fingerprint,
    };
    await core.entities.datasets.write(made.id, dataset);
  });
  return dataset!;
}

export function datasetsTopic(core: Core, opened: OpenedFiles) {
  const { os, entities, files, jobs, log } = core;

  return {
    preview: os.datasets.preview.handler(async ({ input, signal }) =>
      files.call(
        'previewPreparation',
        { paths: await opened.paths(input.file), settings: input.settings },
        { signal },
      ),
    ),
    prepare: os.datasets.prepare.handler(async ({ input: { files: ids, name, settings } }) => {
      const paths = (await Promise.all(ids.map((id) => opened.paths(id)))).flat();
      const made = await entities.datasets.create(name);
      const job = jobs.start(
        { kind: 'prepare', title: `Prepare ${name}`, subject: made.id },
        async (context) => {
          await makeDataset(core, made, name, paths, settings, context);
        },
      );
      return { job, dataset: made.id };
    }),
    list: os.datasets.list.handler(async () => {
      const { items, problems } = await entities.datasets.list();
      for (const problem of problems) log.warn({ err: problem }, 'A dataset was left out of the list.');
      return items;
    }),
    get: os.datasets.get.handler(({ input }) => entities.datasets.read(input.dataset)),
    remove: os.datasets.remove.handler(async ({ input: { dataset } }) => {
      const { items } = await entities.runs.list();
      const users = items.filter((run) => run.dataset === dataset).map((run) => run.name);
      if (users.length > 0)
        throw new DriftcastError(
          'conflict',
          `The dataset can't be deleted because ${users.length === 1 ? 'a run needs' : 'runs need'} it: ${users.slice(0, 5).join(', ')}.`,
          'Delete the runs first.',
        );
      if (jobs.isBusy(dataset))
        throw new DriftcastError('conflict', 'The dataset is still being made.', 'Cancel that job instead.');
      await entities.datasets.remove(dataset);
      return {};
    }),
    rhythm: os.datasets.rhythm.handler(async ({ input, signal }) =>
      files.call(
        'datasetRhythm',
        { datasetFolder: entities.datasets.folder(input.dataset), channel: input.channel },
        { signal },
      ),
    ),
  };
}
