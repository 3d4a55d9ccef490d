/** Trains one network: epochs of optimiser steps, validation, best and last checkpoints, and every way to end. */

import { throwIfCancelled } from '#shared/cancellation.ts';
import type { ExampleSource } from '#shared/domain/examples.ts';
import { DriftcastError } from '#shared/errors.ts';
import { combineSeeds, Random } from '#shared/random.ts';
import type { Item } from '../methods/frames.ts';
import type { Stage } from '../methods/method.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { AdamW, clipByNorm } from './adamw.ts';
import { WeightAverage } from './average.ts';
import type { StagePosition } from './checkpoint.ts';
import { ParameterVector } from './parameters.ts';
import { batchGradient } from './step.ts';
import { isScored, type StagePlan } from './time-left.ts';

/** Purposes of random streams, so that no two share one. */
const ORDER_STREAM = 1;
const DRAW_STREAM = 2;
const DROPOUT_STREAM = 3;

/** What the loop leaves to its owner: files, messages, scores. */
export interface StageHost {
  readonly seed: number;
  /** Place of the stage in its method, from 1: its part of every seed. */
  readonly number: number;
  /** Weights that the stage trains; the network's others keep their values. */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** Statistics of frozen layers, which a pass would update. */
  readonly frozenBuffers: readonly tf.Variable[];
  readonly source: ExampleSource;
  readonly plan: StagePlan;
  readonly patience: number;
  readonly checkpointSeconds: number;
  readonly signal: AbortSignal | null;
  pauseRequested(): boolean;
  takeFinishEarly(): boolean;
  note(message: string): void;
  stepDone(loss: number | null, seconds: number): void;
  /** Validates the weights as they are now; nulls where there is nothing to validate on. */
  validate(scored: boolean): Promise<{ loss: number | null; score: number | null }>;
  saveLast(loop: StageLoop): Promise<void>;
  /** The network holds the weights to keep (the average, where there is one). */
  saveBest(epoch: number, score: number): Promise<void>;
  epochDone(metrics: { loss: number; validationLoss: number | null; score: number | null }): Promise<void>;
}

export class StageLoop {
  readonly vector: ParameterVector;
  readonly optimiser: AdamW;
  readonly average: WeightAverage | null;
  readonly #frozen: readonly { variable: tf.Variable; value: tf.Tensor }[];
  #lastSaved = performance.now();

  constructor(
    readonly stage: Stage,
    readonly position: StagePosition,
    readonly host: StageHost,
  ) {
    this.vector = new ParameterVector(host.parameters);
    this.optimiser = new AdamW(this.vector.size, { weightDecay: stage.settings.weightDecay });
    this.#frozen = host.frozenBuffers.map((variable) => ({ variable, value: tf.keep(variable.clone()) }));
    const weights = this.vector.read();
    this.average =
      stage.settings.weightAverage > 0 ? new WeightAverage(weights, stage.settings.weightAverage) : null;
    weights.dispose();
  }

  /** Goes on from `position` to the end of the stage, or to a pause. */
  async run(): Promise<'ended' | 'paused'> {
    const { position, host } = this;
    while (!position.ended) {
      const last = await this.#epoch();
      if (last === 'paused') return 'paused';
      try {
        await this.#closeEpoch(last === 'ending');
      } catch (thrown) {
        // Cancelled while validating: the epoch's steps are done, and a resumed run validates first.
        if (host.signal?.aborted) await host.saveLast(this);
        throw thrown;
      }
    }
    return 'ended';
  }

  /** The optimiser steps of an epoch; `ending`: the stage is to end after validating what there is. */
  async #epoch(): Promise<'complete' | 'ending' | 'paused'> {
    const { position, host } = this;
    const order = new Random(host.seed, host.number, ORDER_STREAM, position.epoch).permutation(
      host.source.count,
    );
    while (position.step < host.plan.stepsPerEpoch) {
      if (host.signal?.aborted) {
        await host.saveLast(this);
        throwIfCancelled(host.signal);
      }
      if (host.takeFinishEarly()) return 'ending';
      if (host.pauseRequested()) {
        await host.saveLast(this);
        return 'paused';
      }
      if (this.#timeIsUp) return 'ending';
      await this.#step(order);
      if (performance.now() - this.#lastSaved > host.checkpointSeconds * 1000) await this.#saveLast();
    }
    return 'complete';
  }

  get #timeIsUp(): boolean {
    const { maxSeconds } = this.host.plan;
    return maxSeconds !== null && this.position.stageSeconds >= maxSeconds;
  }

  async #step(order: Uint32Array): Promise<void> {
    const { position, host, stage, vector } = this;
    const { settings } = stage;
    const started = performance.now();
    const batch = settings.batchSize * settings.accumulation;
    const examples = [...order.subarray(position.step * batch, (position.step + 1) * batch)];
    const seeds = [host.seed, host.number] as const;
    const items: Item[] = stage.draw(
      examples,
      new Random(...seeds, DRAW_STREAM, position.epoch, position.step),
    );
    const { loss, gradient } = await batchGradient({
      stage,
      source: host.source,
      vector,
      items,
      microBatch: position.microBatch,
      random: () => new RandomStream(combineSeeds(...seeds, DROPOUT_STREAM, position.steps)),
      onHalved: (size) => {
        position.microBatch = size;
        host.note(
          `Memory ran out, so training goes on with ${size} example${size === 1 ? '' : 's'} at a time; gradients are added up to the same batch.`,
        );
      },
    });
    try {
      if (!Number.isFinite(loss)) throw this.#diverged(loss);
      this.#update(gradient);
    } finally {
      gradient.dispose();
    }
    position.step++;
    position.steps++;
    position.lossSum += loss * items.length;
    position.lossCount += items.length;
    const seconds = (performance.now() - started) / 1000;
    this.#addSeconds(seconds);
    host.stepDone(position.lossSum / position.lossCount, seconds);
  }

  #update(gradient: tf.Tensor1D): void {
    for (const { variable, value } of this.#frozen) variable.assign(value);
    const clipped = clipByNorm(gradient, this.stage.settings.gradientClip);
    const weights = this.vector.read();
    const next = this.optimiser.step(weights, clipped, this.#rate());
    this.vector.write(next);
    this.average?.update(next);
    tf.dispose([clipped, weights, next]);
  }

  /** Learning rate of the next step; a cosine reaches 0 with the last step, or with the time limit where that comes first. */
  #rate(): number {
    const { settings } = this.stage;
    if (settings.schedule === 'constant') return settings.learningRate;
    const { plan } = this.host;
    const bySteps = this.position.steps / (plan.epochs * plan.stepsPerEpoch);
    const byTime = plan.maxSeconds === null ? 0 : this.position.stageSeconds / plan.maxSeconds;
    const done = Math.min(1, Math.max(bySteps, byTime));
    return settings.learningRate * 0.5 * (1 + Math.cos(Math.PI * done));
  }

  #diverged(loss: number): DriftcastError {
    const { position, stage } = this;
    const kept =
      position.bestEpoch === 0
        ? 'No weights of this stage were kept.'
        : `The best weights so far, of epoch ${position.bestEpoch}, are kept.`;
    return new DriftcastError(
      'diverged',
      `The loss of the ${stage.name} became ${loss} in epoch ${position.epoch + 1}, batch ${position.step + 1}. ${kept}`,
      'Train again with a lower learning rate, and check the data for extreme values.',
    );
  }

  async #closeEpoch(ending: boolean): Promise<void> {
    const { position, host } = this;
    const started = performance.now();
    const finalEpoch = ending || this.#timeIsUp || position.epoch + 1 >= host.plan.epochs;
    const scored = finalEpoch || isScored(host.plan, position.epoch);
    const loss = position.lossCount === 0 ? 0 : position.lossSum / position.lossCount;
    const validated = await this.withAverage(async () => {
      const result = await host.validate(scored);
      // Without validation data the training loss has to decide.
      const score = host.source.count > 0 && result.loss === null ? loss : result.score;
      if (score !== null && !Number.isFinite(score)) throw this.#diverged(score);
      if (score !== null && (position.bestScore === null || score < position.bestScore)) {
        position.bestScore = score;
        position.bestEpoch = position.epoch + 1;
        await host.saveBest(position.bestEpoch, score);
      }
      return result;
    });
    this.#addSeconds((performance.now() - started) / 1000);
    if (position.step > 0)
      await host.epochDone({ loss, validationLoss: validated.loss, score: validated.score });

    position.epoch++;
    position.step = 0;
    position.lossSum = 0;
    position.lossCount = 0;
    position.epochSeconds = 0;
    const { patience } = host;
    position.ended =
      finalEpoch || (patience > 0 && scored && position.epoch - position.bestEpoch >= patience);
    await this.#saveLast();
  }

  /** Runs `work` with the averaged weights in the network, where there is an average. */
  async withAverage<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.average === null || this.average.steps === 0) return work();
    const weights = this.vector.read();
    this.vector.write(this.average.vector);
    try {
      return await work();
    } finally {
      this.vector.write(weights);
      weights.dispose();
    }
  }

  async #saveLast(): Promise<void> {
    await this.host.saveLast(this);
    this.#lastSaved = performance.now();
  }

  #addSeconds(seconds: number): void {
    this.position.epochSeconds += seconds;
    this.position.stageSeconds += seconds;
  }

  dispose(): void {
    this.optimiser.dispose();
    this.average?.dispose();
    tf.dispose(this.#frozen.map(({ value }) => value));
  }
}
