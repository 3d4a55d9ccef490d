/** The two stages of training as the loop sees them: what to draw for a batch, what to load, what to minimise. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { StageName } from '#shared/domain/run.ts';
import type { StageSettings, TrainSettings } from '#shared/domain/settings.ts';
import type { Random } from '#shared/random.ts';
import { diffuse, forecasterLoss, interpolatorLoss } from '../dyffusion/losses.ts';
import type { DyffusionModel } from '../dyffusion/model.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import * as tf from '../runtime/tf.ts';

/** One example of a batch with its draw: the interpolation time i, or the diffusion step n. */
export interface Item {
  example: number;
  step: number;
}

/** Frames of a batch, each [items, height, width, channel]; `between` (xᵢ) in the interpolator's stage alone. */
export interface LoadedBatch {
  items: readonly Item[];
  start: Float32Array;
  end: Float32Array;
  between: Float32Array | null;
  statics: Float32Array | null;
}

export interface Stage {
  readonly name: StageName;
  readonly settings: StageSettings;
  readonly network: Network;
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
  /** Whether dropout belongs to the model and stays on outside training. */
  readonly stochastic: boolean;
}

export function interpolatorStage(model: DyffusionModel, settings: StageSettings): Stage {
  const last = model.schedule.horizon - 1;
  return {
    name: 'interpolator',
    settings,
    network: model.interpolator.network,
    stochastic: true,
    draw: (examples, random) => examples.map((example) => ({ example, step: 1 + random.integer(last) })),
    spread: (count, rows) => evenItems(count, rows, last, 1),
    load: (source, items) => loadFrames(source, items, true),
    objective(source, batch, pass) {
      const examples = {
        x0: fieldsOf(source, batch.start),
        xh: fieldsOf(source, batch.end),
        xi: fieldsOf(source, batch.between!),
        times: batch.items.map((item) => item.step),
        statics: staticsOf(source, batch),
      };
      return () => interpolatorLoss(model.interpolator, examples, settings.loss, pass);
    },
  };
}

export function forecasterStage(
  model: DyffusionModel,
  settings: StageSettings,
  diffusion: TrainSettings['diffusion'],
): Stage {
  const { steps } = model.schedule;
  const ascending = (items: Item[]) => items.sort((a, b) => a.step - b.step);
  return {
    name: 'forecaster',
    settings,
    network: model.forecaster.network,
    stochastic: false,
    // The loss wants its examples ordered by diffusion step (see ForecasterExamples).
    draw: (examples, random) =>
      ascending(examples.map((example) => ({ example, step: random.integer(steps) }))),
    spread: (count, rows) => ascending(evenItems(count, rows, steps, 0)),
    load: (source, items) => loadFrames(source, items, false),
    objective(source, batch, pass) {
      const examples = {
        x0: fieldsOf(source, batch.start),
        xh: fieldsOf(source, batch.end),
        steps: batch.items.map((item) => item.step),
        statics: staticsOf(source, batch),
      };
      const noisy = diffuse(model, examples, pass.random);
      const options = { ...diffusion, loss: settings.loss };
      return () => forecasterLoss(model, examples, noisy, options, pass).total;
    },
  };
}

/** Items that walk through examples and steps together, so that few of them touch all of both. */
function evenItems(count: number, rows: number, steps: number, first: number): Item[] {
  const wanted = Math.min(rows, count * steps);
  return Array.from({ length: wanted }, (_, row) => ({
    example: Math.floor((row * count) / wanted),
    step: first + (row % steps),
  }));
}

async function loadFrames(
  source: ExampleSource,
  items: readonly Item[],
  between: boolean,
): Promise<LoadedBatch> {
  const { height, width, channels } = source.shape;
  const size = items.length * height * width * channels;
  const examples = items.map((item) => item.example);
  const [frames, statics] = await Promise.all([
    source.frames([
      ...items.map(({ example }) => ({ example, step: 0 })),
      ...items.map(({ example }) => ({ example, step: source.horizon })),
      ...(between ? items : []),
    ]),
    source.conditions(examples),
  ]);
  return {
    items,
    start: frames.subarray(0, size),
    end: frames.subarray(size, 2 * size),
    between: between ? frames.subarray(2 * size) : null,
    statics,
  };
}

function fieldsOf(source: ExampleSource, values: Float32Array): tf.Tensor4D {
  const { height, width, channels } = source.shape;
  return tf.tensor4d(values, [values.length / (height * width * channels), height, width, channels]);
}

function staticsOf(source: ExampleSource, batch: LoadedBatch): tf.Tensor4D | null {
  if (batch.statics === null) return null;
  const { height, width } = source.shape;
  return tf.tensor4d(batch.statics, [batch.items.length, height, width, source.conditionChannels]);
}
