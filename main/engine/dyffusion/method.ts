/** DYffusion behind the interface that all trainable methods share. */
import type { MethodModel, TrainableMethodMaker } from '../methods/method.ts';
import { createModel } from './model.ts';
import { sample } from './sampler.ts';
import { samplingSteps } from './schedule.ts';
import { forecasterStage, interpolatorStage } from './stages.ts';

export const dyffusion: TrainableMethodMaker = {
  name: 'dyffusion',
  create(settings, problem, seed): MethodModel {
    const model = createModel(settings, problem, seed);
    const { diffusion } = settings;
    return {
      method: 'dyffusion',
      networks: new Map([
        ['interpolator', model.interpolator.network],
        ['forecaster', model.forecaster.network],
      ]),
      stages: [
        interpolatorStage(model, settings.interpolator),
        forecasterStage(model, settings.forecaster, diffusion),
      ],
      calibration: null,
      validationSchedule: null,
      forecastSeconds([interpolator = 0, forecaster = 0]) {
        const visited = samplingSteps(model.schedule, diffusion.samplingSchedule).length;
        const refined = diffusion.refine ? model.schedule.horizon - 1 : 0;
        // The forecaster's own loss holds about two calls of each network, so one call is about a quarter of it.
        return (forecaster / 4) * visited + interpolator * (2 * visited - 3 + refined);
      },
      sample: ({ schedule, ...request }) =>
        sample(model, {
          ...request,
          options: { ...diffusion, samplingSchedule: schedule ?? diffusion.samplingSchedule },
        }),
      dispose: () => model.dispose(),
    };
  },
};
