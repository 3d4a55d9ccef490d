/**
 * The CRPS ensemble: the Dropout network, trained first on the absolute error, then fine-tuned on the fair CRPS of two
 * members an example (U-Cast, arXiv 2604.09041), which rewards spread as much as it is worth. One call a lead.
 */
import { methodFacts, stageSettings } from '#shared/domain/methods.ts';
import type { StageSettings } from '#shared/domain/settings.ts';
import { fieldsOf, staticsOf } from '../methods/frames.ts';
import { fieldLoss } from '../methods/loss.ts';
import type { CellMask } from '../methods/mask.ts';
import type { MethodModel, Stage, TrainableMethodMaker } from '../methods/method.ts';
import { stacked } from '../methods/rows.ts';
import * as tf from '../runtime/tf.ts';
import {
  MODEL,
  multiStepItems,
  multiStepStage,
  requireDropout,
  TimeConditioned,
} from './time-conditioned.ts';

const { title } = methodFacts['crps-ensemble'];

export const crpsEnsemble: TrainableMethodMaker = {
  name: 'crps-ensemble',
  create(settings, problem, seed): MethodModel {
    requireDropout(settings, 'forecaster', title);
    const model = TimeConditioned.create(settings, problem, seed);
    return {
      method: 'crps-ensemble',
      networks: new Map([[MODEL, model.network]]),
      stages: [
        multiStepStage(model, { ...settings.forecaster, loss: 'l1' }, { stochastic: true }),
        pairStage(model, stageSettings(settings, 'fine-tuning')),
      ],
      calibration: null,
      validationSchedule: null,
      forecastSeconds: ([call = 0]) => call * problem.horizon,
      sample: (request) => model.sample(request, title, true),
      dispose: () => model.dispose(),
    };
  },
};

/** Both members of an example run in one batch, each with dropout masks of its own. */
function pairStage(model: TimeConditioned, settings: StageSettings): Stage {
  return {
    name: 'fine-tuning',
    settings,
    part: MODEL,
    network: model.network,
    scoredBy: 'forecast',
    continues: true,
    stochastic: true,
    ...multiStepItems(model.horizon),
    objective(source, batch, pass) {
      const [x0, xt] = batch.frames.map((frames) => fieldsOf(source, frames));
      const statics = staticsOf(source, batch);
      const times = batch.items.map(({ step }) => step);
      const start = stacked(x0!, 2);
      const still = statics && stacked(statics, 2);
      return () => {
        const both = model.predict(start, [...times, ...times], still, pass);
        const [first, second] = tf.split(both, 2, 0) as [tf.Tensor4D, tf.Tensor4D];
        return pairCrps(first, second, xt!, model.mask);
      };
    },
  };
}

/**
 * Fair CRPS of an ensemble of two, ½|x₁ − y| + ½|x₂ − y| − ½|x₁ − x₂|, as mean over examples, channels and observed
 * cells (Ferro 2014, equation 4, with M = 2). All fields [batch, height, width, channel], 0 in masked cells.
 */
export function pairCrps(
  first: tf.Tensor4D,
  second: tf.Tensor4D,
  truth: tf.Tensor4D,
  mask: CellMask | null,
): tf.Scalar {
  return tf.tidy(() => {
    const error = fieldLoss(first, truth, 'l1', mask).add(fieldLoss(second, truth, 'l1', mask));
    return error.sub(fieldLoss(first, second, 'l1', mask)).mul(0.5) as tf.Scalar;
  });
}
