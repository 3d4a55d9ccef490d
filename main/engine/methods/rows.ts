/** Rows of ensembles: members share the tensors of their start as long as these are the same for all of them. */
import * as tf from '../runtime/tf.ts';

/** Rows `from` … of the ensemble, where each row of `x` serves `copies` members in a row. */
export function pick(x: tf.Tensor4D, from: number, count: number, copies: number): tf.Tensor4D {
  if (copies === 1)
    return count === x.shape[0] ? x : (x.slice([from, 0, 0, 0], [count, -1, -1, -1]) as tf.Tensor4D);
  const indices = Array.from({ length: count }, (_, i) => Math.floor((from + i) / copies));
  return tf.gather(x, tf.tensor1d(indices, 'int32'));
}

export function repeated(value: number, count: number): number[] {
  return new Array<number>(count).fill(value);
}

/** `x` below itself, `times` times, along the batch. */
export function stacked(x: tf.Tensor4D, times: number): tf.Tensor4D {
  return times === 1 ? x : tf.concat(new Array<tf.Tensor4D>(times).fill(x), 0);
}

/** Fields along their channels; what is null is left out. Null when nothing is left. */
export function joined(fields: readonly (tf.Tensor4D | null)[]): tf.Tensor4D | null {
  const there = fields.filter((field) => field !== null);
  if (there.length < 2) return there[0] ?? null;
  return tf.concat(there, 3);
}
