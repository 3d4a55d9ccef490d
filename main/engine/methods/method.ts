/**
 * What every trainable method offers, so that all of them are trained, resumed, stored, sampled and scored by the same
 * code: a model with named networks, stages to train them in, and a sampler that hands over lead after lead.
 */

import type { ExampleSource } from '#shared/domain/examples.ts';
import type { StageName } from '#shared/domain/run.ts';
import type { StageSettings, TrainSettings } from '#shared/domain/settings.ts';
import type { Random } from '#shared/random.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import type { RandomStream } from '../runtime/random.ts';
import type * as tf from '../runtime/tf.ts';
import type { Item, LoadedBatch } from './frames.ts';
import type { Problem } from './problem.ts';

export interface TrainableMethodMaker {
  /** As settings name it: one of the built-in names, or another that was registered. */
  readonly name: string;
  /**
   * A model with fresh weights, decided by `seed`.
   * @throws DriftcastError `bad-input` for settings that make no model
   */
  create(settings: TrainSettings, problem: Problem, seed: number): MethodModel;
}

export interface MethodModel {
  readonly method: string;
  /** By the prefix of their public weight names, in the order in which they are written. */
  readonly networks: ReadonlyMap<string, Network>;
  /** In the order of training. */
  readonly stages: readonly Stage[];
  /** A number that is tuned on validation forecasts once the networks are trained; null: none. */
  readonly calibration: Calibration | null;
  /** Accelerated schedule of validation forecasts; null: as the settings say. */
  readonly validationSchedule: string | null;
  /** Seconds that a validation forecast of one member takes, from seconds a row of each stage's loss without gradient. */
  forecastSeconds(forward: readonly number[]): number;
  /**
   * Samples `members` trajectories from each start. The draws depend on `random`, on the number of starts and members
   * and on `maxBatch`. Members are independent of each other.
   * @throws DriftcastError `cancelled` when the signal asks for it, `bad-input` for what this method cannot forecast
   */
  sample(request: SampleRequest): Promise<SampleStatistics>;
  /** Frees all networks. */
  dispose(): void;
}

export interface Calibration {
  /** It travels with the weights as the tensor `calibration.<name>`, shape [1]. */
  readonly name: string;
  readonly candidates: readonly number[];
  value: number;
}

/** One network's training as the loop sees it: what to draw for a batch, what to load, what to minimise. */
export interface Stage {
  readonly name: StageName;
  readonly settings: StageSettings;
  /** Prefix of its network among the model's. */
  readonly part: string;
  readonly network: Network;
  /** What decides which weights are kept: the validation loss, or the CRPS of validation forecasts. */
  readonly scoredBy: 'loss' | 'forecast';
  /** Goes on with the network of the stage before, so weights are kept only when they beat what that stage kept. */
  readonly continues: boolean;
  /** Whether dropout belongs to the model and stays on outside training. */
  readonly stochastic: boolean;
  /** A random step for each example, in an order that any part of the batch may be cut from. */
  draw(examples: readonly number[], random: Random): Item[];
  /** At most `rows` fixed items, spread evenly over examples and steps. */
  spread(count: number, rows: number): Item[];
  load(source: ExampleSource, items: readonly Item[]): Promise<LoadedBatch>;
  /**
   * The loss as a function of the network's weights. To be called inside `tf.tidy`: what does not depend on the weights
   * is computed at once, outside any gradient tape.
   */
  objective(source: ExampleSource, batch: LoadedBatch, pass: ForwardOptions): () => tf.Scalar;
}

export interface SampleRequest {
  /** [starts, height, width, channel], normalised, 0 in masked cells; stays the caller's. */
  initial: tf.Tensor4D;
  members: number;
  /** Data steps to forecast; beyond the model's own horizon each member goes on from where it arrived. */
  horizon: number;
  /** Real-valued leads in (0, horizon) wanted besides every whole data step; whole ones are ignored. */
  leads?: readonly number[];
  /** Extra input channels at data step `offset` after the start, [starts, height, width, extra]; null: none. */
  statics?: ((offset: number) => Promise<tf.Tensor4D | null>) | null;
  /** Name of an accelerated schedule; null: as the settings say. */
  schedule?: string | null;
  random: RandomStream;
  /** Most rows in one network call. */
  maxBatch: number;
  /** Replaces a finished snapshot [starts · members, height, width, channel] by one that keeps boundary conditions. */
  boundary?: ((snapshot: tf.Tensor4D, lead: number) => tf.Tensor4D) | null;
  /**
   * Gets [starts · members, height, width, channel] (start-major), normalised, valid until it returns. Whole leads come in
   * ascending order; real-valued ones of a block come before its last.
   */
  onLead(lead: number, snapshot: tf.Tensor4D): Promise<void> | void;
  /** After every network call: share of the work done, 0–1. */
  onProgress?: ((fraction: number) => void) | null;
  signal?: AbortSignal | null;
}

export interface SampleStatistics {
  /** Network evaluations that one member takes; a call shared by all members counts once. */
  networkCalls: number;
  /** Rows that went through a network, over all members and starts. */
  rows: number;
}
