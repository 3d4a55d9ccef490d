/**
 * What methods that answer all h steps of a window at once have in common: the steps stacked along the channels, time
 * first ([…, h · channel]: x_1's channels, then x_2's), as in the published code.
 */
import type { ExampleSource } from '#shared/domain/examples.ts';
import { fieldsOf, type LoadedBatch, loadFrames } from '../methods/frames.ts';
import type { Stage } from '../methods/method.ts';
import type { Block } from '../methods/rollout.ts';
import * as tf from '../runtime/tf.ts';

/** Frames x₀, x₁ … x_h of each item. */
export function loadWindows(horizon: number): Stage['load'] {
  const wanted = Array.from({ length: horizon + 1 }, (_, step) => () => step);
  return (source, items) => loadFrames(source, items, wanted);
}

/** x₀ [items, height, width, channel] and x₁ … x_h [items, height, width, h · channel]. */
export function windowOf(source: ExampleSource, batch: LoadedBatch): { x0: tf.Tensor4D; steps: tf.Tensor4D } {
  const [first, ...later] = batch.frames.map((frames) => fieldsOf(source, frames));
  return { x0: first!, steps: later.length === 1 ? later[0]! : tf.concat(later, 3) };
}

/** Hands over the leads of a block from [rows, height, width, h · channel], one at a time. */
export async function giveLeads(block: Block, steps: tf.Tensor4D, channels: number): Promise<void> {
  for (const lead of block.leads) {
    const snapshot = tf.slice4d(steps, [0, 0, 0, (lead - 1) * channels], [-1, -1, -1, channels]);
    try {
      await block.give(lead, snapshot);
    } finally {
      snapshot.dispose();
    }
  }
}
