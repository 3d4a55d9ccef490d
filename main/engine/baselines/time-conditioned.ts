/**
 * The network that Dropout, Perturbation and the CRPS ensemble share: x₀, t → x_t with the lead time t as embedding
 * (the paper's multi-step baseline, section 5). One call a lead, real-valued leads included.
 */

import { stageSettings } from '#shared/domain/methods.ts';
import type { StageName } from '#shared/domain/run.ts';
import type { StageSettings, TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { evenItems, fieldsOf, loadFrames, staticsOf } from '../methods/frames.ts';
import { fieldLoss } from '../methods/loss.ts';
import { type CellMask, createMask, hold } from '../methods/mask.ts';
import type { SampleRequest, SampleStatistics, Stage } from '../methods/method.ts';
import { architecture, type Problem } from '../methods/problem.ts';
import { refuseSchedule, rollOut } from '../methods/rollout.ts';
import { pick, repeated } from '../methods/rows.ts';
import { anchored, stateAnchor } from '../networks/anchored.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';

/** Prefix of the weights of methods with one network. */
export const MODEL = 'model';

export class TimeConditioned {
  constructor(
    readonly network: Network,
    readonly mask: CellMask | null,
    readonly horizon: number,
  ) {}

  static create(settings: TrainSettings, problem: Problem, seed: number): TimeConditioned {
    const { height, width, channels } = problem.shape;
    const network = createNetwork(
      {
        ...architecture(settings.network, settings.forecaster.dropout, problem),
        inputChannels: channels,
        outputChannels: channels,
        conditionChannels: problem.conditionChannels,
      },
      new RandomStream(seed).fork(2),
    );
    const whole = settings.network.predictsChange ? anchored(network, stateAnchor()) : network;
    return new TimeConditioned(whole, createMask(problem.mask, height, width), problem.horizon);
  }

  /**
   * @param x0 initial condition, [batch, height, width, channel], normalised
   * @param times lead of each example in data steps; real numbers are allowed
   * @param statics extra input channels, [batch, height, width, extra], or null
   * @returns forecast of x_t, same shape as `x0`, 0 in masked cells
   */
  predict(
    x0: tf.Tensor4D,
    times: readonly number[],
    statics: tf.Tensor4D | null,
    pass: ForwardOptions,
  ): tf.Tensor4D {
    return tf.tidy(() => {
      const time = tf.tensor1d(times as number[], 'float32');
      return hold(this.network.forward(x0, time, statics, pass), this.mask);
    });
  }

  /** One call a lead. @param start what a block starts from; a new tensor of `rows` rows, or the initial condition itself */
  sample(
    request: SampleRequest,
    title: string,
    dropout: boolean,
    disturb: ((start: tf.Tensor4D) => tf.Tensor4D) | null = null,
  ): Promise<SampleStatistics> {
    refuseSchedule(request, title);
    const pass = { dropout, training: false, random: request.random };
    return rollOut(request, this.horizon, async (block) => {
      const { initial, copies, statics, staticCopies, rows, leads } = block;
      // Members differ after the first block; only its common start needs disturbing.
      const own =
        disturb !== null && block.number === 0
          ? tf.tidy(() => disturb(pick(initial, 0, rows, copies)).clone())
          : null;
      try {
        for (const [i, lead] of leads.entries()) {
          const snapshot = await block.batcher.run(rows, 1, (from, count) => {
            const start = own === null ? pick(initial, from, count, copies) : pick(own, from, count, 1);
            const still = statics && pick(statics, from, count, staticCopies);
            return this.predict(start, repeated(lead, count), still, pass);
          });
          try {
            block.progress((i + 1) / leads.length);
            await block.give(lead, snapshot);
          } finally {
            snapshot.dispose();
          }
        }
      } finally {
        own?.dispose();
      }
    });
  }

  dispose(): void {
    this.network.dispose();
    this.mask?.field.dispose();
  }
}

/** Training of x₀, t → x_t with t uniform in {1, …, h} and the loss of the stage's settings. */
export function multiStepStage(
  model: TimeConditioned,
  settings: StageSettings,
  options: { stochastic: boolean },
): Stage {
  return {
    name: 'forecaster',
    settings,
    part: MODEL,
    network: model.network,
    scoredBy: 'forecast',
    continues: false,
    stochastic: options.stochastic,
    ...multiStepItems(model.horizon),
    objective(source, batch, pass) {
      const [x0, xt] = batch.frames.map((frames) => fieldsOf(source, frames));
      const statics = staticsOf(source, batch);
      const times = batch.items.map(({ step }) => step);
      return () => fieldLoss(model.predict(x0!, times, statics, pass), xt!, settings.loss, model.mask);
    },
  };
}

/** Draws of t and the frames x₀, x_t that belong to them. */
export function multiStepItems(horizon: number): Pick<Stage, 'draw' | 'spread' | 'load'> {
  return {
    draw: (examples, random) => examples.map((example) => ({ example, step: 1 + random.integer(horizon) })),
    spread: (count, rows) => evenItems(count, rows, horizon, 1),
    load: (source, items) => loadFrames(source, items, [() => 0, ({ step }) => step]),
  };
}

/** @throws DriftcastError `bad-input` where a method whose members differ by dropout alone would have none. */
export function requireDropout(settings: TrainSettings, stage: StageName, title: string): void {
  const { block, firstBlock, attention } = stageSettings(settings, stage).dropout;
  const rates = settings.network.kind === 'unet_resnet' ? [block, firstBlock, attention] : [block];
  if (rates.some((rate) => rate > 0)) return;
  throw new DriftcastError(
    'bad-input',
    `Without dropout in the ${stage} all members of ${title} would be the same.`,
    `Set ${stage}.dropout.block above 0, for instance to 0.15.`,
  );
}
