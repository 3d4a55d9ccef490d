/** The distance between two fields that all methods are trained on. */
import * as tf from '../runtime/tf.ts';
import type { CellMask } from './mask.ts';

export type LossKind = 'l1' | 'l2';

/**
 * Mean of |d| or d² over examples, channels and observed cells. Both fields hold 0 in masked cells, so these add
 * nothing to the sum and only the count needs correcting.
 */
export function fieldLoss(
  predicted: tf.Tensor4D,
  target: tf.Tensor4D,
  kind: LossKind,
  mask: CellMask | null,
): tf.Scalar {
  return tf.tidy(() => {
    const difference = predicted.sub(target);
    const mean = (kind === 'l1' ? difference.abs() : difference.square()).mean();
    return (mask === null ? mean : mean.div(mask.share)) as tf.Scalar;
  });
}
