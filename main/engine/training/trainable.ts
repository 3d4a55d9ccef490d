/** Which weights a stage trains: all of its network but those that fine-tuning freezes. */
import { DriftcastError } from '#shared/errors.ts';
import type { MethodModel, Stage } from '../methods/method.ts';
import type * as tf from '../runtime/tf.ts';

/** Whether a weight's name, with its network's prefix or without, begins with one of `freeze`. */
function isFrozen(stage: Stage, name: string, freeze: readonly string[]): boolean {
  return freeze.some((start) => name.startsWith(start) || `${stage.part}.${name}`.startsWith(start));
}

/** The parameters that a stage moves, in their published order; none where all of its network is frozen. */
export function trainableParameters(
  stage: Stage,
  freeze: readonly string[],
): ReadonlyMap<string, tf.Variable> {
  const { parameters } = stage.network;
  if (freeze.length === 0) return parameters;
  return new Map([...parameters].filter(([name]) => !isFrozen(stage, name, freeze)));
}

/** The statistics of normalisation layers that stay as they are. */
export function frozenBuffers(stage: Stage, freeze: readonly string[]): tf.Variable[] {
  return [...stage.network.buffers].flatMap(([name, variable]) =>
    isFrozen(stage, name, freeze) ? [variable] : [],
  );
}

/** @throws DriftcastError `bad-input` for a beginning that no weight has, or when nothing is left to train. */
export function checkFreeze(model: MethodModel, freeze: readonly string[]): void {
  if (freeze.length === 0) return;
  for (const start of freeze) {
    const known = model.stages.some((stage) =>
      [...stage.network.parameters.keys()].some((name) => isFrozen(stage, name, [start])),
    );
    if (known) continue;
    throw new DriftcastError(
      'bad-input',
      `No weight of this model has a name that begins with "${start.slice(0, 60)}", so it cannot be frozen.`,
      `Names begin for instance with ${examples(model).join(', ')}.`,
    );
  }
  if (model.stages.every((stage) => trainableParameters(stage, freeze).size === 0))
    throw new DriftcastError(
      'bad-input',
      'All weights are frozen, so there is nothing to train.',
      'Freeze fewer of them.',
    );
}

/** The first parts of the names, as hints. */
function examples(model: MethodModel): string[] {
  const starts = model.stages.flatMap((stage) =>
    [...stage.network.parameters.keys()].map((name) => name.split('.')[0]!),
  );
  return [...model.networks.keys(), ...new Set(starts)].slice(0, 8).map((name) => `${name}.`);
}
