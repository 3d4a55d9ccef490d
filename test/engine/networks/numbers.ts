/** Random tensors and finite differences for the tests of layers. */
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';

/** Makes tensors with values uniform in ±0.5, the same for the same seed on every backend. */
export function tensors(seed: number) {
  const random = new RandomStream(seed);
  return <R extends tf.Rank>(shape: tf.ShapeMap[R]): tf.Tensor<R> => {
    const size = (shape as number[]).reduce((a, b) => a * b, 1);
    return tf.tensor(
      Float32Array.from({ length: size }, () => random.next() - 0.5),
      shape,
    );
  };
}

/**
 * Compares the gradient of Σ f(inputs)·w (w fixed and random) with central differences at a few elements of every
 * input; returns the largest error relative to that input's largest gradient (or to a hundredth of the largest of
 * all, since some gradients are exactly zero).
 */
export function gradientError(
  f: (inputs: tf.Tensor[]) => tf.Tensor,
  inputs: tf.Tensor[],
  step = 1e-2,
): number {
  const make = tensors(99);
  const weights = make(f(inputs).shape);
  const loss = (xs: tf.Tensor[]): tf.Scalar => f(xs).mul(weights).sum();
  const gradients = tf.grads((...xs: tf.Tensor[]) => loss(xs))(inputs);
  const largestOf = (tensor: tf.Tensor): number => tensor.abs().max().dataSync()[0]!;
  const floor = Math.max(...gradients.map(largestOf)) / 100;
  let worst = 0;
  inputs.forEach((input, i) => {
    const gradient = gradients[i]!.dataSync();
    const largest = Math.max(floor, largestOf(gradients[i]!));
    for (let probe = 0; probe < Math.min(6, input.size); probe++) {
      const element = Math.floor((probe * input.size) / 6) % input.size;
      const shifted = (by: number): number => {
        const values = Float32Array.from(input.dataSync());
        values[element]! += by;
        const xs = inputs.map((x, k) => (k === i ? tf.tensor(values, input.shape) : x));
        return loss(xs).dataSync()[0]!;
      };
      const slope = (shifted(step) - shifted(-step)) / (2 * step);
      worst = Math.max(worst, Math.abs(slope - gradient[element]!) / largest);
    }
  });
  return worst;
}

/** Largest absolute difference. */
export function difference(a: tf.Tensor, b: tf.Tensor): number {
  return a.sub(b).abs().max().dataSync()[0]!;
}
