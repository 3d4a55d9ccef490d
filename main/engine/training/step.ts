/** One optimiser step: gradients of an effective batch, gathered in passes that fit into memory. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Item, LoadedBatch } from '../methods/frames.ts';
import { isOutOfMemory } from '../methods/memory.ts';
import type { Stage } from '../methods/method.ts';
import type { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import type { ParameterVector } from './parameters.ts';

export interface BatchGradient {
  /** Mean loss over the items. */
  loss: number;
  /** [parameters]; the caller disposes it. */
  gradient: tf.Tensor1D;
}

export interface GradientRequest {
  stage: Stage;
  source: ExampleSource;
  vector: ParameterVector;
  items: readonly Item[];
  /** Most items in one pass. */
  microBatch: number;
  /** A fresh stream with the same numbers every time, because running out of memory starts the step again. */
  random: () => RandomStream;
  /** Called with the lowered size when memory ran out. */
  onHalved(microBatch: number): void;
  /** After each pass, with the share of the step done. */
  onPass?(fraction: number): void;
}

/**
 * Mean loss and gradient over all items: passes count by their number of items, so the result does not depend on how
 * the batch was cut (but for normalisation over the batch). Loading the next part overlaps with computing.
 * A loss that is not a number is returned as it is.
 * @throws DriftcastError `out-of-memory` when a single example does not fit
 */
export async function batchGradient(request: GradientRequest): Promise<BatchGradient> {
  let size = Math.min(request.microBatch, request.items.length);
  for (;;) {
    try {
      return await accumulate(request, size);
    } catch (thrown) {
      if (!isOutOfMemory(thrown)) throw thrown;
      if (size === 1)
        throw new DriftcastError(
          'out-of-memory',
          'There is not enough memory to train on even one example at a time.',
          'Close other programs, or choose a smaller region or network.',
          { cause: thrown },
        );
      size = Math.ceil(size / 2);
      request.onHalved(size);
      await tf.nextFrame();
    }
  }
}

async function accumulate(request: GradientRequest, size: number): Promise<BatchGradient> {
  const { stage, source, vector, items } = request;
  const pass = { dropout: true, training: true, random: request.random() };
  const load = (from: number) => {
    const part = items.slice(from, from + size);
    const loading: Promise<LoadedBatch> | null = part.length === 0 ? null : stage.load(source, part);
    // A failure is met where the batch is awaited, or nowhere when computing failed before.
    loading?.catch(() => {});
    return loading;
  };
  let total: tf.Tensor1D | null = null;
  let loss = 0;
  try {
    let upcoming = load(0);
    for (let from = 0; from < items.length; from += size) {
      const batch = await upcoming!;
      upcoming = load(from + size);
      const share = batch.items.length / items.length;
      const { value, gradient } = tf.tidy(() => vector.gradient(stage.objective(source, batch, pass)));
      loss += share * value.dataSync()[0]!;
      value.dispose();
      const sum: tf.Tensor1D = tf.tidy(() => {
        const part = share === 1 ? gradient.clone() : (gradient.mul(share) as tf.Tensor1D);
        return total === null ? part : (total.add(part) as tf.Tensor1D);
      });
      tf.dispose([gradient, total ?? []]);
      total = sum;
      request.onPass?.(Math.min(1, (from + size) / items.length));
      await tf.nextFrame();
    }
    return { loss, gradient: total! };
  } catch (thrown) {
    total?.dispose();
    throw thrown;
  }
}
