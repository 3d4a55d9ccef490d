/** What a model that was trained elsewhere brings along besides its weights: where it comes from, how values are normalised. */
import { z } from 'zod';
import { normalisationKinds } from './dataset.ts';
import { intervalSchema } from './scores.ts';

/** How good a model was on the test split of the data that it was trained on. */
export const testScoresSchema = z.object({
  units: z.string(),
  members: z.number().int(),
  starts: z.number().int(),
  fairCrps: z.number(),
  /** Bootstrap interval of the fair CRPS, and the probability inside. */
  interval: intervalSchema.extend({ level: z.number() }).nullable(),
  correctedSsr: z.number().nullable(),
  mse: z.number(),
  /** Fair CRPS of the forecasts that need no training, by their names. */
  references: z.record(z.string(), z.number()),
});

export const pretrainedSchema = z.object({
  /** Name of the dataset it was trained on, which need not be in this workspace. */
  trainedOn: z.string(),
  /** Of that dataset. */
  fingerprint: z.string(),
  created: z.string(),
  /** SHA-256 of the file of weights. */
  weights: z.string(),
  test: testScoresSchema.nullable(),
});

/** Terms of a seasonal cycle; how they are evaluated is told in main/data/prepared/seasonal.ts. */
export const seasonalBasisSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('months') }),
  z.object({ kind: z.literal('harmonics'), count: z.number().int() }),
]);

export const normalisationShapeSchema = z.object({
  normalisation: z.enum(normalisationKinds),
  /** Of the seasonal coefficients. */
  basis: seasonalBasisSchema,
  height: z.number().int(),
  width: z.number().int(),
  channels: z.number().int(),
});

export type TestScores = z.infer<typeof testScoresSchema>;
export type Pretrained = z.infer<typeof pretrainedSchema>;
export type NormalisationShape = z.infer<typeof normalisationShapeSchema>;
