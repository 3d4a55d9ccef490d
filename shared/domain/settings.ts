/** Everything that can be chosen about a training run: presets are files of these values, the user changes any. */
import { z } from 'zod';

/** Those that are trained; what they are is told in methods.ts. */
export const trainableMethods = [
  'dyffusion',
  'dropout',
  'dropout-at-once',
  'perturbation',
  'ddpm',
  'mcvd',
  'crps-ensemble',
] as const;
export const methods = [...trainableMethods, 'persistence', 'anomaly-persistence', 'climatology'] as const;
export const networkKinds = ['unet_resnet', 'unet_simple', 'simple_conv_net'] as const;
export const scheduleKinds = ['before_t1_only', 'linear'] as const;
export const timeEncodings = ['dynamics', 'discrete', 'normalized'] as const;
export const conditionings = ['none', 'data', 'data+noise'] as const;
export const noiseSchedules = ['cosine', 'linear'] as const;

export const networkSettingsSchema = z.object({
  kind: z.enum(networkKinds),
  dim: z.number().int().min(4),
  dimMults: z.array(z.number().int().min(1)).default([1, 2, 4]),
  groups: z.number().int().min(1).default(8),
  kernelSizes: z.array(z.number().int().min(1)).default([9, 7, 5, 3]),
  residual: z.boolean().default(true),
  upsampleDims: z.tuple([z.number().int(), z.number().int()]).default([256, 256]),
  /** Whether the output is added to the input; beyond the paper. */
  predictsChange: z.boolean().default(false).meta({
    title: 'Predict changes',
    description:
      'The network predicts the change from the initial condition (DYffusion: its interpolator, from the line between both frames) instead of the state itself. Helps where a step changes little; not in the paper.',
  }),
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
  /**
   * The forecaster's network predicts x_h − x₀ instead of x_h. The change is from the initial condition, which is
   * known, and not from xₙ, a draw whose noise it has to take out. Beyond the paper.
   */
  forecasterPredictsChange: z.boolean().default(false),
  /** Name of an accelerated schedule; null: every diffusion step. */
  samplingSchedule: z.string().nullable().default(null),
});

/** Of the methods that add Gaussian noise and take it out again: DDPM and MCVD. */
export const noiseSchema = z.object({
  schedule: z.enum(noiseSchedules).default('cosine').meta({
    title: 'Noise schedule',
    description: 'How noise grows over the steps of DDPM; MCVD always has its own linear one.',
  }),
  steps: z.number().int().min(2).max(10_000).default(1000).meta({
    title: 'Noise steps',
    description: 'Steps from the data to pure noise that the network is trained on.',
  }),
  samplingSteps: z.number().int().min(1).max(10_000).nullable().default(null).meta({
    title: 'Sampling steps',
    description: 'Network calls of one forecast (DDIM for DDPM); empty: every noise step.',
  }),
  eta: z.number().min(0).max(1).default(1).meta({
    title: 'Noise while sampling η',
    description: 'Fresh noise that DDIM adds at each step: 0 none, 1 as much as DDPM.',
  }),
  clip: z.number().positive().nullable().default(null).meta({
    title: 'Clip',
    description:
      'Largest value, in normalised units, of what a sampling step takes for the data; empty: none.',
  }),
  validationSteps: z.number().int().min(1).max(10_000).default(20).meta({
    title: 'Sampling steps of validation',
    description:
      'Network calls of a validation forecast, which all steps would make far longer than training.',
  }),
});

/** Of the perturbation method: members start from x₀ + σ·ε. */
export const perturbationSchema = z.object({
  sigma: z.number().min(0).default(0.1).meta({
    title: 'Perturbation σ',
    description: 'Deviation of the noise on the initial condition, normalised units, before it is tuned.',
  }),
  candidates: z.array(z.number().min(0)).default([0.01, 0.03, 0.1, 0.2, 0.4, 0.8]).meta({
    title: 'Candidates for σ',
    description: 'Tried on the validation split after training; the lowest fair CRPS wins.',
  }),
});

/** The second stage of the CRPS ensemble; everything else about it is as in the forecaster's stage. */
export const fineTuningSchema = z.object({
  epochs: z.number().int().min(1).default(5).meta({
    title: 'Epochs',
    description: 'Passes over all training examples with the CRPS of two members as loss.',
  }),
  maxSeconds: z.number().positive().nullable().default(null).meta({
    title: 'At most, seconds',
    description: 'Ends the stage after this time; empty: no limit.',
  }),
  rateShare: z.number().positive().default(0.3).meta({
    title: 'Share of the learning rate',
    description: 'The learning rate as a share of the first stage’s.',
  }),
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
  noise: noiseSchema.prefault({}),
  perturbation: perturbationSchema.prefault({}),
  fineTuning: fineTuningSchema.prefault({}),
  validation: validationSchema,
  /** Beginnings of public weight names that keep the values they start with, e.g. "downs." or "interpolator.". */
  freeze: z.array(z.string().min(1)).default([]).meta({
    title: 'Frozen layers',
    description: 'Weights whose names begin so are not trained: for fine-tuning.',
  }),
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
  /** What other methods need changed in `settings`, which are those of `settings.method`. */
  methods: z.partialRecord(z.enum(trainableMethods), z.record(z.string(), z.json())).default({}),
});

export type Method = (typeof methods)[number];
export type TrainableMethod = (typeof trainableMethods)[number];
export type NetworkOptions = z.infer<typeof networkSettingsSchema>;
export type StageSettings = z.infer<typeof stageSchema>;
export type DiffusionSettings = z.infer<typeof diffusionSchema>;
export type NoiseSettings = z.infer<typeof noiseSchema>;
export type TrainSettings = z.infer<typeof trainSettingsSchema>;
export type Preset = z.infer<typeof presetSchema>;
