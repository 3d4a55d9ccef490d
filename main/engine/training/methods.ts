/** Every trainable method by name: a new one is a file and a line here, and its name and facts in shared/domain. */
import type { TrainableMethod, TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { crpsEnsemble } from '../baselines/crps-ensemble.ts';
import { ddpm } from '../baselines/ddpm.ts';
import { dropout } from '../baselines/dropout.ts';
import { dropoutAtOnce } from '../baselines/dropout-at-once.ts';
import { mcvd } from '../baselines/mcvd.ts';
import { perturbation } from '../baselines/perturbation.ts';
import { dyffusion } from '../dyffusion/method.ts';
import type { MethodModel, TrainableMethodMaker } from '../methods/method.ts';
import type { Problem } from '../methods/problem.ts';

const makers: Readonly<Record<TrainableMethod, TrainableMethodMaker>> = {
  dyffusion,
  dropout,
  'dropout-at-once': dropoutAtOnce,
  perturbation,
  ddpm,
  mcvd,
  'crps-ensemble': crpsEnsemble,
};

/**
 * The model that settings ask for, with fresh weights decided by `seed`.
 * @throws DriftcastError `bad-input` for a method that needs no training and for settings that make no model
 */
export function createMethod(settings: TrainSettings, problem: Problem, seed: number): MethodModel {
  const { method } = settings;
  if (!Object.hasOwn(makers, method))
    throw new DriftcastError(
      'bad-input',
      `The method ${method} needs no training: every score compares with it anyway.`,
      `Train one of ${Object.keys(makers).join(', ')}.`,
    );
  return makers[method as TrainableMethod].create(settings, problem, seed);
}
