/** Models that travel between workspaces: a finished run as a folder, and such a folder as a run on another dataset. */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from '#main/workspace/checked-json.ts';
import { entityFiles } from '#main/workspace/entities.ts';
import { replaceLines } from '#main/workspace/lines.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { TestScores } from '#shared/domain/pretrained.ts';
import type { Run } from '#shared/domain/run.ts';
import { type Model, modelSchema } from '#shared/domain/sample.ts';
import { type Evaluation, evaluationSchema } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type Core, makeEntity } from './core.ts';
import { newestOfRun, writeEvaluation } from './stored-scores.ts';

const files = { model: 'model.json', weights: 'weights.safetensors', scores: 'scores.json' } as const;
const modelFormat: JsonFormat<Model> = { what: 'model', version: 1, schema: modelSchema };
const scoresFormat: JsonFormat<Evaluation> = { what: 'scores', version: 2, schema: evaluationSchema };

export interface ModelFolder {
  folder: string;
  model: Model;
}

/** Null where the folder holds no model. @throws DriftcastError `damaged-file` where it holds half a one. */
export async function readModel(folder: string): Promise<ModelFolder | null> {
  const model = await readJsonIfPresent(join(folder, files.model), modelFormat);
  return model && { folder, model };
}

/**
 * Writes a finished run as a folder that forecasts elsewhere: settings and provenance, weights with the normalisation,
 * and the scores on the test split, where the run has any.
 * @throws DriftcastError `conflict` for a run that is not finished
 */
export async function packModel(
  core: Core,
  id: string,
  folder: string,
  signal?: AbortSignal,
): Promise<Model> {
  const { entities, log } = core;
  const run = await entities.runs.read(id);
  if (run.status !== 'finished')
    throw new DriftcastError('conflict', `${run.name} is ${run.status}.`, 'Finish its training first.');
  const dataset = await entities.datasets.read(run.dataset);
  const packed = await core.files.call(
    'packModel',
    {
      runFolder: entities.runs.folder(id),
      datasetFolder: entities.datasets.folder(dataset.id),
      path: join(folder, files.weights),
    },
    { signal },
  );
  const stored = await newestOfRun(entities, id, (thrown) => log.warn({ err: thrown }));
  const { normalisation, ...weights } = packed;
  const model: Model = {
    formatVersion: 1,
    name: run.name,
    origin: run.pretrained ?? {
      trainedOn: dataset.name,
      fingerprint: run.datasetFingerprint,
      created: run.created,
      weights: weights.sha256,
      test: stored && testScores(stored),
    },
    run,
    settings: run.settings,
    metrics: await entities.metrics(id),
    data: await describeData(core, dataset),
    normalisation,
    weights,
  };
  if (stored !== null && run.pretrained === undefined) {
    const { id: _id, ...evaluation } = stored;
    // The dataset does not travel, so its name has to say which one it was.
    const settings = { ...evaluation.settings, dataset: dataset.name };
    await writeJsonChecked(join(folder, files.scores), scoresFormat, { ...evaluation, settings });
  }
  await writeJsonChecked(join(folder, files.model), modelFormat, modelSchema.parse(model));
  return model;
}

function testScores({ scores, methods }: Evaluation): TestScores {
  const { overall, intervals } = scores;
  const interval = intervals?.overall.fairCrps;
  return {
    units: scores.units,
    members: scores.members,
    starts: scores.starts,
    fairCrps: overall.fairCrps,
    interval: interval ? { ...interval, level: intervals.level } : null,
    correctedSsr: overall.correctedSsr,
    mse: overall.mse,
    references: Object.fromEntries(
      methods.slice(1).map(({ method, scores: other }) => [method, other.overall.fairCrps]),
    ),
  };
}

async function describeData(core: Core, dataset: Dataset): Promise<Model['data']> {
  const { system, summary, settings, sources } = dataset;
  const { channels, height, width, masks = [] } = summary;
  return {
    system,
    channels: channels.map(({ name, units }) => ({ name, units })),
    height,
    width,
    masks,
    preparation: settings,
    sources: await Promise.all(
      sources.map(async ({ name, path }) => ({ name, simulation: await simulationOf(core, path) })),
    ),
  };
}

/** What a simulated file says of itself; null for other files, and for those that are gone. */
async function simulationOf({ files: lane }: Core, path: string): Promise<Record<string, unknown> | null> {
  try {
    await stat(path);
    const { attributes } = await lane.call('inspect', { paths: [path], statistics: false });
    return JSON.parse(attributes.driftcast_simulation ?? 'null');
  } catch {
    return null;
  }
}

/**
 * Makes a finished run of a model on a dataset that it fits. Its scores come along, under the name of the data that it
 * was trained on: they say nothing about this dataset.
 * @throws DriftcastError `bad-input` where the dataset does not fit, `damaged-file`
 */
export async function placeModel(
  core: Core,
  { folder, model }: ModelFolder,
  dataset: Dataset,
  signal?: AbortSignal,
): Promise<Run> {
  const { entities, files: lane } = core;
  checkFit(model, dataset);
  const made = await entities.runs.create(model.name);
  const run: Run = {
    formatVersion: 1,
    id: made.id,
    name: model.name,
    created: new Date().toISOString(),
    dataset: dataset.id,
    datasetFingerprint: dataset.fingerprint,
    ...model.run,
    settings: model.settings,
    parent: null,
    status: 'finished',
    stage: model.metrics.at(-1)?.stage ?? null,
    problem: null,
    pretrained: model.origin,
  };
  await makeEntity(core, { kind: 'run', ...made }, 'being placed', async () => {
    await lane.call(
      'placeModel',
      {
        path: join(folder, files.weights),
        sha256: model.weights.sha256,
        normalisation: model.normalisation,
        runFolder: made.folder,
      },
      { signal },
    );
    await replaceLines(join(made.folder, entityFiles.metrics), model.metrics);
    await entities.runs.write(made.id, run);
    const scores = await readJsonIfPresent(join(folder, files.scores), scoresFormat);
    if (scores !== null) await writeEvaluation(entities, { ...scores, run: made.id, runName: run.name });
  });
  return run;
}

function checkFit({ name, data }: Model, dataset: Dataset): void {
  const { summary, settings } = dataset;
  const told = (
    {
      channels,
      height,
      width,
      masks = [],
    }: Pick<Dataset['summary'], 'height' | 'width' | 'masks'> & {
      channels: readonly { name: string }[];
    },
    { horizon, extraChannels }: Dataset['settings'],
  ) => {
    const inputs = [...masks, ...extraChannels].join(', ');
    const names = channels.map((channel) => channel.name).join(', ');
    return `${names} on ${height} × ${width} cells${inputs === '' ? '' : ` with ${inputs}`}, ${horizon} steps ahead`;
  };
  const model = told(data, data.preparation);
  const own = told(summary, settings);
  if (model !== own)
    throw new DriftcastError(
      'bad-input',
      `${name} forecasts ${model}; ${dataset.name} has ${own}.`,
      'Prepare the data as those that the model was trained on.',
    );
}
