/**
 * Perturbation: the multi-step network without dropout at inference; members start from x₀ + σ·ε, ε ~ N(0, 1), with the
 * σ of lowest fair CRPS on validation forecasts.
 */
import { methodFacts } from '#shared/domain/methods.ts';
import { hold } from '../methods/mask.ts';
import type { MethodModel, TrainableMethodMaker } from '../methods/method.ts';
import * as tf from '../runtime/tf.ts';
import { MODEL, multiStepStage, TimeConditioned } from './time-conditioned.ts';

const { title } = methodFacts.perturbation;

export const perturbation: TrainableMethodMaker = {
  name: 'perturbation',
  create(settings, problem, seed): MethodModel {
    const model = TimeConditioned.create(settings, problem, seed);
    const { sigma, candidates } = settings.perturbation;
    const calibration = {
      name: 'sigma',
      candidates: candidates.length === 0 ? [sigma] : candidates,
      value: sigma,
    };
    return {
      method: 'perturbation',
      networks: new Map([[MODEL, model.network]]),
      stages: [multiStepStage(model, settings.forecaster, { stochastic: false })],
      calibration,
      validationSchedule: null,
      forecastSeconds: ([call = 0]) => call * problem.horizon,
      sample: (request) =>
        model.sample(request, title, false, (start) =>
          hold(
            tf.add(start, request.random.normal<tf.Rank.R4>(start.shape, 0, calibration.value)),
            model.mask,
          ),
        ),
      dispose: () => model.dispose(),
    };
  },
};
