/** Methods against each other on the same starts of the same data: the table of a paper, for any set of runs. */
import { z } from 'zod';
import { splitNames } from './dataset.ts';
import { evaluationSettingsSchema, forecastCostSchema, scoredMethodSchema, scoresSchema } from './scores.ts';

export const comparisonRequestSchema = z.object({
  runs: z.array(z.string()).min(1).max(40),
  split: z.enum(splitNames).default('test'),
  members: z.number().int().min(2).max(1000).default(20),
  /** A sample of so many starts drawn by the seed; null: all. */
  starts: z.number().int().min(1).nullable().default(null),
  /** Scored on this dataset; null: on the one that the runs were trained on. */
  dataset: z.string().nullable().default(null),
  /** Data steps; null: as trained. */
  horizon: z.number().int().min(1).nullable().default(null),
  schedule: z.string().nullable().default(null),
  seed: z.number().int().default(1),
  units: z.enum(['physical', 'normalised']).default('physical'),
  /** Score anew even where stored scores of the same settings exist. */
  fresh: z.boolean().default(false),
});

/** A trained run, or (without one) a method that needs no training. */
export const comparisonRowSchema = scoredMethodSchema.extend({
  run: z.string().nullable(),
  runName: z.string().nullable(),
  preset: z.string().nullable(),
  /** Network parameters; null for methods without networks. */
  parameters: z.number().int().nullable(),
  /** Of training, without pauses. */
  trainingSeconds: z.number().nullable(),
  trainingSeed: z.number().int().nullable(),
  schedule: z.string().nullable(),
  /** When it was scored. */
  scored: z.string(),
});

export const comparisonSchema = z.object({
  created: z.string(),
  settings: evaluationSettingsSchema.omit({ weights: true }),
  datasetName: z.string(),
  /** Data step as text, e.g. "1 month"; empty where unknown. */
  step: z.string(),
  rows: z.array(comparisonRowSchema),
  versions: z.record(z.string(), z.string()),
});

/** One sampling schedule of a run: what a forecast costs with it and how good it is. */
export const tradeoffPointSchema = z.object({
  /** Null: every step, as the run's settings say. */
  schedule: z.string().nullable(),
  cost: forecastCostSchema,
  scores: scoresSchema,
});

export const tradeoffSchema = z.object({
  run: z.string(),
  created: z.string(),
  settings: evaluationSettingsSchema.omit({ schedule: true }),
  /** From fewest network calls to most. */
  points: z.array(tradeoffPointSchema),
});

export type ComparisonRequest = z.infer<typeof comparisonRequestSchema>;
export type ComparisonRow = z.infer<typeof comparisonRowSchema>;
export type Comparison = z.infer<typeof comparisonSchema>;
export type TradeoffPoint = z.infer<typeof tradeoffPointSchema>;
export type Tradeoff = z.infer<typeof tradeoffSchema>;
