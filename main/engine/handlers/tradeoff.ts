/** Speed against skill: one run forecasting the same starts by several sampling schedules, timed and scored. */
import type { TrainSettings } from '#shared/domain/settings.ts';
import { createSchedule, samplingSteps } from '../dyffusion/schedule.ts';
import type { Handler } from '../host/engine-main.ts';
import { stepEmitter } from './files.ts';
import { TrainedModel } from './model.ts';
import { chooseStarts, openScored } from './scored-data.ts';
import { Scorer } from './scoring.ts';

export const tradeoff: Handler<'tradeoff'> = async (input, { signal, emit }) => {
  const { members, seed, horizon } = input;
  const dataset = await openScored(input);
  const starts = chooseStarts(dataset, input.split, horizon, input.starts, seed);
  const leads = Array.from({ length: horizon }, (_, i) => i + 1);
  const model = await TrainedModel.open(input.runFolder, dataset);
  try {
    const trained = dataset.dataset.settings.horizon;
    const schedules = input.schedules ?? usualSchedules(model.settings, trained);
    const points = schedules.map((schedule) => ({
      schedule,
      scorer: new Scorer('', '', { dataset, leads, units: input.units, spectra: false }),
    }));
    const forecasts = starts.length * points.length;
    // Start by start, so that a machine that slows down slows all schedules alike.
    for (const [index, start] of starts.entries())
      for (const [place, { schedule, scorer }] of points.entries()) {
        const done = index * points.length + place;
        const emitStep = stepEmitter(
          emit,
          `${schedule ?? 'every step'}, start ${index + 1} of ${starts.length}`,
        );
        const onProgress = (fraction: number) => emitStep((done + fraction) / forecasts);
        const task = { start, members, horizon, leadTimes: [], schedule, seed, signal, onProgress };
        await scorer.time(start, async (onLead) => (await model.forecast(task, onLead)).networkCalls);
      }
    return {
      points: points
        .map(({ schedule, scorer }) => {
          const { scores, cost } = scorer.result();
          return { schedule, scores, cost: cost! };
        })
        .sort((a, b) => a.cost.networkCalls - b.cost.networkCalls),
    };
  } finally {
    model.dispose();
  }
};

/**
 * Schedules worth trying, fastest first, each visiting other steps than those before it. Without auxiliary steps there is
 * nothing to leave out, so moments between the start and the first data step are added instead.
 */
export function usualSchedules(settings: TrainSettings, horizon: number): (string | null)[] {
  if (settings.method === 'ddpm' || settings.method === 'mcvd') return denoisingSteps(settings);
  if (settings.method !== 'dyffusion') return [null];
  const { schedule, auxiliarySteps, interpolateBeforeT1 } = settings.diffusion;
  const options = { kind: schedule, horizon, auxiliarySteps, interpolateBeforeT1 };
  const diffusion = createSchedule(options);
  const { length: artificial } = diffusion.artificialSteps;
  const names =
    artificial === 0 ? [null, 'only_dynamics_plus2'] : ['only_dynamics', 'first2', 'every5', 'every2', null];
  const seen = new Set<string>();
  return names.filter((name) => {
    if (name !== null && /^(first|every)/.test(name) && Number(/\d+/.exec(name)?.[0]) >= artificial)
      return false;
    const steps = samplingSteps(diffusion, name).join();
    const fresh = !seen.has(steps);
    seen.add(steps);
    return fresh;
  });
}

/** Numbers of denoising steps, up to what the run itself takes unless that would take all day. */
function denoisingSteps({ noise }: TrainSettings): (string | null)[] {
  const usual = noise.samplingSteps ?? noise.steps;
  const fewer = [5, 10, 20, 50, 100].filter((steps) => steps < usual).map((steps) => `steps${steps}`);
  return usual <= 200 ? [...fewer, null] : fewer;
}
