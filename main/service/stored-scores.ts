/**
 * Scores of a run, kept beside it so that a comparison needs no new evaluation: one file for each combination of
 * dataset, split, members, starts, schedule, horizon and units, with those settings in it.
 */
import { readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { z } from 'zod';
import { binarySumSchema } from '#main/workspace/checked-binary.ts';
import {
  type JsonFormat,
  readJsonChecked,
  readJsonIfPresent,
  sha256,
  writeJsonChecked,
} from '#main/workspace/checked-json.ts';
import { diskError, isMissing } from '#main/workspace/disk-errors.ts';
import { type Entities, entityFiles } from '#main/workspace/entities.ts';
import {
  type Evaluation,
  type EvaluationSettings,
  evaluationSchema,
  scoredMethodSchema,
  scoresSchema,
} from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';

export interface StoredEvaluation extends Evaluation {
  /** Names it among those of its run. */
  id: string;
}

const format: JsonFormat<Evaluation> = { what: 'scores', version: 2, schema: evaluationSchema };

/** Of the first version there is at most one file, which does not say how it came about. */
const firstFormat = {
  what: 'scores',
  version: 1,
  schema: z.object({
    created: z.string(),
    scores: scoresSchema,
    methods: z.array(scoredMethodSchema),
  }),
} satisfies JsonFormat<unknown>;
const firstFile = 'test.json';

const folderOf = (entities: Entities, run: string): string => join(entities.runs.folder(run), 'scores');

/** The same settings get the same name, so that a new evaluation replaces the old one. */
export function evaluationId(settings: EvaluationSettings): string {
  const { split, units, horizon, members, starts, schedule } = settings;
  const { weights: _weights, ...rest } = settings;
  const ordered = JSON.stringify(Object.entries(rest).sort(([a], [b]) => a.localeCompare(b)));
  const words = [split, units, `h${horizon}`, `m${members}`, starts ?? 'all', schedule ?? 'every-step'];
  return `${words
    .join('-')
    .replace(/[^\w.-]/g, '_')
    .slice(0, 90)}-${sha256(ordered).slice(0, 8)}`;
}

/** SHA-256 of the weights that a run forecasts with; empty while it has none. */
export async function weightsOf(entities: Entities, run: string): Promise<string> {
  const path = join(entities.runs.folder(run), entityFiles.checkpoints, 'best.json');
  const sums: JsonFormat<z.infer<typeof binarySumSchema>> = {
    what: 'checkpoint',
    version: 1,
    schema: binarySumSchema,
  };
  return (await readJsonIfPresent(path, sums))?.fileSha256 ?? '';
}

export async function writeEvaluation(entities: Entities, evaluation: Evaluation): Promise<StoredEvaluation> {
  const id = evaluationId(evaluation.settings);
  await writeJsonChecked(join(folderOf(entities, evaluation.run), `${id}.json`), format, evaluation);
  return { id, ...evaluation };
}

/** Everything the run was scored on, newest first. Files that can't be read are told to `warn` and left out. */
export async function listEvaluations(
  entities: Entities,
  run: string,
  warn: (thrown: unknown) => void,
): Promise<StoredEvaluation[]> {
  await entities.runs.read(run);
  const folder = folderOf(entities, run);
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw diskError(thrown, 'read', folder);
  }
  const found: StoredEvaluation[] = [];
  for (const name of names.filter((each) => each.endsWith('.json') && !each.startsWith('.'))) {
    try {
      const path = join(folder, name);
      const content =
        name === firstFile ? await readFirst(entities, run, path) : await readJsonChecked(path, format);
      // The folder counts, so that a copied run has scores of its own.
      found.push({ ...content, run, id: basename(name, '.json') });
    } catch (thrown) {
      warn(thrown);
    }
  }
  return found.sort((a, b) => b.created.localeCompare(a.created));
}

/** @throws DriftcastError `not-found` */
export async function readEvaluation(entities: Entities, run: string, id: string): Promise<StoredEvaluation> {
  const all = await listEvaluations(entities, run, () => {});
  const found = all.find((each) => each.id === id);
  if (found) return found;
  throw new DriftcastError('not-found', 'There are no such scores of this run.', 'Score the run again.');
}

/** The newest on the test split of the run's own dataset, as trained, in physical units; null when there is none. */
export async function newestOfRun(
  entities: Entities,
  run: string,
  warn: (thrown: unknown) => void,
): Promise<StoredEvaluation | null> {
  const { dataset } = await entities.runs.read(run);
  const all = await listEvaluations(entities, run, warn);
  const usual = all.filter(
    ({ settings }) =>
      settings.split === 'test' && settings.units === 'physical' && settings.dataset === dataset,
  );
  return usual[0] ?? null;
}

async function readFirst(entities: Entities, run: string, path: string): Promise<Evaluation> {
  const { created, scores, methods } = await readJsonChecked(path, firstFormat);
  const { dataset, datasetFingerprint, name } = await entities.runs.read(run);
  const examples = await entities.datasets.read(dataset).then(
    ({ summary }) => summary.splits.test.examples,
    () => null,
  );
  return {
    run,
    runName: name,
    created,
    scores,
    methods,
    settings: {
      dataset,
      datasetFingerprint,
      weights: 'unknown',
      split: 'test',
      members: scores.members,
      starts: scores.starts === examples ? null : scores.starts,
      seed: 1,
      schedule: null,
      horizon: scores.byLead.at(-1)?.lead ?? 1,
      units: 'physical',
    },
  };
}
