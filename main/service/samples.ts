/** Topic `samples`: the simulated files that come with Driftcast, opened with a model that forecasts them at once. */
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '#main/workspace/disk-errors.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Run } from '#shared/domain/run.ts';
import { type OpenedSample, type Sample, type SampleListing, sampleSchema } from '#shared/domain/sample.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { makeDataset } from './datasets.ts';
import type { JobContext } from './job-registry.ts';
import { JobResults } from './job-results.ts';
import { type ModelFolder, placeModel, readModel } from './models.ts';
import type { OpenedFiles } from './opened-files.ts';

/** A sample with the things it is made of. */
interface Found {
  sample: Sample;
  /** Absolute. */
  path: string;
  bytes: number;
  model: ModelFolder | null;
}

export function samplesTopic(core: Core, opened: OpenedFiles) {
  const { os, entities, jobs, log } = core;
  const results = new JobResults<OpenedSample>(jobs);

  async function open({ sample, path, bytes, model }: Found, context: JobContext): Promise<OpenedSample> {
    // One after the other, so that a double click does not make everything twice.
    await context.turn('samples');
    const token = await opened.tokenFor([path]);
    await opened.open([path]);
    let dataset = await datasetOf(core, sample, path, bytes);
    if (dataset === null) {
      const made = await entities.datasets.create(sample.title);
      dataset = await makeDataset(core, made, sample.title, [path], sample.preparation, context);
    }
    await opened.remember([path], token);
    let run = model && (await runOf(core, dataset, model));
    let missing = `No trained model comes with this installation for ${sample.title}; train one on the sample first.`;
    try {
      if (model !== null) run ??= await placeModel(core, model, dataset, context.signal);
    } catch (thrown) {
      // The data are worth having without it.
      if (!(thrown instanceof DriftcastError) || thrown.code === 'cancelled') throw thrown;
      log.error({ err: thrown, sample: sample.name }, 'A pretrained model cannot be placed.');
      missing = thrown.message;
    }
    return {
      name: sample.name,
      title: sample.title,
      token,
      dataset: dataset.id,
      start: dataset.summary.splits.test.firstTime + sample.opensAt,
      time: sample.opensAt,
      run: run?.id ?? null,
      missing: run === null ? missing : null,
    };
  }

  return {
    list: os.samples.list.handler(async () => Promise.all((await readSamples(core)).map(listing(core)))),
    open: os.samples.open.handler(async ({ input }) => {
      const all = await readSamples(core);
      const found = all.find(({ sample }) => sample.name === input.name);
      if (found === undefined)
        throw new DriftcastError(
          'not-found',
          `There is no sample "${input.name}".`,
          `Choose one of: ${all.map(({ sample }) => sample.name).join(', ')}.`,
        );
      const title = `Open the sample ${found.sample.title}`;
      const job = jobs.start({ kind: 'prepare', title, subject: null }, async (context) => {
        results.set(context.id, await open(found, context));
        log.info({ sample: input.name }, 'A sample was opened.');
      });
      return { job };
    }),
    result: os.samples.result.handler(({ input }) => results.get(input.job)),
  };
}

/** Every sample whose file is there, in order of name; broken ones are logged. */
async function readSamples({ resourcesFolder, log }: Core): Promise<Found[]> {
  const folder = join(resourcesFolder, 'samples');
  const found: Found[] = [];
  for (const name of await descriptionsIn(folder)) {
    try {
      const sample = sampleSchema.parse(JSON.parse(await readFile(join(folder, name), 'utf8')));
      const path = join(folder, sample.file);
      const { size } = await stat(path);
      found.push({ sample, path, bytes: size, model: await modelOf(sample) });
    } catch (thrown) {
      if (isMissing(thrown)) log.warn({ err: thrown, name }, 'The file of a sample is missing.');
      else log.error({ err: thrown, name }, 'A sample is broken.');
    }
  }
  return found;

  /** A damaged model must not keep anyone from the data. */
  async function modelOf({ name }: Sample): Promise<ModelFolder | null> {
    try {
      return await readModel(join(resourcesFolder, 'pretrained', name));
    } catch (thrown) {
      log.error({ err: thrown, name }, 'A pretrained model is broken.');
      return null;
    }
  }
}

async function descriptionsIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}

function listing(core: Core) {
  return async ({ sample, path, bytes, model }: Found): Promise<SampleListing> => {
    const dataset = await datasetOf(core, sample, path, bytes);
    const run = dataset && model && (await runOf(core, dataset, model));
    const { name, title, system, description } = sample;
    return {
      name,
      title,
      system,
      description,
      holds: sample.holds,
      bytes,
      dataset: dataset?.id ?? null,
      run: run?.id ?? null,
      model: model && { name: model.model.name, origin: model.model.origin },
    };
  };
}

/** The dataset that was made of this very file in this very way, if it is still there. */
async function datasetOf(
  { entities }: Core,
  { preparation }: Sample,
  path: string,
  bytes: number,
): Promise<Dataset | null> {
  const wanted = JSON.stringify(preparation);
  const { items } = await entities.datasets.list();
  const same = items.filter(
    ({ sources, settings }) =>
      sources.length === 1 &&
      sources[0]!.path === path &&
      sources[0]!.bytes === bytes &&
      JSON.stringify(settings) === wanted,
  );
  return same.at(-1) ?? null;
}

async function runOf({ entities }: Core, dataset: Dataset, { model }: ModelFolder): Promise<Run | null> {
  const { items } = await entities.runs.list();
  const placed = items.filter(
    (run) => run.dataset === dataset.id && run.pretrained?.weights === model.origin.weights,
  );
  return placed.at(-1) ?? null;
}
