/** Cells that are never observed (land): held at 0 wherever a network looks, and no part of any loss. */
import * as tf from '../runtime/tf.ts';

export interface CellMask {
  /** [1, height, width, 1]: 1 observed, 0 not. */
  readonly field: tf.Tensor4D;
  /** Share of cells that are observed, in (0, 1). */
  readonly share: number;
}

/** From [height, width] zeros and ones; null when every cell is observed, so that nothing needs multiplying. */
export function createMask(values: Float32Array, height: number, width: number): CellMask | null {
  let observed = 0;
  for (const value of values) observed += value === 0 ? 0 : 1;
  if (observed === values.length || observed === 0) return null;
  return { field: tf.tensor4d(values, [1, height, width, 1]), share: observed / values.length };
}

/** `x` [batch, height, width, channel] with 0 in masked cells. */
export function hold(x: tf.Tensor4D, mask: CellMask | null): tf.Tensor4D {
  return mask === null ? x : x.mul(mask.field);
}
