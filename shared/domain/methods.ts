/** What everyone has to know about a trainable method without loading it: its name, its stages, its part of a preset. */
import type { StageName } from './run.ts';
import {
  type Preset,
  type StageSettings,
  type TrainableMethod,
  type TrainSettings,
  trainableMethods,
  trainSettingsSchema,
} from './settings.ts';

export interface MethodFacts {
  /** For people. */
  readonly title: string;
  readonly description: string;
  /** In the order of training. */
  readonly stages: readonly StageName[];
}

export const methodFacts: Readonly<Record<TrainableMethod, MethodFacts>> = {
  dyffusion: {
    title: 'DYffusion',
    description: 'An interpolator and a forecaster in turn, step by step through the window.',
    stages: ['interpolator', 'forecaster'],
  },
  dropout: {
    title: 'Dropout',
    description: 'One network told the lead time; members differ by dropout.',
    stages: ['forecaster'],
  },
  'dropout-at-once': {
    title: 'Dropout (all leads at once)',
    description: 'One network call for all leads of the window; members differ by dropout.',
    stages: ['forecaster'],
  },
  perturbation: {
    title: 'Perturbation',
    description: 'One network told the lead time; members start from disturbed initial conditions.',
    stages: ['forecaster'],
  },
  ddpm: {
    title: 'DDPM',
    description: 'Gaussian diffusion of all leads at once, given the initial condition.',
    stages: ['forecaster'],
  },
  mcvd: {
    title: 'MCVD',
    description: 'Gaussian diffusion with the schedule of video diffusion and a last denoising.',
    stages: ['forecaster'],
  },
  'crps-ensemble': {
    title: 'CRPS ensemble',
    description: 'The Dropout network, fine-tuned on the fair CRPS of two members.',
    stages: ['forecaster', 'fine-tuning'],
  },
};

export function isTrainable(method: string): method is TrainableMethod {
  return (trainableMethods as readonly string[]).includes(method);
}

/** Settings of one stage: fine-tuning follows the forecaster's but for what it sets itself. */
export function stageSettings(settings: TrainSettings, stage: StageName): StageSettings {
  if (stage !== 'fine-tuning') return settings[stage];
  const { epochs, maxSeconds, rateShare } = settings.fineTuning;
  const { forecaster } = settings;
  return { ...forecaster, epochs, maxSeconds, learningRate: forecaster.learningRate * rateShare };
}

/** The stages that a run with these settings goes through. */
export function stagesOf(settings: TrainSettings): { name: StageName; settings: StageSettings }[] {
  const names = isTrainable(settings.method) ? methodFacts[settings.method].stages : [];
  return names.map((name) => ({ name, settings: stageSettings(settings, name) }));
}

/** A preset's settings for any method: those of the preset with what it changes for this one, and for a grid. */
export function settingsFor(
  preset: Preset,
  method: TrainSettings['method'],
  grid: Grid | null = null,
): TrainSettings {
  const changes = isTrainable(method) ? preset.methods[method] : undefined;
  const settings =
    method === preset.settings.method
      ? preset.settings
      : trainSettingsSchema.parse(merged({ ...preset.settings, method }, changes ?? {}));
  return grid === null ? settings : { ...settings, network: deepEnough(settings.network, grid) };
}

interface Grid {
  height: number;
  width: number;
}

/** Cells of the coarsest level of a U-Net with attention: beyond these, full attention takes nearly all of the time. */
const COARSEST_CELLS = 2048;

/** Presets are made for the published grids; on larger ones the last level is repeated until full attention is cheap. */
function deepEnough(network: TrainSettings['network'], { height, width }: Grid): TrainSettings['network'] {
  if (network.kind !== 'unet_resnet') return network;
  const dimMults = [...network.dimMults];
  const coarsest = () => (height * width) / 4 ** (dimMults.length - 1);
  while (coarsest() > COARSEST_CELLS) dimMults.push(dimMults.at(-1)!);
  return dimMults.length === network.dimMults.length ? network : { ...network, dimMults };
}

type Tree = Record<string, unknown>;

/** `base` with the leaves of `changes` in their places; lists are leaves. */
function merged(base: Tree, changes: Tree): Tree {
  const isTree = (value: unknown): value is Tree =>
    typeof value === 'object' && value !== null && !Array.isArray(value);
  const result: Tree = { ...base };
  for (const [key, value] of Object.entries(changes)) {
    const before = base[key];
    result[key] = isTree(value) && isTree(before) ? merged(before, value) : value;
  }
  return result;
}
