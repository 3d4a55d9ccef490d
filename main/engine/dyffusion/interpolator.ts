/**
 * Stage one, I_φ(x₀, x_h, i) → xᵢ: what happened between two frames. Its dropout stays on after training,
 * because the difference between two draws is the method's only source of randomness (paper, section 3).
 */

import { type CellMask, hold } from '../methods/mask.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import * as tf from '../runtime/tf.ts';

export class Interpolator {
  constructor(
    readonly network: Network,
    readonly mask: CellMask | null,
  ) {}

  /**
   * @param x0 initial condition, [batch, height, width, channel], normalised
   * @param xh frame at the horizon, same shape
   * @param times i of each example, real numbers in (0, h), in data steps
   * @param statics extra input channels, [batch, height, width, extra], or null
   * @returns draw of xᵢ, same shape as `x0`, 0 in masked cells
   */
  interpolate(
    x0: tf.Tensor4D,
    xh: tf.Tensor4D,
    times: readonly number[],
    statics: tf.Tensor4D | null,
    pass: ForwardOptions,
  ): tf.Tensor4D {
    return tf.tidy(() => {
      const frames = tf.concat([x0, xh], 3);
      const time = tf.tensor1d(times as number[], 'float32');
      return hold(this.network.forward(frames, time, statics, pass), this.mask);
    });
  }
}
