/**
 * Turns an architecture's layers into a Network: checks what comes in, joins the condition to the input in the
 * published order, embeds the time and frees every intermediate tensor.
 */
import { DriftcastError } from '#shared/errors.ts';
import * as tf from '../runtime/tf.ts';
import { type Pass, passOf } from './layers/blocks.ts';
import { prepareEmbedding, timeEmbedding } from './layers/linear.ts';
import type { Network, NetworkSettings } from './network.ts';
import type { VariableStore } from './variables.ts';

export interface Architecture {
  /** The condition's place in the concatenated input. */
  conditionFirst: boolean;
  /** Embeds the time, or null when the network does not know it. */
  embed: ((time: tf.Tensor1D) => tf.Tensor2D) | null;
  /** [batch, height, width, inputChannels + conditionChannels] → [batch, height, width, outputChannels] */
  body: (x: tf.Tensor4D, pass: Pass) => tf.Tensor4D;
}

/** The time embedding that all architectures share, already through the SiLU that every block starts with. */
export function embedder(store: VariableStore, settings: NetworkSettings): Architecture['embed'] {
  if (settings.withTimeEmbedding === false) return null;
  const embedding = timeEmbedding(store, 'time_emb_mlp', settings.dim);
  return (time) => prepareEmbedding(embedding(time));
}

/** Size of the time embedding, or null without one. */
export function embeddingSize(settings: NetworkSettings): number | null {
  return settings.withTimeEmbedding === false ? null : settings.dim * 2;
}

export function assemble(
  settings: NetworkSettings,
  store: VariableStore,
  architecture: Architecture,
): Network {
  return {
    settings,
    parameters: store.parameters,
    buffers: store.buffers,
    layouts: store.layouts,
    parameterCount: store.parameterCount,
    forward(x, time, condition, options) {
      checkInput(settings, x, time, condition);
      return tf.tidy(() => {
        const parts =
          condition === null ? [x] : architecture.conditionFirst ? [condition, x] : [x, condition];
        const input = parts.length === 1 ? x : tf.concat4d(parts, 3);
        const embedding = architecture.embed === null ? null : architecture.embed(time);
        return architecture.body(input, passOf(embedding, options));
      });
    },
    dispose: () => store.dispose(),
  };
}

function checkInput(
  settings: NetworkSettings,
  x: tf.Tensor4D,
  time: tf.Tensor1D,
  condition: tf.Tensor4D | null,
): void {
  const { height, width, inputChannels, conditionChannels } = settings;
  const wrong = (what: string, shape: readonly number[], channels: number): DriftcastError =>
    new DriftcastError(
      'bad-input',
      `The network got ${what} of shape [${shape}] but takes [batch, ${height}, ${width}, ${channels}].`,
      'Use a network that was made for this dataset and region.',
    );
  if (!fits(x, [height, width, inputChannels])) throw wrong('an input', x.shape, inputChannels);
  const given = condition === null ? 0 : conditionChannels;
  if (given !== conditionChannels || (condition !== null && conditionChannels === 0)) {
    throw wrong(
      condition === null ? 'no condition, which stands for one' : 'a condition',
      condition?.shape ?? [0],
      conditionChannels,
    );
  }
  if (condition !== null && !fits(condition, [height, width, conditionChannels], x.shape[0])) {
    throw wrong('a condition', condition.shape, conditionChannels);
  }
  if (settings.withTimeEmbedding !== false && (time.rank !== 1 || time.shape[0] !== x.shape[0])) {
    throw new DriftcastError(
      'bad-input',
      `The network got ${time.size} times for a batch of ${x.shape[0]}.`,
      'Give one time for each example.',
    );
  }
}

function fits(
  x: tf.Tensor,
  [height, width, channels]: [number, number, number],
  batch = x.shape[0],
): boolean {
  const [b, h, w, c] = x.shape;
  return x.rank === 4 && b === batch && h === height && w === width && c === channels;
}
