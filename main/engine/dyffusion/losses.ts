/** The two training objectives (paper, equation 3 for the interpolator, algorithm 1 and equation 5 for the forecaster). */
import type { DiffusionSettings } from '#shared/domain/settings.ts';
import { fieldLoss, type LossKind } from '../methods/loss.ts';
import type { ForwardOptions } from '../networks/network.ts';
import type { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import type { Forecaster } from './forecaster.ts';
import type { Interpolator } from './interpolator.ts';
import type { DyffusionModel } from './model.ts';

/** Frames of some windows, all [batch, height, width, channel], normalised. */
export interface InterpolatorExamples {
  x0: tf.Tensor4D;
  xh: tf.Tensor4D;
  /** The frames at `times`, which are whole data steps in {1, …, h − 1}. */
  xi: tf.Tensor4D;
  times: readonly number[];
  statics: tf.Tensor4D | null;
}

/** ‖I(x₀, x_h, i) − xᵢ‖, a scalar. */
export function interpolatorLoss(
  interpolator: Interpolator,
  examples: InterpolatorExamples,
  kind: LossKind,
  pass: ForwardOptions,
): tf.Scalar {
  return tf.tidy(() => {
    const { x0, xh, xi, times, statics } = examples;
    const drawn = interpolator.interpolate(x0, xh, times, statics, pass);
    return fieldLoss(drawn, xi, kind, interpolator.mask);
  });
}

/**
 * Windows with their diffusion steps n in ascending order: examples that need no interpolation (n = 0) or have
 * no next step (n = N − 1) are then the first and last rows, and a slice leaves them out.
 */
export interface ForecasterExamples {
  x0: tf.Tensor4D;
  xh: tf.Tensor4D;
  steps: readonly number[];
  statics: tf.Tensor4D | null;
}

/**
 * The forecaster's inputs xₙ: x₀ where n = 0, else a draw of I(x₀, x_h, iₙ). No gradient is wanted through it, so
 * it belongs outside the gradient tape, which would keep every intermediate result.
 */
export function diffuse(
  model: Pick<DyffusionModel, 'interpolator' | 'forecaster'>,
  examples: ForecasterExamples,
  random: RandomStream,
): tf.Tensor4D {
  const { x0, xh, steps, statics } = examples;
  const still = steps.filter((step) => step === 0).length;
  return tf.tidy(() => {
    if (still === steps.length) return x0.clone();
    const moved = rows(x0, still, steps.length);
    const drawn = model.interpolator.interpolate(
      moved,
      rows(xh, still, steps.length),
      steps.slice(still).map(model.forecaster.schedule.time),
      statics && rows(statics, still, steps.length),
      { dropout: true, training: false, random },
    );
    return still === 0 ? drawn : tf.concat([rows(x0, 0, still), drawn], 0);
  });
}

export interface ForecasterLoss {
  total: tf.Scalar;
  /** ‖F(xₙ, iₙ) − x_h‖ */
  direct: tf.Scalar;
  /** The same one diffusion step later, from the forecaster's own prediction; 0 where it is not computed. */
  onward: tf.Scalar;
}

/**
 * λ₁ ‖F(xₙ, iₙ) − x_h‖ + λ₂ ‖F(I(x₀, F(xₙ, iₙ), iₙ₊₁), iₙ₊₁) − x_h‖, the second mean over the examples with
 * n ≤ N − 2. Gradients flow through both calls of F and through the input of I, whose weights are frozen.
 * @param noisy xₙ from {@link diffuse}
 * @param pass for F; the dropout of I is always on
 */
export function forecasterLoss(
  model: { interpolator: Interpolator; forecaster: Forecaster },
  examples: ForecasterExamples,
  noisy: tf.Tensor4D,
  options: Pick<DiffusionSettings, 'lambda1' | 'lambda2'> & { loss: LossKind },
  pass: ForwardOptions,
): ForecasterLoss {
  const { interpolator, forecaster } = model;
  const { x0, xh, steps, statics } = examples;
  const { loss, lambda1, lambda2 } = options;
  return tf.tidy(() => {
    const predicted = forecaster.predict(noisy, steps, x0, statics, pass);
    const direct = fieldLoss(predicted, xh, loss, forecaster.mask);
    const count = steps.filter((step) => step <= forecaster.schedule.steps - 2).length;
    if (lambda2 === 0 || count === 0)
      return { total: direct.mul(lambda1) as tf.Scalar, direct, onward: tf.scalar(0) };

    const next = steps.slice(0, count).map((step) => step + 1);
    const start = rows(x0, 0, count);
    const extra = statics && rows(statics, 0, count);
    const reached = interpolator.interpolate(
      start,
      rows(predicted, 0, count),
      next.map(forecaster.schedule.time),
      extra,
      { dropout: true, training: false, random: pass.random },
    );
    const again = forecaster.predict(reached, next, start, extra, pass);
    const onward = fieldLoss(again, rows(xh, 0, count), loss, forecaster.mask);
    const total = direct.mul(lambda1).add(onward.mul(lambda2)) as tf.Scalar;
    return { total, direct, onward };
  });
}

function rows(x: tf.Tensor4D, from: number, to: number): tf.Tensor4D {
  return from === 0 && to === x.shape[0] ? x : x.slice([from, 0, 0, 0], [to - from, -1, -1, -1]);
}
