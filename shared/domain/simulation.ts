/**
 * Simulations as people ask for them: which simulator, with which settings, how many trajectories, from which seed;
 * and the simulators as data, so that a window draws its sliders and the command line its help from one source.
 */
import { z } from 'zod';
import { DriftcastError } from '../errors.ts';

/** Trajectories of a file that belong to each split, in this order from the first. */
export const trajectorySplitsSchema = z.object({
  train: z.number().int().min(0),
  validation: z.number().int().min(0),
  test: z.number().int().min(0),
});

const seedSchema = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const trajectoriesSchema = z.number().int().min(1).max(100_000);
/** What is left out keeps the simulator's default. */
const settingsSchema = z.record(z.string(), z.unknown());

export const simulationRequestSchema = z.object({
  simulator: z.string(),
  settings: settingsSchema.default({}),
  trajectories: trajectoriesSchema.default(1),
  /** With a trajectory's number it decides everything random: each trajectory is an independent draw. */
  seed: seedSchema.default(1),
  splits: trajectorySplitsSchema.nullable().default(null),
  /** Mantissa bits that frames are rounded to, for files that have to be small; null: as computed. */
  significantBits: z.number().int().min(1).max(23).nullable().default(null),
});

export const simulationFormats = ['netcdf', 'zarr', 'nn-benchmark'] as const;

const periodSchema = z.string().regex(/^\d{4}[-\d]*\.\.\d{4}[-\d]*$/);

/** A named data set: one or several files, each of which its seed makes again. */
export const recipeSchema = z.object({
  name: z.string().regex(/^[a-z0-9-]+$/),
  title: z.string(),
  description: z.string(),
  simulator: z.string(),
  files: z
    .array(
      z.object({
        name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*\.nc$/),
        title: z.string(),
        settings: settingsSchema,
        trajectories: trajectoriesSchema,
        seed: seedSchema,
        splits: trajectorySplitsSchema.nullable().default(null),
        /** Of a single time line, as `prepare --split` takes them: from..to, both inclusive. */
        periods: z
          .object({ train: periodSchema, validation: periodSchema, test: periodSchema })
          .nullable()
          .default(null),
      }),
    )
    .min(1),
});

/** One setting of a simulator: with `min` and `max` a slider, with `choices` a list, else a field. */
export const simulationParameterSchema = z.object({
  key: z.string(),
  title: z.string(),
  description: z.string(),
  units: z.string(),
  /** `json`: lists and objects, such as the places of obstacles. */
  kind: z.enum(['number', 'integer', 'boolean', 'choice', 'text', 'json']),
  min: z.number().nullable(),
  max: z.number().nullable(),
  step: z.number().nullable(),
  default: z.unknown(),
  choices: z.array(z.string()),
});

export const simulatorDescriptionSchema = z.object({
  name: z.string(),
  title: z.string(),
  description: z.string(),
  /** Of datasets made from its files: decides on presets and views. */
  system: z.string(),
  /** Key of the setting that counts output frames. */
  steps: z.string(),
  parameters: z.array(simulationParameterSchema),
});

/** A picture of a simulation under way, coarse enough to be told a few times a second. */
export const simulationPreviewSchema = z.object({
  trajectory: z.number().int(),
  trajectories: z.number().int(),
  frame: z.number().int(),
  frames: z.number().int(),
  time: z.number(),
  timeUnits: z.string(),
  height: z.number().int(),
  width: z.number().int(),
  /** More than 1 for a lattice that is small enough to be told whole. */
  layers: z.number().int().default(1),
  /** Every variable, [layers, height, width] each; null where missing. Of a large grid, means over square blocks. */
  fields: z.array(z.object({ name: z.string(), units: z.string(), values: z.array(z.number().nullable()) })),
});

export const simulationResultSchema = z.object({
  simulator: z.string(),
  system: z.string(),
  files: z.array(
    z.object({
      name: z.string(),
      /** For `files.openToken`. */
      token: z.string(),
      /** For the command line alone. */
      path: z.string().nullable(),
      trajectories: z.number().int(),
      /** Output frames of a trajectory. */
      steps: z.number().int(),
      seed: z.number().int(),
      bytes: z.number(),
      seconds: z.number(),
    }),
  ),
  seconds: z.number(),
});

export type TrajectorySplits = z.infer<typeof trajectorySplitsSchema>;
export type SimulationRequest = z.infer<typeof simulationRequestSchema>;
export type SimulationFormat = (typeof simulationFormats)[number];
export type Recipe = z.infer<typeof recipeSchema>;
export type SimulationParameter = z.infer<typeof simulationParameterSchema>;
export type SimulatorDescription = z.infer<typeof simulatorDescriptionSchema>;
export type SimulationPreview = z.infer<typeof simulationPreviewSchema>;
export type SimulationResult = z.infer<typeof simulationResultSchema>;

/** What is known of a simulator without running it. */
export interface SimulatorEntry {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly system: string;
  /** Key of the setting that counts output frames. */
  readonly steps: string;
  /** A default for every value; sliders' ranges in `.meta({ title, description, units, min, max, step })`. */
  readonly schema: z.ZodObject;
}

const propertySchema = z.object({
  type: z.string().optional(),
  title: z.string().default(''),
  description: z.string().default(''),
  units: z.string().default(''),
  min: z.number().optional(),
  max: z.number().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  step: z.number().optional(),
  default: z.unknown(),
  enum: z.array(z.unknown()).optional(),
});

const kinds: Record<string, SimulationParameter['kind']> = {
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  string: 'text',
};

/** A limit that zod itself sets (safe integers) says nothing to a person. */
const plain = (limit: number | undefined) =>
  limit === undefined || Math.abs(limit) === Number.MAX_SAFE_INTEGER ? null : limit;

/** The simulator as data: every setting with its default and, where it has one, its range. */
export function describeSimulator(entry: SimulatorEntry): SimulatorDescription {
  const { name, title, description, system, steps, schema } = entry;
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input' });
  const parameters = Object.entries(properties).map(([key, raw]): SimulationParameter => {
    const property = propertySchema.parse(raw);
    return {
      key,
      title: property.title || key,
      description: property.description,
      units: property.units,
      kind: property.enum ? 'choice' : (kinds[property.type ?? ''] ?? 'json'),
      min: property.min ?? plain(property.minimum),
      max: property.max ?? plain(property.maximum),
      step: property.step ?? null,
      default: property.default ?? null,
      choices: (property.enum ?? []).map(String),
    };
  });
  return { name, title, description, system, steps, parameters };
}

/** The entry of that name. @throws DriftcastError `bad-input` with the names there are. */
export function simulatorNamed(entries: readonly SimulatorEntry[], name: string): SimulatorEntry {
  const found = entries.find((entry) => entry.name === name);
  if (found) return found;
  const names = entries.map((entry) => entry.name);
  throw new DriftcastError(
    'bad-input',
    `There is no simulator "${name}".`,
    names.length === 0 ? '' : `Choose one of: ${names.join(', ')}.`,
  );
}

/**
 * The settings complete, what was left out by default.
 * @throws DriftcastError `bad-input` that names the setting which does not exist or cannot have its value
 */
export function completeSettings(
  { title, schema }: SimulatorEntry,
  settings: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const names = Object.keys(schema.shape);
  const unknown = Object.keys(settings).find((key) => !names.includes(key));
  if (unknown !== undefined)
    throw new DriftcastError(
      'bad-input',
      `${title} has no setting "${unknown}".`,
      `Its settings are ${names.join(', ')}.`,
    );
  const checked = schema.safeParse(settings);
  if (checked.success) return checked.data;
  const issue = checked.error.issues[0];
  const key = issue?.path.join('.') ?? '';
  throw new DriftcastError(
    'bad-input',
    key === ''
      ? `The settings do not fit ${title}: ${issue?.message ?? 'they are invalid'}.`
      : `The setting ${key} of ${title} cannot have that value: ${issue?.message ?? 'it is invalid'}.`,
    'driftcast simulate --help lists the settings with their ranges.',
  );
}
