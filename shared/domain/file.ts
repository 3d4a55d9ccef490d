/** What an opened data file holds, as `inspect` and the Data place show it. */
import { z } from 'zod';

export const fileFormats = [
  'netcdf3-classic',
  'netcdf3-64bit-offset',
  'netcdf3-cdf5',
  'netcdf4',
  'hdf5',
  'zarr',
  'nn-benchmark',
] as const;

export const timeSummarySchema = z.object({
  /** ISO 8601 in the file's own calendar, e.g. 2010-02-30T00:00:00 in a 360_day calendar. */
  first: z.string(),
  last: z.string(),
  count: z.number().int(),
  /** Words: "1 month", "1 day", "6 hours", or "irregular". */
  step: z.string(),
  regular: z.boolean(),
  /** Of times that are irregular but in order: what is wrong in words, and a step to resample them to. */
  irregular: z.object({ problem: z.string(), suggestedStep: z.string() }).optional(),
});

export const axisSummarySchema = z.object({
  name: z.string(),
  /** What the dimension means; `other` covers level, member, depth and the like. */
  role: z.enum(['time', 'latitude', 'longitude', 'y', 'x', 'trajectory', 'other']),
  size: z.number().int(),
  units: z.string(),
  first: z.number().nullable(),
  last: z.number().nullable(),
  /** All coordinate values of a dimension that is neither time nor space, for whoever has to choose one of them. */
  values: z.array(z.number().nullable()).optional(),
});

export const variableSummarySchema = z.object({
  name: z.string(),
  longName: z.string(),
  standardName: z.string(),
  units: z.string(),
  shape: z.array(z.number().int()),
  dims: z.array(z.string()),
  type: z.string(),
  axes: z.array(axisSummarySchema),
  calendar: z.string().nullable(),
  times: timeSummarySchema.nullable(),
  /** Statistics over decoded values; null where they were not asked for or could not be had. */
  missingFraction: z.number().nullable(),
  alwaysMissingCells: z.number().int().nullable(),
  min: z.number().nullable(),
  max: z.number().nullable(),
  mean: z.number().nullable(),
  forecastable: z.boolean(),
  /** Whether there is a map to look at: rows and columns of numbers that do not merely describe other variables. */
  viewable: z.boolean(),
  /** Why the variable can't be forecast, in one sentence. */
  reason: z.string().optional(),
});

export const fileSummarySchema = z.object({
  name: z.string(),
  format: z.enum(fileFormats),
  bytes: z.number(),
  title: z.string(),
  attributes: z.record(z.string(), z.string()),
  variables: z.array(variableSummarySchema),
  warnings: z.array(z.string()),
  /** Of several files that were opened as one: how many, and in a sentence what was joined. */
  joined: z
    .object({
      files: z.number().int(),
      words: z.string(),
      /** Stands for the content of all files: another one once any of them has changed. */
      state: z.string(),
    })
    .optional(),
});

export type FileFormat = (typeof fileFormats)[number];
export type AxisSummary = z.infer<typeof axisSummarySchema>;
export type VariableSummary = z.infer<typeof variableSummarySchema>;
export type FileSummary = z.infer<typeof fileSummarySchema>;
