/** An ensemble forecast on disk. */
import { z } from 'zod';
import { noted } from './label.ts';

export const forecastRequestSchema = z.object({
  run: z.string(),
  /** Another dataset than the one the run was trained on, with the same grid and channels; null: its own. */
  dataset: z.string().nullable().default(null),
  /** Initial conditions: indices on the dataset's time axis or ISO dates; 'last' is the newest frame. */
  starts: z.array(z.union([z.number().int(), z.string()])).min(1),
  members: z.number().int().min(1).max(1000).default(20),
  /** Data steps; null: the run's own horizon. Beyond it the forecast rolls out autoregressively. */
  horizon: z.number().int().min(1).max(100_000).nullable().default(null),
  /** Accelerated sampling schedule; null: as the run's settings say. */
  schedule: z.string().nullable().default(null),
  /** Extra real-valued leads in data steps, in (0, horizon). */
  leadTimes: z.array(z.number().positive()).default([]),
  seed: z.number().int().default(1),
  name: z.string().optional(),
});

/** Of truth and members over all leads, for one fixed colour scale. */
const valueRangeSchema = z.object({
  min: z.number(),
  max: z.number(),
  spreadMax: z.number(),
  errorMax: z.number(),
});

export const forecastSchema = z.object({
  formatVersion: z.literal(1),
  id: z.string(),
  name: z.string(),
  created: z.string(),
  run: z.string(),
  dataset: z.string(),
  datasetFingerprint: z.string(),
  method: z.string(),
  variable: z.string(),
  units: z.string(),
  members: z.number().int(),
  /** In data steps, ascending; real numbers are allowed. */
  leads: z.array(z.number()),
  /** One per initial condition: index on the dataset's time axis, date, and the valid dates by lead. */
  starts: z.array(
    z.object({
      timeIndex: z.number().int(),
      date: z.string(),
      validDates: z.array(z.string()),
      truth: z.boolean(),
    }),
  ),
  height: z.number().int(),
  width: z.number().int(),
  latitudes: z.array(z.number()).nullable(),
  longitudes: z.array(z.number()).nullable(),
  /** True where every cell has degrees of its own; else absent. */
  curvilinear: z.boolean().optional(),
  seconds: z.number(),
  networkCalls: z.number().int(),
  seed: z.number().int(),
  schedule: z.string().nullable(),
  /** Of the first channel. */
  valueRange: valueRangeSchema,
  /** Every channel, in the order of the dataset; absent in forecasts that know of the first one alone. */
  channels: z
    .array(
      z.object({
        name: z.string(),
        /** In the forecast's file. */
        variable: z.string(),
        longName: z.string(),
        units: z.string(),
        valueRange: valueRangeSchema,
      }),
    )
    .optional(),
  ...noted,
});

/** Values at one cell, or means over a box weighted by the area of cells, over the leads: for the fan chart. */
export const probeSchema = z.object({
  /** Of the cell; null for a box. */
  latitude: z.number().nullable(),
  longitude: z.number().nullable(),
  leads: z.array(z.number()),
  dates: z.array(z.string()),
  truth: z.array(z.number().nullable()),
  /** By lead: quantiles 0.05, 0.25, 0.5, 0.75, 0.95 of the members. */
  quantiles: z.array(z.array(z.number().nullable())),
  /** [member][lead] */
  members: z.array(z.array(z.number().nullable())),
  initial: z.number().nullable(),
  /** Of the box; 1 at a cell. */
  cells: z.number().int(),
  /** Of them, those that are forecast. */
  observed: z.number().int(),
});

export type ForecastRequest = z.infer<typeof forecastRequestSchema>;
export type Forecast = z.infer<typeof forecastSchema>;
export type Probe = z.infer<typeof probeSchema>;
