/**
 * The contract between every face of Driftcast (window, browser, command line) and the service: each call
 * with its payloads. Implemented once in main/service, carried by three transports, validated at the border.
 */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import { comparisonRequestSchema, comparisonSchema, tradeoffSchema } from '../domain/comparison.ts';
import {
  datasetSchema,
  preparationSummarySchema,
  prepareSettingsSchema,
  splitNames,
} from '../domain/dataset.ts';
import { fileSummarySchema } from '../domain/file.ts';
import { forecastRequestSchema, forecastSchema, probeSchema } from '../domain/forecast.ts';
import { jobSchema } from '../domain/job.ts';
import { labelSchema } from '../domain/label.ts';
import { cellBoxSchema, gridCellSchema, placeSeriesSchema, transectSchema } from '../domain/place.ts';
import { epochMetricsSchema, runSchema, stageNames } from '../domain/run.ts';
import { openedSampleSchema, sampleListingSchema } from '../domain/sample.ts';
import {
  evaluationSchema,
  evaluationSettingsSchema,
  scoredMethodSchema,
  scoresSchema,
} from '../domain/scores.ts';
import { presetSchema, trainSettingsSchema } from '../domain/settings.ts';
import { doctorSchema, referenceReportSchema } from '../domain/system.ts';
import { simulations } from './simulations.ts';

/** Any call may fail; what crosses the border then is an `ErrorData` (shared/errors.ts), never a bare exception. */
const call = oc;

const id = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/);
const started = z.object({ job: id });

/** A file that the service opened and remembers under an opaque id; the page never sees its path. */
export const openFileSchema = z.object({ id, summary: fileSummarySchema, opened: z.string() });
export type OpenFile = z.infer<typeof openFileSchema>;

/** What a path names: only the command line and native pickers have one; the browser uploads instead. */
const filePath = z.string().min(1).max(4096);

/** How far opening has come, and in the end what was opened; the token opens the same again. */
export const openingSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), fraction: z.number().nullable(), message: z.string() }),
  z.object({ kind: z.literal('opened'), file: openFileSchema, token: id }),
]);

const mostPaths = 100_000;

/** How far reading has come, and in the end what was read. */
export const placeSeriesEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), fraction: z.number().nullable() }),
  z.object({ kind: z.literal('series'), series: placeSeriesSchema }),
]);

/** A value at every time, and the dates. */
export const rhythmSchema = z.object({ dates: z.array(z.string()), means: z.array(z.number().nullable()) });

const files = {
  /** Opens by path. Refused for browser pages, which upload (`/uploads`) or pick from `browse`. */
  open: call
    .input(z.object({ path: filePath, statistics: z.boolean().default(false) }))
    .output(openFileSchema),
  /** Opens what the shell already resolved: an upload, a drop, a picker entry or a recent file, by its token. */
  openToken: call.input(z.object({ token: id })).output(openFileSchema),
  /**
   * Opens several files and folders as one series, or one of them, and tells how far reading has come; whoever leaves
   * the stream cancels. Paths as in `open`, tokens as in `openToken`.
   */
  openSeries: call
    .input(
      z.object({
        paths: z.array(filePath).max(mostPaths).default([]),
        tokens: z.array(id).max(mostPaths).default([]),
        statistics: z.boolean().default(false),
      }),
    )
    .output(eventIterator(openingSchema)),
  recent: call.output(
    z.array(z.object({ token: id, name: z.string(), folder: z.string(), opened: z.string() })),
  ),
  /** Statistics of one variable, read by slab: fills in the nulls of the summary. */
  statistics: call
    .input(z.object({ file: id, variable: z.string() }))
    .output(fileSummarySchema.shape.variables.element),
  /**
   * Mean over the grid at every time (null: all missing), with dates in the file's calendar: the time line's rhythm. Of
   * more than 256 MiB it is known at evenly spaced times, and drawn straight between them.
   */
  rhythm: call
    .input(
      z.object({
        file: id,
        variable: z.string(),
        slices: z.record(z.string(), z.number().int()).default({}),
      }),
    )
    .output(rhythmSchema),
  /**
   * Every value over time at a cell (a box of one) or of the mean over a box, cells weighted by the cosine of latitude
   * where the grid has degrees; missing ones do not count. Whoever leaves the stream cancels.
   */
  series: call
    .input(
      z.object({
        file: id,
        variable: z.string(),
        box: cellBoxSchema,
        slices: z.record(z.string(), z.number().int()).default({}),
      }),
    )
    .output(eventIterator(placeSeriesEventSchema)),
  /** Dates of a variable's times, in the file's calendar; one empty one where it has none. */
  times: call
    .input(z.object({ file: id, variable: z.string() }))
    .output(z.object({ dates: z.array(z.string()) })),
  /**
   * Grid of a variable as the map needs it; null where rows and columns are no latitudes and longitudes. Those of single
   * cells, where the grid is curvilinear, are fields (`CellDegrees`).
   */
  grid: call.input(z.object({ file: id, variable: z.string() })).output(
    z.object({
      height: z.number().int(),
      width: z.number().int(),
      latitudes: z.array(z.number()).nullable(),
      longitudes: z.array(z.number()).nullable(),
      curvilinear: z.boolean(),
    }),
  ),
};

const datasets = {
  preview: call
    .input(z.object({ file: id, settings: prepareSettingsSchema }))
    .output(preparationSummarySchema),
  prepare: call
    .input(
      z.object({
        files: z.array(id).min(1),
        name: z.string().min(1).max(120),
        settings: prepareSettingsSchema,
      }),
    )
    .output(started.extend({ dataset: id })),
  list: call.output(z.array(datasetSchema)),
  get: call.input(z.object({ dataset: id })).output(datasetSchema),
  remove: call.input(z.object({ dataset: id })).output(z.object({})),
  /** Regional mean at every time of the dataset, with dates. */
  rhythm: call.input(z.object({ dataset: id, channel: z.number().int().default(0) })).output(rhythmSchema),
};

const library = {
  /** Names, tags and notes an entity of the workspace; what is not given stays as it is. */
  label: call
    .input(z.object({ kind: z.enum(['dataset', 'run', 'forecast']), id }).extend(labelSchema.partial().shape))
    .output(labelSchema),
};

const presets = { list: call.output(z.array(presetSchema)) };

export const trainRequestSchema = z.object({
  dataset: id,
  preset: z.string(),
  name: z.string().max(120).optional(),
  /** The whole settings, preset with the user's changes; null: the preset as it is. */
  settings: trainSettingsSchema.nullable().default(null),
  /** Fine-tune: start from this run's weights. */
  init: id.nullable().default(null),
});

/** What `runs.watch` yields: first the whole history, then what happens. */
export const runEventSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('run'), run: runSchema }),
  z.object({ kind: z.literal('epoch'), metrics: epochMetricsSchema }),
  z.object({
    kind: z.literal('progress'),
    stage: z.enum(stageNames),
    epoch: z.number().int(),
    epochs: z.number().int(),
    step: z.number().int(),
    steps: z.number().int(),
    loss: z.number().nullable(),
    stepSeconds: z.number().nullable(),
    secondsLeft: z.number().nullable(),
  }),
  z.object({ kind: z.literal('note'), message: z.string() }),
]);
export type RunEvent = z.infer<typeof runEventSchema>;

const runs = {
  /** Measures a few steps on this machine. */
  estimate: call.input(trainRequestSchema).output(
    z.object({
      seconds: z.number(),
      memoryBytes: z.number(),
      parameters: z.number().int(),
      stepSeconds: z.number(),
    }),
  ),
  start: call.input(trainRequestSchema).output(started.extend({ run: id })),
  resume: call.input(z.object({ run: id })).output(started.extend({ run: id })),
  /** Stops after the current step; the last checkpoint is kept and `resume` goes on from it. */
  pause: call.input(z.object({ run: id })).output(z.object({})),
  /** Ends the stage or the run early and keeps the best weights: the run counts as finished. */
  finishEarly: call.input(z.object({ run: id })).output(z.object({})),
  list: call.output(z.array(runSchema)),
  get: call.input(z.object({ run: id })).output(runSchema),
  metrics: call.input(z.object({ run: id })).output(z.array(epochMetricsSchema)),
  watch: call.input(z.object({ run: id })).output(eventIterator(runEventSchema)),
  remove: call.input(z.object({ run: id })).output(z.object({})),
  exportWeights: call
    .input(z.object({ run: id, path: filePath }))
    .output(z.object({ tensors: z.number().int(), bytes: z.number() })),
  importWeights: call
    .input(z.object({ run: id, path: filePath }))
    .output(z.object({ tensors: z.number().int() })),
  /** Writes a finished run as a folder with settings, weights, normalisation and scores, which forecasts elsewhere. */
  pack: call
    .input(z.object({ run: id, path: filePath }))
    .output(z.object({ tensors: z.number().int(), bytes: z.number(), scored: z.boolean() })),
};

const samples = {
  list: call.output(z.array(sampleListingSchema)),
  /** Opens the file, prepares its dataset and places the pretrained run on it, as far as they are not there already. */
  open: call.input(z.object({ name: z.string() })).output(started),
  result: call.input(z.object({ job: id })).output(openedSampleSchema),
};

const forecasts = {
  start: call.input(forecastRequestSchema).output(started.extend({ forecast: id })),
  list: call.output(z.array(forecastSchema)),
  get: call.input(z.object({ forecast: id })).output(forecastSchema),
  /** At a cell, or over a box: the ensemble of the members' means, cells weighted by their area. */
  probe: call
    .input(
      z.object({
        forecast: id,
        channel: z.number().int().min(0).default(0),
        start: z.number().int(),
        box: cellBoxSchema,
      }),
    )
    .output(probeSchema),
  /** Truth and ensemble of one lead, by its index, along a straight line on the grid. */
  transect: call
    .input(
      z.object({
        forecast: id,
        channel: z.number().int().min(0).default(0),
        start: z.number().int(),
        lead: z.number().int(),
        from: gridCellSchema,
        to: gridCellSchema,
      }),
    )
    .output(transectSchema),
  remove: call.input(z.object({ forecast: id })).output(z.object({})),
  /** Copies the NetCDF file to a path (command line, native save dialog). The browser downloads `/downloads/<id>.nc`. */
  export: call.input(z.object({ forecast: id, path: filePath })).output(z.object({ bytes: z.number() })),
};

const verification = {
  /** Scores of a stored forecast over all its starts that have truth. */
  forecast: call.input(z.object({ forecast: id })).output(started),
  /** Scores of NetCDF files; truth from the files themselves or from another. */
  files: call
    .input(z.object({ forecasts: z.array(filePath).min(1), truth: filePath.nullable().default(null) }))
    .output(started),
  /** Forecasts every start of a split (or a seeded sample of them) and scores them beside persistence and climatology. */
  run: call
    .input(
      z.object({
        run: id,
        split: z.enum(splitNames).default('test'),
        members: z.number().int().min(2).max(1000).default(20),
        starts: z.number().int().min(1).nullable().default(null),
        schedule: z.string().nullable().default(null),
        seed: z.number().int().default(1),
        units: z.enum(['physical', 'normalised']).default('physical'),
        /** Data steps; null: as trained. Beyond that the forecast rolls out. */
        horizon: z.number().int().min(1).max(100_000).nullable().default(null),
        /** Another dataset than the one the run was trained on: out of distribution. Null: its own. */
        dataset: id.nullable().default(null),
      }),
    )
    .output(started),
  /** Answer of a finished scoring job. The first row is the forecast, the others what it must beat. */
  result: call.input(z.object({ job: id })).output(
    z.object({
      scores: scoresSchema,
      methods: z.array(scoredMethodSchema),
      /** Null for scores of files, which say nothing about how they were made. */
      settings: evaluationSettingsSchema.nullable(),
    }),
  ),
  /** The newest stored scores of a run on the test split of its own dataset, physical units; null when there are none. */
  ofRun: call.input(z.object({ run: id })).output(evaluationSchema.nullable()),
  /** Everything that a run was scored on, newest first; `stored` answers the scores. */
  list: call
    .input(z.object({ run: id }))
    .output(z.array(z.object({ evaluation: id, created: z.string(), settings: evaluationSettingsSchema }))),
  stored: call.input(z.object({ run: id, evaluation: id })).output(evaluationSchema),
};

const comparisons = {
  /** Scores runs beside each other; stored scores are used where they fit. */
  start: call.input(comparisonRequestSchema).output(started),
  result: call.input(z.object({ job: id })).output(comparisonSchema),
  /** Pictures of what a person looked at when the report was asked for: base64 of PNG files, replacing earlier ones. */
  illustrate: call
    .input(
      z.object({
        job: id,
        figures: z.array(z.object({ title: z.string().max(400), png: z.base64().max(900_000) })).max(4),
      }),
    )
    .output(z.object({})),
  /** Writes the comparison as one HTML file (command line). A page downloads it from `/downloads/report/<job>.html`. */
  report: call.input(z.object({ job: id, path: filePath })).output(z.object({ bytes: z.number() })),
};

const tradeoffs = {
  /** Times and scores a run with several sampling schedules (null: those worth trying), and keeps the answer with the run. */
  start: call
    .input(
      z.object({
        run: id,
        schedules: z.array(z.string().nullable()).min(1).max(20).nullable().default(null),
        split: z.enum(splitNames).default('validation'),
        members: z.number().int().min(2).max(1000).default(10),
        starts: z.number().int().min(1).nullable().default(8),
        seed: z.number().int().default(1),
        horizon: z.number().int().min(1).max(100_000).nullable().default(null),
      }),
    )
    .output(started),
  result: call.input(z.object({ job: id })).output(tradeoffSchema),
  /** The newest one of a run; null when it was never measured. */
  ofRun: call.input(z.object({ run: id })).output(tradeoffSchema.nullable()),
};

const jobs = {
  list: call.output(z.array(jobSchema)),
  get: call.input(z.object({ job: id })).output(jobSchema),
  /** The job now and at every change, until it has ended. */
  watch: call.input(z.object({ job: id })).output(eventIterator(jobSchema)),
  /** Every change of any job, from now on. */
  watchAll: call.output(eventIterator(jobSchema)),
  cancel: call.input(z.object({ job: id })).output(z.object({})),
};

const reference = {
  start: call.input(z.object({ path: filePath })).output(started),
  result: call.input(z.object({ job: id })).output(referenceReportSchema),
};

const settingValues = z.object({
  theme: z.enum(['system', 'light', 'dark']),
  threads: z.number().int().min(1).max(256).nullable(),
  memoryBudgetBytes: z.number().int().positive().nullable(),
});
export const appSettingsSchema = z.object({
  theme: settingValues.shape.theme.default('system'),
  threads: settingValues.shape.threads.default(null),
  memoryBudgetBytes: settingValues.shape.memoryBudgetBytes.default(null),
});
export type AppSettings = z.infer<typeof appSettingsSchema>;

const system = {
  doctor: call.output(doctorSchema),
  settings: call.output(appSettingsSchema),
  /** Only what is given changes: without defaults, which would fill in the rest. */
  changeSettings: call.input(settingValues.partial()).output(appSettingsSchema),
};

export const contract = {
  files,
  simulations,
  datasets,
  library,
  presets,
  samples,
  runs,
  forecasts,
  verification,
  comparisons,
  tradeoffs,
  jobs,
  reference,
  system,
};
export type Contract = typeof contract;
