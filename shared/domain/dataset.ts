/** A prepared dataset: which cells and times of which file, how normalised, how split. */
import { z } from 'zod';

/** Degrees; `west > east` means the region crosses the date line. Index regions count cells from the file's first. */
export const regionSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('whole') }),
  z.object({
    kind: z.literal('box'),
    south: z.number(),
    north: z.number(),
    west: z.number(),
    east: z.number(),
  }),
  z.object({
    kind: z.literal('cells'),
    firstRow: z.number().int(),
    lastRow: z.number().int(),
    firstColumn: z.number().int(),
    lastColumn: z.number().int(),
  }),
]);

export const normalisationKinds = ['seasonal-anomaly', 'per-cell', 'per-channel', 'none'] as const;

/**
 * Dates are inclusive ISO prefixes in the file's calendar ("2017", "2017-06", "2017-06-30"); null means open.
 * Without dates the fractions rule: the series is cut in order into train, validation and test.
 */
export const periodSchema = z.object({ from: z.string().nullable(), to: z.string().nullable() });
export const splitSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fractions'), train: z.number(), validation: z.number(), test: z.number() }),
  z.object({ kind: z.literal('periods'), train: periodSchema, validation: periodSchema, test: periodSchema }),
]);

export const prepareSettingsSchema = z.object({
  variables: z.array(z.string()).min(1),
  region: regionSchema.default({ kind: 'whole' }),
  /** Only times in here are used at all. */
  period: periodSchema.default({ from: null, to: null }),
  split: splitSchema.default({ kind: 'fractions', train: 0.7, validation: 0.15, test: 0.15 }),
  horizon: z.number().int().min(2),
  normalisation: z.enum(normalisationKinds).default('seasonal-anomaly'),
  /** Cells missing only sometimes are interpolated in time over at most this many steps; longer gaps drop the window. */
  maxGapFill: z.number().int().min(0).default(2),
  /** Static and seasonal extra input channels. */
  extraChannels: z.array(z.enum(['season', 'latitude', 'land-mask'])).default([]),
  /** Fixed choices for dimensions that are neither time nor space, by name (index from 0). */
  slices: z.record(z.string(), z.number().int()).default({}),
});

export const splitNames = ['train', 'validation', 'test'] as const;

export const splitSummarySchema = z.object({
  /** Times of the series that belong to the split, as indices into the dataset's time axis, end exclusive. */
  firstTime: z.number().int(),
  endTime: z.number().int(),
  from: z.string(),
  to: z.string(),
  /** Number of windows of horizon + 1 times that lie wholly inside. */
  examples: z.number().int(),
  droppedForGaps: z.number().int(),
});

export const channelSchema = z.object({
  name: z.string(),
  longName: z.string(),
  standardName: z.string(),
  units: z.string(),
});

export const preparationSummarySchema = z.object({
  channels: z.array(channelSchema),
  height: z.number().int(),
  width: z.number().int(),
  times: z.number().int(),
  calendar: z.string(),
  step: z.string(),
  latitudes: z.array(z.number()).nullable(),
  longitudes: z.array(z.number()).nullable(),
  maskedCells: z.number().int(),
  filledValues: z.number().int(),
  memoryBytes: z.number(),
  splits: z.object({ train: splitSummarySchema, validation: splitSummarySchema, test: splitSummarySchema }),
  /** Share of the training variance that a seasonal cycle explains, 0–1; null where time has no calendar. */
  seasonalShare: z.number().nullable(),
  warnings: z.array(z.string()),
});

export const datasetSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  /** The system, which decides on presets and views. */
  system: z.enum(['sst', 'navier-stokes', 'spring-mesh', 'other']),
  sources: z.array(z.object({ path: z.string(), name: z.string(), bytes: z.number(), modified: z.string() })),
  settings: prepareSettingsSchema,
  summary: preparationSummarySchema,
  /** SHA-256 of the decoded values and the settings. */
  fingerprint: z.string(),
});

export type Region = z.infer<typeof regionSchema>;
export type Normalisation = (typeof normalisationKinds)[number];
export type SplitName = (typeof splitNames)[number];
export type PrepareSettings = z.infer<typeof prepareSettingsSchema>;
export type PreparationSummary = z.infer<typeof preparationSummarySchema>;
export type Dataset = z.infer<typeof datasetSchema>;
export type Channel = z.infer<typeof channelSchema>;
