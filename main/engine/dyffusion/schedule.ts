/**
 * The clock of the method: which moment between two data frames a diffusion step stands for, and which steps
 * sampling visits. Pure arithmetic, so that it can be checked exactly (paper, section 3 and appendix;
 * where the paper and its public code differ, the code counts).
 */
import { DriftcastError } from '#shared/errors.ts';

export interface ScheduleOptions {
  kind: 'before_t1_only' | 'linear';
  /** h: data steps from the initial condition to the frame that the forecaster predicts; at least 2. */
  horizon: number;
  /** k, extra steps before t = 1 (`before_t1_only`), or f, extra steps between two data steps (`linear`). */
  auxiliarySteps: number;
  /** Of `linear` alone: whether there are extra steps before t = 1 too. */
  interpolateBeforeT1?: boolean;
}

export interface DiffusionSchedule {
  readonly kind: ScheduleOptions['kind'];
  readonly horizon: number;
  /** N, the number of diffusion steps: n runs from 0 to N − 1. */
  readonly steps: number;
  /** Steps n ≥ 1 that fall on a data step, ascending; they cannot be skipped in sampling. */
  readonly dynamicalSteps: readonly number[];
  /** Steps n ≥ 1 between data steps, ascending. */
  readonly artificialSteps: readonly number[];
  /** i_n in data steps for a real-valued diffusion step n in [0, N − 1]. */
  time(step: number): number;
}

/** Builds the schedule; throws `bad-input` where the numbers make none. */
export function createSchedule(options: ScheduleOptions): DiffusionSchedule {
  const { kind, horizon, auxiliarySteps: extra, interpolateBeforeT1 = true } = options;
  if (!Number.isInteger(horizon) || horizon < 2)
    throw new DriftcastError(
      'bad-input',
      `A horizon of ${horizon} data steps leaves nothing to interpolate.`,
      'Choose a horizon of at least 2.',
    );
  if (!Number.isInteger(extra) || extra < 0)
    throw new DriftcastError(
      'bad-input',
      `${extra} is no number of auxiliary diffusion steps.`,
      'Choose a whole number from 0.',
    );
  if (kind === 'before_t1_only' && !interpolateBeforeT1)
    throw new DriftcastError(
      'bad-input',
      'The schedule before_t1_only has all its auxiliary steps before the first data step, so it cannot leave them out there.',
      'Choose the schedule linear, or interpolate before t = 1.',
    );

  const shift = kind === 'linear' && !interpolateBeforeT1 ? extra : 0;
  const steps =
    kind === 'linear' ? horizon + extra * (horizon - (interpolateBeforeT1 ? 1 : 2)) : horizon + extra;
  const time = (step: number): number => {
    if (!(step >= 0 && step <= steps - 1))
      throw new DriftcastError(
        'bad-input',
        `Diffusion step ${step} lies outside 0 to ${steps - 1}.`,
        'Choose a sampling schedule within the steps of the model.',
      );
    if (kind === 'linear') return (step + shift) / (extra + 1);
    return step >= extra + 1 ? step - extra : step / (extra + 1);
  };
  const later = Array.from({ length: steps - 1 }, (_, i) => i + 1);
  return {
    kind,
    horizon,
    steps,
    time,
    dynamicalSteps: later.filter((step) => Number.isInteger(time(step))),
    artificialSteps: later.filter((step) => !Number.isInteger(time(step))),
  };
}

/**
 * The diffusion steps that sampling visits, ascending, from 0 to N − 1, with every dynamical step among them.
 * Steps may be real numbers (moments the forecaster was not trained at, which works). Names:
 * - null: every diffusion step
 * - `only_dynamics`: no artificial step
 * - `only_dynamics_plusN`: N more, evenly in [0, first dynamical step); `…_discrete` rounds them down
 * - `everyN` (also `every2nd`, `every3rd`, `every5th`): every N-th artificial step, from the first
 * - `firstN`: the first N artificial steps; `first0.x`: that share of them, rounded up
 */
export function samplingSteps(schedule: DiffusionSchedule, name: string | null): number[] {
  if (name === null) return Array.from({ length: schedule.steps }, (_, i) => i);
  const kept = new Set([0, ...schedule.dynamicalSteps, ...artificialChoice(schedule, name)]);
  return [...kept].sort((a, b) => a - b);
}

function artificialChoice(schedule: DiffusionSchedule, name: string): number[] {
  const { artificialSteps, steps } = schedule;
  if (name === 'only_dynamics') return [];

  const plus = /^only_dynamics_plus(?:(\d+)(_discrete)?|(_discrete)(\d+))$/.exec(name);
  if (plus) {
    const count = Number(plus[1] ?? plus[4]);
    const discrete = (plus[2] ?? plus[3]) !== undefined;
    const spacing = schedule.dynamicalSteps[0]! / (count + 1);
    const extra = Array.from({ length: count }, (_, i) => (i + 1) * spacing);
    return discrete ? extra.map(Math.floor) : extra;
  }

  const every = /^every(\d+)(?:st|nd|rd|th)?$/.exec(name);
  if (every) {
    const stride = Number(every[1]);
    if (stride < 1 || stride > steps) throw refusal(name, `its number must lie between 1 and ${steps}`);
    return artificialSteps.filter((_, i) => i % stride === 0);
  }

  const first = /^first(\d+(?:\.\d+)?)$/.exec(name);
  if (first) {
    const amount = Number(first[1]);
    if (amount > 0 && amount < 1) return artificialSteps.slice(0, Math.ceil(amount * artificialSteps.length));
    if (!Number.isInteger(amount) || amount < 1 || amount > steps)
      throw refusal(name, `its number must be a share below 1 or a whole number from 1 to ${steps}`);
    return artificialSteps.slice(0, amount);
  }
  throw refusal(name, 'the name is not known');
}

function refusal(name: string, why: string): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `"${name.slice(0, 60)}" is no sampling schedule of this model: ${why}.`,
    'Use only_dynamics, only_dynamics_plus3, only_dynamics_plus3_discrete, every2, first5 or first0.5, or leave it out to visit every step.',
  );
}

/** What the forecaster is told about its place in the diffusion: i_n, n or n/N (`time_encoding`). */
export function encodeTime(
  schedule: DiffusionSchedule,
  encoding: 'dynamics' | 'discrete' | 'normalized',
  step: number,
): number {
  if (encoding === 'discrete') return step;
  if (encoding === 'normalized') return step / schedule.steps;
  return schedule.time(step);
}
