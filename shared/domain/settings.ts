/** Everything that can be chosen about a training run: presets are files of these values, the user changes any. */
import { z } from 'zod';

export const methods = ['dyffusion', 'persistence', 'anomaly-persistence', 'climatology'] as const;
export const networkKinds = ['unet_resnet', 'unet_simple', 'simple_conv_net'] as const;
export const scheduleKinds = ['before_t1_only', 'linear'] as const;
export const timeEncodings = ['dynamics', 'discrete', 'normalized'] as const;
export const conditionings = ['none', 'data', 'data+noise'] as const;

export const networkSettingsSchema = z.object({
  kind: z.enum(networkKinds),
  dim: z.number().int().min(4),
  dimMults: z.array(z.number().int().min(1)).default([1, 2, 4]),
  groups: z.number().int().min(1).default(8),
  kernelSizes: z.array(z.number().int().min(1)).default([9, 7, 5, 3]),
  residual: z.boolean().default(true),
  upsampleDims: z.tuple([z.number().int(), z.number().int()]).default([256, 256]),
});

/** Rates in [0, 1). For networks with one rate only `block` counts. */
export const dropoutSchema = z.object({
  block: z.number().min(0).max(0.95),
  firstBlock: z.number().min(0).max(0.95).default(0),
  attention: z.number().min(0).max(0.95).default(0),
});

export const stageSchema = z.object({
  dropout: dropoutSchema,
  learningRate: z.number().positive(),
  weightDecay: z.number().min(0),
  epochs: z.number().int().min(1),
  /** Stop the stage after this many seconds even when epochs are left; null: no limit. */
  maxSeconds: z.number().positive().nullable().default(null),
  batchSize: z.number().int().min(1),
  accumulation: z.number().int().min(1).default(1),
  gradientClip: z.number().positive().nullable().default(1),
  loss: z.enum(['l1', 'l2']),
  /** Decay of an exponential moving average of the weights used for forecasts; 0: none. */
  weightAverage: z.number().min(0).max(0.9999).default(0),
  schedule: z.enum(['constant', 'cosine']).default('constant'),
});

export const diffusionSchema = z.object({
  schedule: z.enum(scheduleKinds).default('before_t1_only'),
  /** k, extra steps before t = 1 (before_t1_only), or the factor f (linear). */
  auxiliarySteps: z.number().int().min(0),
  interpolateBeforeT1: z.boolean().default(true),
  timeEncoding: z.enum(timeEncodings).default('dynamics'),
  conditioning: z.enum(conditionings),
  lambda1: z.number().min(0).default(0.5),
  lambda2: z.number().min(0).default(0.5),
  sampling: z.enum(['cold', 'naive']).default('cold'),
  coldLastStep: z.boolean().default(false),
  refine: z.boolean().default(false),
  /**
   * Keep the forecaster's own dropout on while sampling, so that members differ at the horizon itself too. Beyond
   * the paper, where all spread comes from the interpolator; worth it for small datasets.
   */
  forecasterDropout: z.boolean().default(false),
  /** Name of an accelerated schedule; null: every diffusion step. */
  samplingSchedule: z.string().nullable().default(null),
});

export const validationSchema = z.object({
  members: z.number().int().min(2).default(10),
  /** At most this many starts, evenly chosen. */
  starts: z.number().int().min(1).default(8),
  everyEpochs: z.number().int().min(1).default(1),
});

export const trainSettingsSchema = z.object({
  method: z.enum(methods).default('dyffusion'),
  network: networkSettingsSchema,
  interpolator: stageSchema,
  forecaster: stageSchema,
  diffusion: diffusionSchema,
  validation: validationSchema,
  /** Stop a stage after this many epochs without improvement on validation; 0: never. */
  patience: z.number().int().min(0).default(0),
  seed: z.number().int().default(1),
});

export const presetSchema = z.object({
  name: z.string(),
  system: z.enum(['sst', 'navier-stokes', 'spring-mesh', 'other']),
  title: z.string(),
  description: z.string(),
  normalisation: z.enum(['seasonal-anomaly', 'per-cell', 'per-channel', 'none']),
  horizon: z.number().int(),
  settings: trainSettingsSchema,
});

export type Method = (typeof methods)[number];
export type NetworkOptions = z.infer<typeof networkSettingsSchema>;
export type StageSettings = z.infer<typeof stageSchema>;
export type DiffusionSettings = z.infer<typeof diffusionSchema>;
export type TrainSettings = z.infer<typeof trainSettingsSchema>;
export type Preset = z.infer<typeof presetSchema>;
