/** The pair of networks that is a DYffusion model, made from settings and the shape of the data. */
import type { TrainSettings } from '#shared/domain/settings.ts';
import { type CellMask, createMask } from '../methods/mask.ts';
import { architecture, type Problem } from '../methods/problem.ts';
import { anchored, lineAnchor } from '../networks/anchored.ts';
import type { Network, NetworkSettings } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import { RandomStream } from '../runtime/random.ts';
import { Forecaster } from './forecaster.ts';
import { Interpolator } from './interpolator.ts';
import { createSchedule, type DiffusionSchedule } from './schedule.ts';

export interface DyffusionModel {
  readonly interpolator: Interpolator;
  readonly forecaster: Forecaster;
  readonly schedule: DiffusionSchedule;
  dispose(): void;
}

/** A model with fresh weights, decided by `seed`. @throws DriftcastError `bad-input` for settings that make no model. */
export function createModel(settings: TrainSettings, problem: Problem, seed: number): DyffusionModel {
  const { height, width } = problem.shape;
  const { interpolator, forecaster } = networkSettings(settings, problem);
  const random = new RandomStream(seed);
  const first = createNetwork(interpolator, random.fork(1));
  const second = createNetwork(forecaster, random.fork(2));
  // What the forecaster is given is a draw, whose noise it has to take out, not to carry on: it has an option of its own.
  const { predictsChange } = settings.network;
  return assembleModel(
    predictsChange ? anchored(first, lineAnchor(problem.horizon)) : first,
    second,
    settings.diffusion,
    problem.horizon,
    createMask(problem.mask, height, width),
  );
}

/** Joins two networks that exist already; the model owns them, and the mask, from then on. */
export function assembleModel(
  interpolator: Network,
  forecaster: Network,
  diffusion: TrainSettings['diffusion'],
  horizon: number,
  mask: CellMask | null,
): DyffusionModel {
  const schedule = createSchedule({
    kind: diffusion.schedule,
    horizon,
    auxiliarySteps: diffusion.auxiliarySteps,
    interpolateBeforeT1: diffusion.interpolateBeforeT1,
  });
  return {
    interpolator: new Interpolator(interpolator, mask),
    forecaster: new Forecaster(forecaster, schedule, diffusion, mask),
    schedule,
    dispose() {
      interpolator.dispose();
      forecaster.dispose();
      mask?.field.dispose();
    },
  };
}

/** Channels in and out of both networks: I sees two frames; F sees one, and x₀ as condition where it is asked for. */
export function networkSettings(
  settings: TrainSettings,
  problem: Problem,
): { interpolator: NetworkSettings; forecaster: NetworkSettings } {
  const { channels } = problem.shape;
  const conditioned = settings.diffusion.conditioning === 'none' ? 0 : channels;
  return {
    interpolator: {
      ...architecture(settings.network, settings.interpolator.dropout, problem),
      inputChannels: 2 * channels,
      outputChannels: channels,
      conditionChannels: problem.conditionChannels,
    },
    forecaster: {
      ...architecture(settings.network, settings.forecaster.dropout, problem),
      inputChannels: channels,
      outputChannels: channels,
      conditionChannels: conditioned + problem.conditionChannels,
    },
  };
}
