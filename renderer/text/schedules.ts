/** What sampling schedules are called in the window, and which ones a run can be asked for. */
import type { TrainSettings } from '#shared/domain/settings.ts';

/** "data steps only", "every 2nd auxiliary step", "20 denoising steps"; the name itself where it has no better one. */
export function scheduleLabel(schedule: string | null): string {
  if (schedule === null) return 'every step';
  if (schedule === 'only_dynamics') return 'data steps only';
  const plus = /^only_dynamics_plus(\d+)/.exec(schedule);
  if (plus) return `data steps and ${plus[1]} more`;
  const every = /^every(\d+)/.exec(schedule);
  if (every) return `every ${ordinal(Number(every[1]))} auxiliary step`;
  const first = /^first(\d+)$/.exec(schedule);
  if (first) return `the first ${first[1]} auxiliary steps`;
  const steps = /^steps(\d+)$/.exec(schedule);
  if (steps) return `${steps[1]} denoising steps`;
  return schedule;
}

function ordinal(number: number): string {
  const ending = { 1: 'st', 2: 'nd', 3: 'rd' }[number % 10];
  return `${number}${ending && Math.floor(number / 10) % 10 !== 1 ? ending : 'th'}`;
}

/** From most accurate to fastest; one alone where there is nothing to leave out. */
export function schedulesOf(settings: TrainSettings): (string | null)[] {
  const { method, diffusion, noise } = settings;
  if (method === 'ddpm' || method === 'mcvd') {
    const usual = noise.samplingSteps ?? noise.steps;
    return [null, ...[100, 50, 20, 10, 5].filter((steps) => steps < usual).map((steps) => `steps${steps}`)];
  }
  if (method !== 'dyffusion' || diffusion.auxiliarySteps === 0) return [null];
  return [
    null,
    ...(diffusion.auxiliarySteps >= 4 ? ['every2'] : []),
    ...(diffusion.auxiliarySteps >= 10 ? ['every5'] : []),
    'only_dynamics',
  ];
}
