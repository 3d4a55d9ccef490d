/**
 * Samples: small simulated files that come with Driftcast, and models that were trained beforehand and forecast them
 * at once. A model travels as a folder: model.json, weights.safetensors and, where it was scored, scores.json.
 */
import { z } from 'zod';
import { prepareSettingsSchema, systems } from './dataset.ts';
import { normalisationShapeSchema, pretrainedSchema } from './pretrained.ts';
import { epochMetricsSchema, runSchema } from './run.ts';
import { trainSettingsSchema } from './settings.ts';
import { simulationRequestSchema } from './simulation.ts';

const nameSchema = z.string().regex(/^[a-z0-9-]{1,60}$/);

/** resources/samples/<name>.json, beside the file that it describes. */
export const sampleSchema = z.object({
  name: nameSchema,
  system: z.enum(systems),
  title: z.string(),
  /** One sentence. */
  description: z.string(),
  /** What the file holds, in words. */
  holds: z.string(),
  file: z.string().regex(/^[a-z0-9-]+\.nc$/),
  /** What `driftcast simulate` was asked for to make the file. */
  simulation: simulationRequestSchema,
  /** As the model's own training data were prepared, but for the split. */
  preparation: prepareSettingsSchema,
  /** How many times after the beginning it is shown first, as a file and as an initial condition: a flow begins at rest, with nothing to see. */
  opensAt: z.number().int().min(0).default(0),
  /** What the model that goes with it learns from: a file of a recipe, and a preset. */
  training: z.object({
    recipe: z.string(),
    file: z.string(),
    preset: z.string(),
    /** Of training windows. */
    stride: z.number().int().min(1),
  }),
});

/** model.json of a model that travels. */
export const modelSchema = z.object({
  formatVersion: z.literal(1),
  name: z.string(),
  origin: pretrainedSchema,
  /** How the run went. */
  run: runSchema.pick({
    preset: true,
    epochs: true,
    bestValidationCrps: true,
    validationReferences: true,
    seconds: true,
    parameters: true,
    versions: true,
    backend: true,
  }),
  settings: trainSettingsSchema,
  metrics: z.array(epochMetricsSchema),
  /** What the training data were, and how they were prepared. */
  data: z.object({
    system: z.enum(systems),
    channels: z.array(z.object({ name: z.string(), units: z.string() })),
    height: z.number().int(),
    width: z.number().int(),
    masks: z.array(z.string()),
    preparation: prepareSettingsSchema,
    sources: z.array(
      z.object({
        name: z.string(),
        /** Simulator, settings, seed and number of trajectories, where the file says so. */
        simulation: z.record(z.string(), z.unknown()).nullable(),
      }),
    ),
  }),
  /** Its arrays are among the tensors, their names begin with `normalisation.`. */
  normalisation: normalisationShapeSchema,
  weights: z.object({ bytes: z.number().int(), tensors: z.number().int(), sha256: z.string() }),
});

/** A sample as a workspace sees it. */
export const sampleListingSchema = z.object({
  name: nameSchema,
  title: z.string(),
  system: z.enum(systems),
  description: z.string(),
  /** What the file holds, in words. */
  holds: z.string(),
  bytes: z.number(),
  /** Null: not opened in this workspace yet. */
  dataset: z.string().nullable(),
  run: z.string().nullable(),
  /** Null while no model comes with this installation. */
  model: z.object({ name: z.string(), origin: pretrainedSchema }).nullable(),
});

export const openedSampleSchema = z.object({
  name: nameSchema,
  title: z.string(),
  /** For `files.openToken`. */
  token: z.string(),
  dataset: z.string(),
  /** A time of the test split, on the dataset's time axis: an initial condition to begin with. */
  start: z.number().int(),
  /** The time of the file to begin with. */
  time: z.number().int(),
  /** Null: nothing to forecast with yet. */
  run: z.string().nullable(),
  /** What is missing, as a sentence; null: nothing. */
  missing: z.string().nullable(),
});

export type Sample = z.infer<typeof sampleSchema>;
export type Model = z.infer<typeof modelSchema>;
export type SampleListing = z.infer<typeof sampleListingSchema>;
export type OpenedSample = z.infer<typeof openedSampleSchema>;
