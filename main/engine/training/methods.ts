/** Every trainable method by name: a new one is a file and a line here, and its name and facts in shared/domain. */
import { methods, type TrainableMethod, type TrainSettings } from '#shared/domain/settings.ts';
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

const builtIn: Readonly<Record<TrainableMethod, TrainableMethodMaker>> = {
  dyffusion,
  dropout,
  'dropout-at-once': dropoutAtOnce,
  perturbation,
  ddpm,
  mcvd,
  'crps-ensemble': crpsEnsemble,
};

const makers = new Map<string, TrainableMethodMaker>(Object.entries(builtIn));

/**
 * Adds a method from outside of this list.
 * @returns takes it away again
 * @throws DriftcastError `conflict` when there is one of this name
 */
export function registerMethod(maker: TrainableMethodMaker): () => void {
  if (makers.has(maker.name))
    throw new DriftcastError('conflict', `There is a method ${maker.name} already.`, 'Choose another name.');
  makers.set(maker.name, maker);
  return () => void makers.delete(maker.name);
}

/**
 * The model that settings ask for, with fresh weights decided by `seed`.
 * @throws DriftcastError `bad-input` for a method that needs no training and for settings that make no model
 */
export function createMethod(settings: TrainSettings, problem: Problem, seed: number): MethodModel {
  const { method } = settings;
  const maker = makers.get(method);
  if (!maker)
    throw new DriftcastError(
      'bad-input',
      (methods as readonly string[]).includes(method)
        ? `The method ${method} needs no training: every score compares with it anyway.`
        : `There is no method ${method}.`,
      `Train one of ${[...makers.keys()].join(', ')}.`,
    );
  return maker.create(settings, problem, seed);
}
