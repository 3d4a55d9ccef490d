/**
 * All weights of a network as one long vector. An optimiser works element by element, and a few passes over one
 * vector cost far less than as many passes over each of a hundred small tensors.
 */
import * as tf from '../runtime/tf.ts';

export class ParameterVector {
  readonly #variables: readonly tf.Variable[];
  readonly #sizes: readonly number[];
  readonly size: number;

  /** @param parameters in an order that must not change, since checkpoints hold the vector */
  constructor(parameters: ReadonlyMap<string, tf.Variable>) {
    this.#variables = [...parameters.values()];
    this.#sizes = this.#variables.map((variable) => variable.size);
    this.size = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  /** The weights now, [size]; the caller disposes it. */
  read(): tf.Tensor1D {
    return this.#join(this.#variables);
  }

  /** Sets the weights from [size]. */
  write(vector: tf.Tensor1D): void {
    tf.tidy(() => {
      const parts = this.#sizes.length === 1 ? [vector] : tf.split(vector, this.#sizes as number[], 0);
      this.#variables.forEach((variable, i) => {
        variable.assign(parts[i]!.reshape(variable.shape));
      });
    });
  }

  /**
   * Value and gradient, [size], of a scalar function of the weights; weights it does not depend on get 0.
   * The caller disposes both.
   */
  gradient(loss: () => tf.Scalar): { value: tf.Scalar; gradient: tf.Tensor1D } {
    return tf.tidy(() => {
      const { value, grads } = tf.variableGrads(loss, this.#variables as tf.Variable[]);
      const parts = this.#variables.map((variable) => grads[variable.name] ?? tf.zeros(variable.shape));
      return { value, gradient: this.#join(parts) };
    });
  }

  #join(tensors: readonly tf.Tensor[]): tf.Tensor1D {
    return tf.tidy(() => {
      const flat = tensors.map((tensor) => tensor.reshape<tf.Tensor1D>([-1]));
      return flat.length === 1 ? flat[0]!.clone() : tf.concat(flat, 0);
    });
  }
}
