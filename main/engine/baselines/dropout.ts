/** Dropout: the multi-step network with its dropout left on (Gal and Ghahramani 2016; the paper's main baseline). */
import { methodFacts } from '#shared/domain/methods.ts';
import type { MethodModel, TrainableMethodMaker } from '../methods/method.ts';
import { MODEL, multiStepStage, requireDropout, TimeConditioned } from './time-conditioned.ts';

const { title } = methodFacts.dropout;

export const dropout: TrainableMethodMaker = {
  name: 'dropout',
  create(settings, problem, seed): MethodModel {
    requireDropout(settings, 'forecaster', title);
    const model = TimeConditioned.create(settings, problem, seed);
    return {
      method: 'dropout',
      networks: new Map([[MODEL, model.network]]),
      stages: [multiStepStage(model, settings.forecaster, { stochastic: true })],
      calibration: null,
      validationSchedule: null,
      forecastSeconds: ([call = 0]) => call * problem.horizon,
      sample: (request) => model.sample(request, title, true),
      dispose: () => model.dispose(),
    };
  },
};
