/**
 * Creates and names a network's variables in the published order, with PyTorch's initial values, and remembers
 * how each is laid out in published files, so that architectures never deal with names twice.
 */
import type { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';

/**
 * How a published tensor maps to ours: `convolution` [out, in, kh, kw] ↔ [kh, kw, in, out],
 * `transposedConvolution` [in, out, kh, kw] ↔ [kh, kw, out, in], `linear` [out, in] ↔ [in, out],
 * `channels` [1, c, 1, 1] ↔ [c]; `vector` is the same, `counter` an int64 scalar kept as int32.
 */
export type Layout = 'convolution' | 'transposedConvolution' | 'linear' | 'channels' | 'vector' | 'counter';

/** Initial values: uniform in ±bound, normal(mean, deviation), or one constant. */
export type Initial = { bound: number } | { mean: number; deviation: number } | { constant: number };

export interface ConvolutionShape {
  kernel: number;
  input: number;
  output: number;
}

export class VariableStore {
  readonly parameters = new Map<string, tf.Variable>();
  readonly buffers = new Map<string, tf.Variable>();
  readonly layouts = new Map<string, Layout>();
  readonly #random: RandomStream;
  /** Replaces the uniform initial values of convolution kernels, where an architecture has its own. */
  readonly #kernelInitial: Initial | undefined;

  constructor(random: RandomStream, kernelInitial?: Initial) {
    this.#random = random;
    this.#kernelInitial = kernelInitial;
  }

  get parameterCount(): number {
    let count = 0;
    for (const variable of this.parameters.values()) count += variable.size;
    return count;
  }

  /** Kernel [k, k, in, out]: `<name>.weight`; PyTorch's kaiming_uniform(a=√5), which is ±1/√fan_in. */
  kernel(name: string, { kernel, input, output }: ConvolutionShape): tf.Variable<tf.Rank.R4> {
    const initial = this.#kernelInitial ?? { bound: 1 / Math.sqrt(input * kernel * kernel) };
    const shape = [kernel, kernel, input, output];
    return this.parameter(`${name}.weight`, shape, 'convolution', initial) as tf.Variable<tf.Rank.R4>;
  }

  /** Kernel of a transposed convolution, [k, k, out, in]: `<name>.weight`. */
  transposedKernel(name: string, { kernel, input, output }: ConvolutionShape): tf.Variable<tf.Rank.R4> {
    const initial = this.#kernelInitial ?? { bound: 1 / Math.sqrt(output * kernel * kernel) };
    const shape = [kernel, kernel, output, input];
    const layout = 'transposedConvolution';
    return this.parameter(`${name}.weight`, shape, layout, initial) as tf.Variable<tf.Rank.R4>;
  }

  /** Matrix [in, out] of a linear layer: `<name>.weight`. */
  matrix(name: string, input: number, output: number): tf.Variable<tf.Rank.R2> {
    const initial = { bound: 1 / Math.sqrt(input) };
    return this.parameter(`${name}.weight`, [input, output], 'linear', initial) as tf.Variable<tf.Rank.R2>;
  }

  /** Vector [size]: `name`. */
  vector(name: string, size: number, initial: Initial, layout: Layout = 'vector'): tf.Variable<tf.Rank.R1> {
    return this.parameter(name, [size], layout, initial) as tf.Variable<tf.Rank.R1>;
  }

  /** A variable that is saved with the network but not trained. */
  buffer(name: string, shape: number[], value: number, layout: Layout = 'vector'): tf.Variable {
    const type = layout === 'counter' ? 'int32' : 'float32';
    const variable = tf.tidy(() => tf.variable(tf.fill(shape, value, type), false));
    this.buffers.set(name, variable);
    this.layouts.set(name, layout);
    return variable;
  }

  dispose(): void {
    for (const variable of [...this.parameters.values(), ...this.buffers.values()]) variable.dispose();
  }

  private parameter(name: string, shape: number[], layout: Layout, initial: Initial): tf.Variable {
    const variable = tf.tidy(() => tf.variable(this.#values(shape, initial)));
    this.parameters.set(name, variable);
    this.layouts.set(name, layout);
    return variable;
  }

  #values(shape: number[], initial: Initial): tf.Tensor {
    if ('bound' in initial) return this.#random.uniform(shape, -initial.bound, initial.bound);
    if ('deviation' in initial) return this.#random.normal(shape, initial.mean, initial.deviation);
    return tf.fill(shape, initial.constant);
  }
}
