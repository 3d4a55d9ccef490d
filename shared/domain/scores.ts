/** Scores of ensemble forecasts, as `evaluate` prints them and the Compare place shows them. */
import { z } from 'zod';
import { splitNames } from './dataset.ts';

/** Over the cells that are not masked; in the units that the whole table states. */
export const scoreSetSchema = z.object({
  /** CRPS with the pair term over M(M−1). */
  fairCrps: z.number(),
  /** sqrt((M+1)/M) · sqrt(mean unbiased variance) / RMSE of the mean; null where it is undefined (one member, no error). */
  correctedSsr: z.number().nullable(),
  /** Of the ensemble mean. */
  mse: z.number(),
  rmse: z.number(),
  /** sqrt((M+1)/M · mean unbiased variance): what the RMSE of a reliable ensemble would be; null with one member. */
  spread: z.number().nullable().default(null),
  /** Anomaly correlation of the ensemble mean with the truth; null where no climatology is known. */
  acc: z.number().nullable().default(null),
  /** Share of truths inside the central 50 % and 90 % intervals of the ensemble; null with one member. */
  coverage50: z.number().nullable().default(null),
  coverage90: z.number().nullable().default(null),
  /** The estimators of the paper: biased pair term, population variance. */
  paper: z.object({ crps: z.number(), ssr: z.number().nullable(), mse: z.number() }),
});

export const intervalSchema = z.object({ low: z.number(), high: z.number() });

/** Scores that have an interval, by the names used here; the paper's estimators carry its name. */
export const scoreNames = [
  'fairCrps',
  'correctedSsr',
  'mse',
  'rmse',
  'spread',
  'acc',
  'coverage50',
  'coverage90',
  'paperCrps',
  'paperSsr',
] as const;

/** Null where the score is undefined. */
const intervalSetSchema = z.record(z.enum(scoreNames), intervalSchema.nullable());

/** Percentile intervals from resampling initial conditions with replacement. */
export const scoreIntervalsSchema = z.object({
  /** Probability inside each interval, e.g. 0.95. */
  level: z.number(),
  draws: z.number().int(),
  overall: intervalSetSchema,
  /** In the order of the scores by lead. */
  byLead: z.array(intervalSetSchema),
});

export const scoresSchema = z.object({
  members: z.number().int(),
  starts: z.number().int(),
  units: z.string(),
  overall: scoreSetSchema,
  byLead: z.array(scoreSetSchema.extend({ lead: z.number() })),
  /** Counts of the truth's rank among M members: M + 1 numbers. */
  rankHistogram: z.array(z.number().int()),
  /** Null with fewer than two initial conditions. */
  intervals: scoreIntervalsSchema.nullable().default(null),
});

/**
 * Radially averaged power spectra of one variable, mean over initial conditions. Fields are tapered (Hann) after
 * masked cells were filled with the mean of the others, which was then taken out.
 */
export const spectrumSchema = z.object({
  channel: z.string(),
  /** Of the power: the field's units squared. */
  units: z.string(),
  /** Middle of each ring, cycles per cell. */
  wavenumbers: z.array(z.number()),
  /** Mean power of a mode in each ring: of the truth, of the ensemble mean, and of members on average. */
  byLead: z.array(
    z.object({
      lead: z.number(),
      truth: z.array(z.number()),
      mean: z.array(z.number()),
      members: z.array(z.number()),
    }),
  ),
});

/** What one ensemble forecast takes. */
export const forecastCostSchema = z.object({
  /** Wall seconds of one ensemble forecast from one start, median over starts. */
  seconds: z.number(),
  /** Network evaluations that one member takes; a call shared by all members counts once. */
  networkCalls: z.number(),
});

/** A row of the comparison: the forecast itself or a reference that any forecast must beat. */
export const scoredMethodSchema = z.object({
  method: z.string(),
  title: z.string(),
  scores: scoresSchema,
  cost: forecastCostSchema.nullable().default(null),
  spectra: z.array(spectrumSchema).default([]),
});

/** What decides the outcome of scoring a run, so that stored scores are found again. */
export const evaluationSettingsSchema = z.object({
  dataset: z.string(),
  datasetFingerprint: z.string(),
  /** SHA-256 of the weights; empty where unknown. */
  weights: z.string(),
  split: z.enum(splitNames),
  members: z.number().int(),
  /** Null: all of the split; a number: a sample drawn by the seed. */
  starts: z.number().int().nullable(),
  seed: z.number().int(),
  /** Null: as the run's own settings say. */
  schedule: z.string().nullable(),
  /** Data steps. */
  horizon: z.number().int(),
  units: z.enum(['physical', 'normalised']),
});

/** Scores of a run with what they rest on; the first method is the run's own. */
export const evaluationSchema = z.object({
  run: z.string(),
  runName: z.string(),
  created: z.string(),
  settings: evaluationSettingsSchema,
  scores: scoresSchema,
  methods: z.array(scoredMethodSchema),
});

export type Interval = z.infer<typeof intervalSchema>;
export type ScoreName = (typeof scoreNames)[number];
export type IntervalSet = z.infer<typeof intervalSetSchema>;
export type ScoreIntervals = z.infer<typeof scoreIntervalsSchema>;
export type ScoreSet = z.infer<typeof scoreSetSchema>;
export type Scores = z.infer<typeof scoresSchema>;
export type Spectrum = z.infer<typeof spectrumSchema>;
export type ForecastCost = z.infer<typeof forecastCostSchema>;
export type ScoredMethod = z.infer<typeof scoredMethodSchema>;
export type EvaluationSettings = z.infer<typeof evaluationSettingsSchema>;
export type Evaluation = z.infer<typeof evaluationSchema>;

/** A score by its name; the one place that knows where the paper's estimators lie. */
export function scoreOf(set: ScoreSet, name: ScoreName): number | null {
  if (name === 'paperCrps') return set.paper.crps;
  if (name === 'paperSsr') return set.paper.ssr;
  return set[name];
}
