/** Scores a trained run over a split, beside the forecasts that need no training, on the same starts. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import { isTrainable, methodFacts } from '#shared/domain/methods.ts';
import type { ForecastMethod } from '../baselines/baseline.ts';
import { baselineNames, createBaseline } from '../baselines/registry.ts';
import type { Handler } from '../host/engine-main.ts';
import { stepEmitter } from './files.ts';
import { TrainedModel } from './model.ts';
import { chooseStarts, openScored } from './scored-data.ts';
import { Scorer, type ScorerOptions } from './scoring.ts';

export const evaluateRun: Handler<'evaluateRun'> = async (input, { signal, emit }) => {
  const { members, schedule, seed, horizon } = input;
  const dataset = await openScored(input);
  const starts = chooseStarts(dataset, input.split, horizon, input.starts, seed);
  const leads = Array.from({ length: horizon }, (_, i) => i + 1);
  const model = await TrainedModel.open(input.runFolder, dataset);
  const { method } = model.settings;
  const options: ScorerOptions = { dataset, leads, units: input.units, spectra: true };
  const own = new Scorer(method, methodTitle(method), options);
  const references = baselinesFor(dataset).map((baseline) => ({
    baseline,
    scorer: new Scorer(baseline.name, baseline.title, options),
  }));
  try {
    for (const [index, start] of starts.entries()) {
      const emitStep = stepEmitter(emit, `Start ${index + 1} of ${starts.length}, ${dataset.label(start)}`);
      const onProgress = (fraction: number) => emitStep((index + fraction) / starts.length);
      const task = { start, members, horizon, leadTimes: [], schedule, seed, signal, onProgress };
      await own.time(start, async (onLead) => (await model.forecast(task, onLead)).networkCalls);
      for (const { baseline, scorer } of references)
        await scorer.time(start, async (onLead) => {
          await baseline.forecast({ start, leads, members, seed, signal }, onLead);
          return 0;
        });
    }
  } finally {
    model.dispose();
  }
  const methods = [own, ...references.map(({ scorer }) => scorer)].map((scorer) => scorer.result());
  return { scores: methods[0]!.scores, methods };
};

export function methodTitle(method: string): string {
  return isTrainable(method) ? methodFacts[method].title : method;
}

/** Without a season in the normalisation the anomaly is just the field, and its persistence no row of its own. */
function baselinesFor(dataset: PreparedDataset): ForecastMethod[] {
  const seasonal = dataset.dataset.summary.seasonalShare !== null;
  return baselineNames
    .filter((name) => seasonal || name !== 'anomaly-persistence')
    .map((name) => createBaseline(name, dataset));
}
