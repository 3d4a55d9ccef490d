/** A prepared dataset: which cells and times of which file, how normalised, how split. */
import { z } from 'zod';
import { noted } from './label.ts';

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

/** Dates are inclusive ISO prefixes in the file's calendar ("2017", "2017-06", "2017-06-30"); null means open. */
export const periodSchema = z.object({ from: z.string().nullable(), to: z.string().nullable() });
/**
 * Fractions cut the series in order into train, validation and test: a time line between its times, trajectories
 * between whole ones, at least one each where there are enough. Trajectories can also be counted out, in order.
 */
export const splitSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('fractions'), train: z.number(), validation: z.number(), test: z.number() }),
  z.object({ kind: z.literal('periods'), train: periodSchema, validation: periodSchema, test: periodSchema }),
  z.object({
    kind: z.literal('trajectories'),
    train: z.number().int().min(0),
    validation: z.number().int().min(0),
    test: z.number().int().min(0),
  }),
]);

/** What to do about times that are not regular. Steps are texts like "1d", "6h", "1mo", or numbers in the file's units. */
export const irregularChoiceSchema = z.discriminatedUnion('kind', [
  /** Means over equal steps; steps without data are missing. */
  z.object({ kind: z.literal('resample-mean'), step: z.string().max(40) }),
  /** Linear in time, but not across gaps longer than what may be filled. */
  z.object({ kind: z.literal('interpolate'), step: z.string().max(40) }),
  /** Windows lie between the gaps. */
  z.object({ kind: z.literal('split') }),
  /** The longest regular stretch alone. */
  z.object({ kind: z.literal('cut') }),
]);

export const prepareSettingsSchema = z.object({
  variables: z.array(z.string()).min(1),
  region: regionSchema.default({ kind: 'whole' }),
  /** Only times in here are used at all. */
  period: periodSchema.default({ from: null, to: null }),
  split: splitSchema.default({ kind: 'fractions', train: 0.7, validation: 0.15, test: 0.15 }),
  horizon: z.number().int().min(2),
  normalisation: z.enum(normalisationKinds).default('seasonal-anomaly'),
  /** Absent: irregular times are refused. */
  irregular: irregularChoiceSchema.optional(),
  /** Cells missing only sometimes are interpolated in time over at most this many steps; longer gaps drop the window. */
  maxGapFill: z.number().int().min(0).default(2),
  /** Static and seasonal extra input channels. */
  extraChannels: z.array(z.enum(['season', 'latitude', 'land-mask'])).default([]),
  /** Static fields of the file that become extra input channels, by name; absent: those that the file itself names. */
  masks: z.array(z.string()).optional(),
  /** Every how many steps a training window begins, counted from the start of its trajectory or split; absent: 1. */
  stride: z.number().int().min(1).optional(),
  /** Fixed choices for dimensions that are neither time nor space, by name (index from 0); a trajectory may be fixed too. */
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
  /** Number of trajectories; absent where the series is one time line. */
  trajectories: z.number().int().optional(),
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
  /** Of all trajectories together. */
  times: z.number().int(),
  /** How many there are one after the other on the time axis, and the times of each; absent for one time line. */
  trajectories: z.object({ count: z.number().int(), length: z.number().int() }).optional(),
  /** Number of stretches without a gap that windows lie in; absent where time has no gap. */
  stretches: z.number().int().optional(),
  /** Static fields among the extra input channels. */
  masks: z.array(z.string()).optional(),
  calendar: z.string(),
  step: z.string(),
  latitudes: z.array(z.number()).nullable(),
  longitudes: z.array(z.number()).nullable(),
  /** True where every cell has degrees of its own; else absent. */
  curvilinear: z.boolean().optional(),
  maskedCells: z.number().int(),
  filledValues: z.number().int(),
  memoryBytes: z.number(),
  splits: z.object({ train: splitSummarySchema, validation: splitSummarySchema, test: splitSummarySchema }),
  /** Share of the training variance that a seasonal cycle explains, 0–1; null where time has no calendar. */
  seasonalShare: z.number().nullable(),
  warnings: z.array(z.string()),
});

export const systems = ['sst', 'navier-stokes', 'spring-mesh', 'other'] as const;

export const datasetSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  /** The system, which decides on presets and views. */
  system: z.enum(systems),
  sources: z.array(z.object({ path: z.string(), name: z.string(), bytes: z.number(), modified: z.string() })),
  settings: prepareSettingsSchema,
  summary: preparationSummarySchema,
  /** SHA-256 of the decoded values and the settings. */
  fingerprint: z.string(),
  ...noted,
});

export type Split = z.infer<typeof splitSchema>;
export type IrregularChoice = z.infer<typeof irregularChoiceSchema>;
export type Region = z.infer<typeof regionSchema>;
export type Normalisation = (typeof normalisationKinds)[number];
export type SplitName = (typeof splitNames)[number];
export type PrepareSettings = z.infer<typeof prepareSettingsSchema>;
export type PreparationSummary = z.infer<typeof preparationSummarySchema>;
export type Dataset = z.infer<typeof datasetSchema>;
export type Channel = z.infer<typeof channelSchema>;
