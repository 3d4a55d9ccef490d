/**
 * What has to be kept of a training run so that a resumed one equals an uninterrupted one. Random numbers are a
 * function of seed, stage, epoch and step (data order, diffusion steps and dropout alike), so the position is
 * their whole state.
 */
import { z } from 'zod';
import { stageNames } from '#shared/domain/run.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { MethodModel } from '../methods/method.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { exportWeights, importWeights } from '../networks/weights.ts';

export type CheckpointName = 'last' | 'best';
export type TensorMap = Map<string, StoredTensor>;

/** Where checkpoints lie; given by whoever hosts the training. `save` must be atomic. */
export interface CheckpointStore {
  save(name: CheckpointName, tensors: TensorMap, meta: object): Promise<void>;
  load(name: CheckpointName): Promise<{ tensors: ReadonlyMap<string, StoredTensor>; meta: unknown } | null>;
}

/** Where a stage is: the next optimiser step to take, and what has been seen on the way there. */
export const positionSchema = z.object({
  /** Epoch from 0, and optimiser step within it. */
  epoch: z.number().int(),
  step: z.number().int(),
  /** Optimiser steps since the stage began. */
  steps: z.number().int(),
  /** Of the epoch so far: sum over examples of their losses, and their number. */
  lossSum: z.number(),
  lossCount: z.number(),
  epochSeconds: z.number(),
  stageSeconds: z.number(),
  /** Lowest validation score so far and its epoch; null before the first. */
  bestScore: z.number().nullable(),
  bestEpoch: z.number().int(),
  /** Examples in one pass, lowered when memory ran out. */
  microBatch: z.number().int(),
  ended: z.boolean(),
});
export type StagePosition = z.infer<typeof positionSchema>;

export const checkpointMetaSchema = z.object({
  formatVersion: z.literal(1),
  stage: z.enum(stageNames),
  seed: z.number().int(),
  position: positionSchema,
  /** Epochs of all stages, and seconds of training without pauses, so far. */
  epochs: z.number().int(),
  seconds: z.number(),
  optimiserSteps: z.number().int(),
  averageSteps: z.number().int(),
  bestValidationCrps: z.number().nullable(),
});
export type CheckpointMeta = z.infer<typeof checkpointMetaSchema>;

/** @param bestScore to beat from the first epoch on; null: none */
export function freshPosition(microBatch: number, bestScore: number | null): StagePosition {
  return {
    epoch: 0,
    step: 0,
    steps: 0,
    lossSum: 0,
    lossCount: 0,
    epochSeconds: 0,
    stageSeconds: 0,
    bestScore,
    bestEpoch: 0,
    microBatch,
    ended: false,
  };
}

const CALIBRATION = 'calibration.';

/**
 * Weights and statistics of some or all networks under their public names, each with its network's prefix and a dot,
 * and the number that was tuned with them, where the method has one.
 */
export function modelTensors(
  model: MethodModel,
  parts: readonly string[] = [...model.networks.keys()],
): TensorMap {
  const tensors: TensorMap = new Map();
  for (const part of parts)
    for (const [name, tensor] of exportWeights(model.networks.get(part)!))
      tensors.set(`${part}.${name}`, tensor);
  if (model.calibration)
    tensors.set(CALIBRATION + model.calibration.name, {
      shape: [1],
      data: Float32Array.of(model.calibration.value),
    });
  return tensors;
}

/**
 * Sets the weights of some or all networks from tensors named as by {@link modelTensors}; other names are ignored.
 * @throws DriftcastError `bad-input` where the weights do not belong to this model
 */
export function loadModelTensors(
  model: MethodModel,
  tensors: ReadonlyMap<string, StoredTensor>,
  parts: readonly string[] = [...model.networks.keys()],
): void {
  for (const part of parts) importWeights(model.networks.get(part)!, tensors, `${part}.`);
  const { calibration } = model;
  const value = calibration && tensors.get(CALIBRATION + calibration.name)?.data[0];
  if (calibration && value !== undefined && value !== null) calibration.value = checked(Number(value));
}

function checked(value: number): number {
  if (Number.isFinite(value) && value >= 0) return value;
  throw new DriftcastError(
    'bad-input',
    `The tuned number of these weights is ${value}, which cannot be.`,
    'Import weights that Driftcast or a program like it has written.',
  );
}
