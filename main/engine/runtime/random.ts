/**
 * Random numbers whose whole state is two numbers, so that a resumed training draws exactly what the
 * uninterrupted one would have drawn. Tensors come from TensorFlow's counter-based generator (Philox) where it is
 * active, since tfjs's own draws run number by number in JavaScript; plain numbers come from a small hash.
 */
import { dropoutMaskNative } from './dropout.ts';
import { attribute, type NativeBackend, native } from './native.ts';
import * as tf from './tf.ts';

/** What has to be saved to continue a stream. */
export interface RandomState {
  seed: number;
  counter: number;
}

/**
 * A seeded stream of random numbers. Every tensor draw advances the counter by one, every plain number too.
 * The same seed gives the same numbers on every machine for plain draws, and for tensors on the same backend.
 */
export class RandomStream {
  #seed: number;
  #counter: number;

  /** @param seed any integer; only its lower 32 bits count */
  constructor(seed: number, counter = 0) {
    this.#seed = seed >>> 0;
    this.#counter = counter;
  }

  get state(): RandomState {
    return { seed: this.#seed, counter: this.#counter };
  }

  /** Continues from a saved state. */
  restore(state: RandomState): void {
    this.#seed = state.seed >>> 0;
    this.#counter = state.counter;
  }

  /** An independent stream, decided by this stream's seed and `label` alone (not by its counter). */
  fork(label: number): RandomStream {
    return new RandomStream(mix(this.#seed ^ 0x9e3779b9, label >>> 0));
  }

  /** One number, uniform in [0, 1), with 32 random bits. */
  next(): number {
    const counter = this.#counter++;
    return mix(this.#seed, counter, Math.floor(counter / 2 ** 32)) / 2 ** 32;
  }

  /** An integer, uniform in {0 … n−1}; `n` up to 2^32. */
  integer(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** The numbers 0 … n−1 in random order (Fisher–Yates). */
  permutation(n: number): Int32Array {
    const order = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = n - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      const kept = order[i] as number;
      order[i] = order[j] as number;
      order[j] = kept;
    }
    return order;
  }

  /** Tensor of the given shape, uniform in [low, high). */
  uniform<R extends tf.Rank>(shape: tf.ShapeMap[R], low = 0, high = 1): tf.Tensor<R> {
    return tf.tidy(() => {
      const unit = this.#draw('StatelessRandomUniform', shape, uniformValues);
      return (low === 0 && high === 1 ? unit : unit.mul(high - low).add(low)) as tf.Tensor<R>;
    });
  }

  /** Tensor of the given shape, from the normal distribution. */
  normal<R extends tf.Rank>(shape: tf.ShapeMap[R], mean = 0, deviation = 1): tf.Tensor<R> {
    return tf.tidy(() => {
      const unit = this.#draw('StatelessRandomNormal', shape, normalValues);
      return (mean === 0 && deviation === 1 ? unit : unit.mul(deviation).add(mean)) as tf.Tensor<R>;
    });
  }

  /**
   * A dropout mask of the given shape: 0 with probability `rate`, else 1 / (1 − rate), so that multiplying by it
   * keeps the mean. On TensorFlow the rate is rounded to a multiple of 2^−16.
   */
  dropoutMask<R extends tf.Rank>(shape: tf.ShapeMap[R], rate: number): tf.Tensor<R> {
    const backend = native();
    if (backend !== null) {
      return dropoutMaskNative(backend, shape as number[], rate, this.seedPair()) as tf.Tensor<R>;
    }
    return tf.tidy(() => {
      const uniform = this.#draw('', shape, uniformValues);
      return uniform
        .greaterEqual(rate)
        .toFloat()
        .mul(1 / (1 - rate)) as tf.Tensor<R>;
    });
  }

  /** Two 32-bit numbers that identify the next tensor draw; advances the counter. For native draws. */
  seedPair(): [number, number] {
    const counter = this.#counter++;
    // The counter's upper half goes into the first word, so that streams never repeat within 2^53 draws.
    return [(this.#seed ^ mix(0, Math.floor(counter / 2 ** 32))) | 0, counter | 0];
  }

  #draw(op: string, shape: readonly number[], plain: (seed: [number, number], n: number) => Float32Array) {
    const pair = this.seedPair();
    const backend = native();
    if (backend !== null) return nativeDraw(backend, op, shape, pair);
    const size = shape.reduce((a, b) => a * b, 1);
    return tf.tensor(plain(pair, size), shape as number[], 'float32');
  }
}

function nativeDraw(b: NativeBackend, op: string, shape: readonly number[], seed: [number, number]) {
  const attributes = [
    attribute.type(b, 'dtype', b.binding.TF_FLOAT),
    attribute.type(b, 'T', b.binding.TF_INT32),
    attribute.type(b, 'Tseed', b.binding.TF_INT32),
  ];
  return b.executeSingleOutput(op, attributes, [
    tf.tensor1d(shape as number[], 'int32'),
    tf.tensor1d(seed, 'int32'),
  ]);
}

/** Integer hash of up to three words (the finaliser of MurmurHash3 applied after each), as an unsigned number. */
function mix(a: number, b: number, c = 0): number {
  let h = finalise((a ^ 0x85ebca6b) | 0);
  h = finalise((h ^ b) | 0);
  return finalise((h + Math.imul(c, 0x9e3779b1) + 0x165667b1) | 0) >>> 0;
}

function finalise(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

function uniformValues(seed: [number, number], n: number): Float32Array {
  const key = mix(seed[0], seed[1]);
  const values = new Float32Array(n);
  // 24 bits are what a float32 in [0, 1) can hold without rounding up to 1.
  for (let i = 0; i < n; i++) values[i] = (mix(key, i) >>> 8) / 2 ** 24;
  return values;
}

function normalValues(seed: [number, number], n: number): Float32Array {
  const key = mix(seed[0], seed[1]);
  const values = new Float32Array(n);
  for (let i = 0; i < n; i += 2) {
    // Box–Muller; one is added before the logarithm's argument is scaled so that it is never 0.
    const radius = Math.sqrt(-2 * Math.log((mix(key, i) + 1) / (2 ** 32 + 1)));
    const angle = (2 * Math.PI * mix(key, i + 1)) / 2 ** 32;
    values[i] = radius * Math.cos(angle);
    if (i + 1 < n) values[i + 1] = radius * Math.sin(angle);
  }
  return values;
}
