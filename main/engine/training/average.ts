/** Exponential moving average of weights: forecasts from it are steadier than from the last step's weights. */
import * as tf from '../runtime/tf.ts';

export class WeightAverage {
  readonly #decay: number;
  #vector: tf.Tensor1D;
  #steps = 0;

  /** @param weights [size], where the average starts */
  constructor(weights: tf.Tensor1D, decay: number) {
    this.#decay = decay;
    this.#vector = tf.keep(weights.clone());
  }

  get steps(): number {
    return this.#steps;
  }

  /** [size]; stays this object's. */
  get vector(): tf.Tensor1D {
    return this.#vector;
  }

  /** Takes in the weights after a step. Early on the average forgets faster, or it would remember the random start. */
  update(weights: tf.Tensor1D): void {
    this.#steps++;
    const decay = Math.min(this.#decay, (1 + this.#steps) / (10 + this.#steps));
    const next = tf.tidy(() => this.#vector.mul(decay).add(weights.mul(1 - decay)) as tf.Tensor1D);
    this.#vector.dispose();
    this.#vector = tf.keep(next);
  }

  restore(vector: Float32Array, steps: number): void {
    this.#vector.dispose();
    this.#vector = tf.keep(tf.tensor1d(vector));
    this.#steps = steps;
  }

  dispose(): void {
    this.#vector.dispose();
  }
}
