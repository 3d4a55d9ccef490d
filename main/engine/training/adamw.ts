/** The optimiser of the paper: Adam with weight decay apart from the gradient, and gradients clipped by their norm. */
import * as tf from '../runtime/tf.ts';

export interface AdamWOptions {
  weightDecay: number;
  beta1?: number;
  beta2?: number;
  epsilon?: number;
}

/** What a checkpoint keeps of an optimiser. */
export interface AdamWState {
  steps: number;
  /** Both [size]. */
  first: Float32Array;
  second: Float32Array;
}

/**
 * AdamW (Loshchilov and Hutter 2019, algorithm 2), as PyTorch computes it: weights shrink by rate · decay first, then
 * move by rate · m̂ / (√v̂ + ε).
 */
export class AdamW {
  readonly #options: Required<AdamWOptions>;
  #first: tf.Tensor1D;
  #second: tf.Tensor1D;
  #steps = 0;

  constructor(size: number, options: AdamWOptions) {
    this.#options = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, ...options };
    this.#first = tf.keep(tf.zeros([size]));
    this.#second = tf.keep(tf.zeros([size]));
  }

  get steps(): number {
    return this.#steps;
  }

  /** The weights after one step, [size]; the caller disposes it and both arguments. */
  step(weights: tf.Tensor1D, gradient: tf.Tensor1D, rate: number): tf.Tensor1D {
    const { beta1, beta2, epsilon, weightDecay } = this.#options;
    this.#steps++;
    const correction1 = 1 - beta1 ** this.#steps;
    const correction2 = Math.sqrt(1 - beta2 ** this.#steps);
    const [first, second, moved] = tf.tidy(() => {
      const m = this.#first.mul(beta1).add(gradient.mul(1 - beta1)) as tf.Tensor1D;
      const v = this.#second.mul(beta2).add(gradient.square().mul(1 - beta2)) as tf.Tensor1D;
      const scale = v.sqrt().div(correction2).add(epsilon);
      const decayed = weightDecay === 0 ? weights : weights.mul(1 - rate * weightDecay);
      return [m, v, decayed.sub(m.mul(rate / correction1).div(scale)) as tf.Tensor1D];
    });
    tf.dispose([this.#first, this.#second]);
    this.#first = tf.keep(first);
    this.#second = tf.keep(second);
    return moved;
  }

  async state(): Promise<AdamWState> {
    return {
      steps: this.#steps,
      first: (await this.#first.data()) as Float32Array,
      second: (await this.#second.data()) as Float32Array,
    };
  }

  restore(state: AdamWState): void {
    tf.dispose([this.#first, this.#second]);
    this.#steps = state.steps;
    this.#first = tf.keep(tf.tensor1d(state.first));
    this.#second = tf.keep(tf.tensor1d(state.second));
  }

  dispose(): void {
    tf.dispose([this.#first, this.#second]);
  }
}

/**
 * `gradient` scaled down to the Euclidean norm `limit` where it is longer, with the 1e-6 that
 * torch.nn.utils.clip_grad_norm_ adds to the norm. The caller disposes result and argument.
 */
export function clipByNorm(gradient: tf.Tensor1D, limit: number | null): tf.Tensor1D {
  if (limit === null) return gradient.clone();
  return tf.tidy(() => {
    const norm = gradient.square().sum().sqrt();
    return gradient.mul(tf.minimum(1, tf.div(limit, norm.add(1e-6)))) as tf.Tensor1D;
  });
}
