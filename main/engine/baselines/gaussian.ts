/**
 * Gaussian diffusion over the h stacked steps of a window given its initial condition, which DDPM and MCVD share: the
 * network sees the noisy steps, the noise level, x₀ and the static channels, and predicts the noise (Ho et al. 2020,
 * equation 14).
 */

import { methodFacts } from '#shared/domain/methods.ts';
import type { TrainableMethod, TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type Item, staticsOf } from '../methods/frames.ts';
import { fieldLoss } from '../methods/loss.ts';
import { type CellMask, createMask, hold } from '../methods/mask.ts';
import type { MethodModel, SampleRequest, SampleStatistics, Stage } from '../methods/method.ts';
import { architecture, type Problem } from '../methods/problem.ts';
import { refuseRealLeads, rollOut } from '../methods/rollout.ts';
import { joined, pick, repeated } from '../methods/rows.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { giveLeads, loadWindows, windowOf } from './at-once.ts';
import type { NoiseSchedule } from './noise-schedule.ts';
import { MODEL } from './time-conditioned.ts';

/** From x with noise of one level to x with that of the next, given the noise that the network sees in it. */
export interface DenoisingStep {
  /** Index into the noise schedule, 0 with the least noise. */
  readonly level: number;
  /** New tensor of the shape of `x`, which is [rows, height, width, h · channel]. */
  apply(x: tf.Tensor4D, noise: tf.Tensor4D, random: RandomStream): tf.Tensor4D;
}

export interface GaussianProcess {
  readonly method: TrainableMethod;
  readonly schedule: NoiseSchedule;
  /** What the network is told about a level. */
  label(level: number): number;
  /** The steps of sampling, from pure noise on, in so many network calls; null: all of them. */
  steps(calls: number | null): DenoisingStep[];
}

export class GaussianModel {
  constructor(
    readonly process: GaussianProcess,
    readonly network: Network,
    readonly mask: CellMask | null,
    readonly problem: Problem,
  ) {}

  static create(
    process: GaussianProcess,
    settings: TrainSettings,
    problem: Problem,
    seed: number,
  ): GaussianModel {
    const { height, width, channels } = problem.shape;
    const network = createNetwork(
      {
        ...architecture(settings.network, settings.forecaster.dropout, problem),
        inputChannels: problem.horizon * channels,
        outputChannels: problem.horizon * channels,
        conditionChannels: channels + problem.conditionChannels,
      },
      new RandomStream(seed).fork(2),
    );
    return new GaussianModel(process, network, createMask(problem.mask, height, width), problem);
  }

  /**
   * @param x noisy steps, [batch, height, width, h · channel]
   * @param levels noise level of each example
   * @param x0 initial condition, [batch, height, width, channel]
   * @param statics extra input channels, or null
   * @returns the noise in `x`, same shape, 0 in masked cells
   */
  noiseIn(
    x: tf.Tensor4D,
    levels: readonly number[],
    x0: tf.Tensor4D,
    statics: tf.Tensor4D | null,
    pass: ForwardOptions,
  ): tf.Tensor4D {
    return tf.tidy(() => {
      const time = tf.tensor1d(levels.map(this.process.label), 'float32');
      return hold(this.network.forward(x, time, joined([x0, statics]), pass), this.mask);
    });
  }

  /** Standard normal noise, 0 in masked cells. */
  noise(random: RandomStream, shape: [number, number, number, number]): tf.Tensor4D {
    return tf.tidy(() => hold(random.normal<tf.Rank.R4>(shape), this.mask));
  }

  stage(settings: TrainSettings): Stage {
    const { schedule } = this.process;
    const levels = schedule.betas.length;
    const { horizon } = this.problem;
    const { forecaster } = settings;
    return {
      name: 'forecaster',
      settings: forecaster,
      part: MODEL,
      network: this.network,
      scoredBy: 'forecast',
      continues: false,
      stochastic: false,
      draw: (examples, random) => examples.map((example) => ({ example, step: random.integer(levels) })),
      spread: (count, rows) => spreadLevels(count, rows, levels),
      load: loadWindows(horizon),
      objective: (source, batch, pass) => {
        const { x0, steps } = windowOf(source, batch);
        const drawn = batch.items.map(({ step }) => step);
        const noise = this.noise(pass.random, steps.shape);
        const noisy = diffused(schedule, steps, drawn, noise);
        const statics = staticsOf(source, batch);
        return () =>
          fieldLoss(this.noiseIn(noisy, drawn, x0, statics, pass), noise, forecaster.loss, this.mask);
      },
    };
  }

  sample(request: SampleRequest, calls: number | null): Promise<SampleStatistics> {
    const { random } = request;
    const { height, width, channels } = this.problem.shape;
    const { horizon } = this.problem;
    const steps = this.process.steps(calls);
    const pass = { dropout: false, training: false, random };
    return rollOut(request, horizon, async (block) => {
      const { initial, copies, statics, staticCopies, rows } = block;
      let x = this.noise(random, [rows, height, width, horizon * channels]);
      try {
        for (const [i, step] of steps.entries()) {
          const noisy = x;
          x = await block.batcher.run(rows, 1, (from, count) => {
            const here = pick(noisy, from, count, 1);
            const start = pick(initial, from, count, copies);
            const still = statics && pick(statics, from, count, staticCopies);
            const noise = this.noiseIn(here, repeated(step.level, count), start, still, pass);
            return hold(step.apply(here, noise, random), this.mask);
          });
          noisy.dispose();
          block.progress((i + 1) / steps.length);
        }
        await giveLeads(block, x, channels);
      } finally {
        x.dispose();
      }
    });
  }

  dispose(): void {
    this.network.dispose();
    this.mask?.field.dispose();
  }
}

/** Fixed items over all levels: one a level would be the first levels of a few examples alone. */
function spreadLevels(count: number, rows: number, levels: number): Item[] {
  const wanted = Math.min(rows, count * levels);
  return Array.from({ length: wanted }, (_, row) => ({
    example: row % count,
    step: Math.floor(((row + 0.5) * levels) / wanted),
  }));
}

/**
 * q(x_n | x): √ᾱ_n x + √(1 − ᾱ_n) ε with the level of each example.
 * @returns same shape as `x`, [batch, height, width, channel]
 */
export function diffused(
  schedule: NoiseSchedule,
  x: tf.Tensor4D,
  levels: readonly number[],
  noise: tf.Tensor4D,
): tf.Tensor4D {
  return tf.tidy(() => {
    const column = (of: (signal: number) => number) =>
      tf.tensor4d(
        levels.map((level) => of(schedule.signal[level]!)),
        [levels.length, 1, 1, 1],
      );
    return x.mul(column(Math.sqrt)).add(noise.mul(column((signal) => Math.sqrt(1 - signal)))) as tf.Tensor4D;
  });
}

/** What a step takes for the data: x₀ = (x − √(1 − ᾱ) ε) / √ᾱ, within ±`clip`. */
export function dataIn(x: tf.Tensor4D, noise: tf.Tensor4D, signal: number, clip: number | null): tf.Tensor4D {
  return tf.tidy(() => {
    const data = x.mul(Math.sqrt(1 / signal)).sub(noise.mul(Math.sqrt(1 / signal - 1))) as tf.Tensor4D;
    return clip === null ? data : (data.clipByValue(-clip, clip) as tf.Tensor4D);
  });
}

/** The model behind the interface of all methods, and the sampling schedules it knows: `steps20` takes 20 calls. */
export function gaussianMethod(model: GaussianModel, settings: TrainSettings): MethodModel {
  const { method } = model.process;
  const { title } = methodFacts[method];
  const { samplingSteps, validationSteps, steps } = settings.noise;
  const validation = Math.min(validationSteps, samplingSteps ?? steps);
  return {
    method,
    networks: new Map([[MODEL, model.network]]),
    stages: [model.stage(settings)],
    calibration: null,
    validationSchedule: `steps${validation}`,
    forecastSeconds: ([call = 0]) => call * model.process.steps(validation).length,
    async sample(request) {
      refuseRealLeads(request, title);
      const calls = callsOf(request.schedule ?? null, title, steps) ?? samplingSteps;
      return model.sample(request, calls === null || calls >= steps ? null : calls);
    },
    dispose: () => model.dispose(),
  };
}

function callsOf(schedule: string | null, title: string, most: number): number | null {
  if (schedule === null) return null;
  const calls = Number(/^steps(\d+)$/.exec(schedule)?.[1]);
  if (calls >= 1 && calls <= most) return calls;
  throw new DriftcastError(
    'bad-input',
    `"${schedule.slice(0, 60)}" is no sampling schedule of ${title}.`,
    `Write for instance steps50 for 50 network calls, from steps1 to steps${most}.`,
  );
}
