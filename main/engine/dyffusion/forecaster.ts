/** Stage two, F_θ(x_{iₙ}, iₙ, condition) → x_h: from any moment of the window to its end (paper, section 3). */
import type { DiffusionSettings } from '#shared/domain/settings.ts';
import { type CellMask, hold } from '../methods/mask.ts';
import type { ForwardOptions, Network } from '../networks/network.ts';
import * as tf from '../runtime/tf.ts';
import { type DiffusionSchedule, encodeTime } from './schedule.ts';

export class Forecaster {
  constructor(
    readonly network: Network,
    readonly schedule: DiffusionSchedule,
    readonly options: Pick<DiffusionSettings, 'timeEncoding' | 'conditioning' | 'forecasterPredictsChange'>,
    readonly mask: CellMask | null,
  ) {}

  /** Whether the first forecast from x₀ is the same for every member, so that one call serves all of them. */
  get sharesFirstCall(): boolean {
    return this.options.conditioning !== 'data+noise';
  }

  /**
   * @param x state at diffusion step n, [batch, height, width, channel], normalised
   * @param steps n of each example; real numbers are allowed
   * @param x0 initial condition, same shape as `x`
   * @param statics extra input channels, [batch, height, width, extra], or null
   * @returns prediction of x_h, same shape as `x`, 0 in masked cells
   */
  predict(
    x: tf.Tensor4D,
    steps: readonly number[],
    x0: tf.Tensor4D,
    statics: tf.Tensor4D | null,
    pass: ForwardOptions,
  ): tf.Tensor4D {
    return tf.tidy(() => {
      const time = tf.tensor1d(
        steps.map((step) => encodeTime(this.schedule, this.options.timeEncoding, step)),
        'float32',
      );
      const condition = this.#condition(x0, steps, statics, pass);
      const answer = this.network.forward(x, time, condition, pass);
      const predicted = this.options.forecasterPredictsChange ? x0.add<tf.Tensor4D>(answer) : answer;
      return hold(predicted, this.mask);
    });
  }

  /** `forward_conditioning`, with the static condition after it. */
  #condition(
    x0: tf.Tensor4D,
    steps: readonly number[],
    statics: tf.Tensor4D | null,
    pass: ForwardOptions,
  ): tf.Tensor4D | null {
    const { conditioning } = this.options;
    if (conditioning === 'none') return statics;
    let condition = x0;
    if (conditioning === 'data+noise') {
      const last = this.schedule.steps - 1;
      const share = tf.tensor4d(
        steps.map((step) => step / last),
        [steps.length, 1, 1, 1],
      );
      const noise = hold(pass.random.normal<tf.Rank.R4>(x0.shape), this.mask);
      condition = x0.mul(share).add(noise.mul(tf.sub(1, share))) as tf.Tensor4D;
    }
    return statics === null ? condition : tf.concat([condition, statics], 3);
  }
}
