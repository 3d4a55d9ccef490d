/** Scores of ensemble forecasts, as `evaluate` prints them and the Compare place shows them. */
import { z } from 'zod';

/** Over the cells that are not masked; in the units that the whole table states. */
export const scoreSetSchema = z.object({
  /** CRPS with the pair term over M(M−1). */
  fairCrps: z.number(),
  /** sqrt((M+1)/M) · sqrt(mean unbiased variance) / RMSE of the mean; null where it is undefined (one member, no error). */
  correctedSsr: z.number().nullable(),
  /** Of the ensemble mean. */
  mse: z.number(),
  rmse: z.number(),
  /** The estimators of the paper: biased pair term, population variance. */
  paper: z.object({ crps: z.number(), ssr: z.number().nullable(), mse: z.number() }),
});

export const scoresSchema = z.object({
  members: z.number().int(),
  starts: z.number().int(),
  units: z.string(),
  overall: scoreSetSchema,
  byLead: z.array(scoreSetSchema.extend({ lead: z.number() })),
  /** Counts of the truth's rank among M members: M + 1 numbers. */
  rankHistogram: z.array(z.number().int()),
});

/** A row of the comparison: the forecast itself or a reference that any forecast must beat. */
export const scoredMethodSchema = z.object({ method: z.string(), title: z.string(), scores: scoresSchema });

export type ScoreSet = z.infer<typeof scoreSetSchema>;
export type Scores = z.infer<typeof scoresSchema>;
export type ScoredMethod = z.infer<typeof scoredMethodSchema>;
