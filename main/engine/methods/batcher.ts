/**
 * Runs a computation over many rows in pieces that fit into memory, and lets the event loop breathe between
 * them: native operations block it, and someone may want to cancel.
 */
import { throwIfCancelled } from '#shared/cancellation.ts';
import { DriftcastError } from '#shared/errors.ts';
import * as tf from '../runtime/tf.ts';
import { isOutOfMemory } from './memory.ts';

export class Batcher {
  #limit: number;
  readonly #signal: AbortSignal | null;
  /** Evaluations per member, and rows in all, so far. */
  calls = 0;
  rows = 0;

  /** @param limit most rows in one network call; halved for good when memory runs out */
  constructor(limit: number, signal: AbortSignal | null) {
    this.#limit = Math.max(1, limit);
    this.#signal = signal;
  }

  /**
   * The results of `compute(from, count)`, each [count, …], for all of `rows`, joined. One row of a call is worth
   * `width` rows of the limit (several network inputs stacked into one batch). Intermediate tensors are disposed.
   */
  async run(
    rows: number,
    width: number,
    compute: (from: number, count: number) => tf.Tensor4D,
  ): Promise<tf.Tensor4D> {
    const parts: tf.Tensor4D[] = [];
    try {
      for (let from = 0; from < rows; ) {
        throwIfCancelled(this.#signal);
        const count = Math.min(rows - from, Math.max(1, Math.floor(this.#limit / width)));
        try {
          // A clone, because a computation may answer with one of its inputs, which tidy would not own.
          parts.push(tf.tidy(() => compute(from, count).clone()));
          from += count;
        } catch (thrown) {
          if (!isOutOfMemory(thrown)) throw thrown;
          if (count === 1)
            throw new DriftcastError(
              'out-of-memory',
              'There is not enough memory to run the network on a single example.',
              'Close other programs, or use a smaller region or network.',
              { cause: thrown },
            );
          this.#limit = Math.max(1, Math.floor((count * width) / 2));
        }
        await tf.nextFrame();
      }
      this.calls += width;
      this.rows += rows * width;
      if (parts.length === 1) return parts.pop()!;
      return tf.concat(parts, 0);
    } finally {
      tf.dispose(parts);
    }
  }
}
