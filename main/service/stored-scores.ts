/** The newest scores of a run, kept beside it, so that a comparison needs no new evaluation. */
import { join } from 'node:path';
import { z } from 'zod';
import { type JsonFormat, readJsonIfPresent, writeJsonChecked } from '#main/workspace/checked-json.ts';
import type { Entities } from '#main/workspace/entities.ts';
import { scoredMethodSchema, scoresSchema } from '#shared/domain/scores.ts';

const storedSchema = z.object({
  formatVersion: z.literal(1),
  created: z.string(),
  split: z.string(),
  scores: scoresSchema,
  methods: z.array(scoredMethodSchema),
});
export type StoredScores = z.infer<typeof storedSchema>;

const format: JsonFormat<StoredScores> = { what: 'scores', version: 1, schema: storedSchema };

const path = (entities: Entities, run: string): string =>
  join(entities.runs.folder(run), 'scores', 'test.json');

export async function readScores(entities: Entities, run: string): Promise<StoredScores | null> {
  await entities.runs.read(run);
  return readJsonIfPresent(path(entities, run), format);
}

export function writeScores(entities: Entities, run: string, scores: StoredScores): Promise<void> {
  return writeJsonChecked(path(entities, run), format, scores);
}
