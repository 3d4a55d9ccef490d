import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createSchedule,
  encodeTime,
  type ScheduleOptions,
  samplingSteps,
} from '#main/engine/dyffusion/schedule.ts';
import { DriftcastError } from '#shared/errors.ts';
import { sharedFolder } from '../../shared-folder.ts';

const options: fc.Arbitrary<ScheduleOptions> = fc
  .record({
    kind: fc.constantFrom('before_t1_only' as const, 'linear' as const),
    horizon: fc.integer({ min: 2, max: 40 }),
    auxiliarySteps: fc.integer({ min: 0, max: 30 }),
    interpolateBeforeT1: fc.boolean(),
  })
  .map((o) => (o.kind === 'before_t1_only' ? { ...o, interpolateBeforeT1: true } : o));

const names = fc.oneof(
  fc.constant(null),
  fc.constant('only_dynamics'),
  fc.integer({ min: 0, max: 50 }).map((n) => `only_dynamics_plus${n}`),
  fc.integer({ min: 0, max: 50 }).map((n) => `only_dynamics_plus${n}_discrete`),
  fc.integer({ min: 1, max: 2 }).map((n) => `every${n}`),
  fc.integer({ min: 1, max: 2 }).map((n) => `first${n}`),
  fc.integer({ min: 1, max: 99 }).map((n) => `first${n / 100}`),
);

describe('createSchedule', () => {
  it('rises strictly from its first moment to h − 1 and passes every data step once', () => {
    fc.assert(
      fc.property(options, (o) => {
        const schedule = createSchedule(o);
        const times = Array.from({ length: schedule.steps }, (_, n) => schedule.time(n));
        for (let n = 1; n < times.length; n++) expect(times[n]!).toBeGreaterThan(times[n - 1]!);
        expect(times.at(-1)).toBe(o.horizon - 1);
        expect(times[0]).toBeGreaterThanOrEqual(0);
        expect(times[0]).toBeLessThan(1);
        expect(schedule.dynamicalSteps.map(schedule.time)).toEqual(
          Array.from({ length: o.horizon - 1 }, (_, i) => i + 1),
        );
        expect(schedule.dynamicalSteps.length + schedule.artificialSteps.length).toBe(schedule.steps - 1);
      }),
    );
  });

  it('refuses what makes no schedule in one sentence', () => {
    for (const bad of [
      { kind: 'linear' as const, horizon: 1, auxiliarySteps: 0 },
      { kind: 'linear' as const, horizon: 5, auxiliarySteps: -1 },
      { kind: 'linear' as const, horizon: 5, auxiliarySteps: 1.5 },
      { kind: 'before_t1_only' as const, horizon: 5, auxiliarySteps: 2, interpolateBeforeT1: false },
    ])
      expect(() => createSchedule(bad)).toThrow(DriftcastError);
    const schedule = createSchedule({ kind: 'linear', horizon: 5, auxiliarySteps: 0 });
    expect(() => schedule.time(5)).toThrow(/lies outside 0 to 4/);
    expect(() => schedule.time(Number.NaN)).toThrow(DriftcastError);
  });
});

describe('samplingSteps', () => {
  it('keeps 0 and every dynamical step, ascends strictly and stays within the steps', () => {
    fc.assert(
      fc.property(options, names, (o, name) => {
        const schedule = createSchedule(o);
        fc.pre(schedule.steps >= 2);
        const steps = samplingSteps(schedule, name);
        expect(steps[0]).toBe(0);
        expect(steps.at(-1)).toBe(schedule.steps - 1);
        for (const step of schedule.dynamicalSteps) expect(steps).toContain(step);
        for (let i = 1; i < steps.length; i++) expect(steps[i]!).toBeGreaterThan(steps[i - 1]!);
      }),
    );
  });

  it('spaces added steps evenly and may leave the trained steps', () => {
    const schedule = createSchedule({ kind: 'before_t1_only', horizon: 7, auxiliarySteps: 25 });
    expect(samplingSteps(schedule, 'only_dynamics_plus3').slice(0, 5)).toEqual([0, 6.5, 13, 19.5, 26]);
    expect(schedule.time(6.5)).toBeCloseTo(0.25, 12);
    expect(samplingSteps(schedule, 'only_dynamics_plus2_discrete').slice(0, 4)).toEqual([0, 8, 17, 26]);
    expect(samplingSteps(schedule, 'every5th')).toEqual(samplingSteps(schedule, 'every5'));
  });

  it('refuses other names', () => {
    const schedule = createSchedule({ kind: 'before_t1_only', horizon: 3, auxiliarySteps: 2 });
    for (const name of [
      '',
      'every0',
      'every',
      'everything',
      'first0',
      'first1.5',
      'first99',
      'only_dynamics_plus',
      'only_dynamic',
    ])
      expect(() => samplingSteps(schedule, name), name).toThrow(/no sampling schedule/);
  });
});

it('encodes the place in the diffusion as chosen', () => {
  const schedule = createSchedule({ kind: 'before_t1_only', horizon: 5, auxiliarySteps: 3 });
  expect(encodeTime(schedule, 'discrete', 2)).toBe(2);
  expect(encodeTime(schedule, 'normalized', 2)).toBe(0.25);
  expect(encodeTime(schedule, 'dynamics', 2)).toBe(0.5);
});

interface Case {
  schedule: ScheduleOptions['kind'];
  horizon: number;
  additional_interpolation_steps?: number;
  additional_interpolation_steps_factor?: number;
  interpolate_before_t1?: boolean;
  num_timesteps: number;
  interpolation_time: number[];
  sampling_schedules?: Record<string, number[]>;
}

describe.skipIf(sharedFolder() === null)('the reference schedules', () => {
  const cases: Case[] =
    sharedFolder() === null
      ? []
      : JSON.parse(readFileSync(join(sharedFolder()!, 'reference', 'schedules.json'), 'utf8'));
  it.each(cases)('$schedule, h = $horizon, N = $num_timesteps', (c) => {
    const schedule = createSchedule({
      kind: c.schedule,
      horizon: c.horizon,
      auxiliarySteps: c.additional_interpolation_steps ?? c.additional_interpolation_steps_factor ?? 0,
      interpolateBeforeT1: c.interpolate_before_t1 ?? true,
    });
    expect(schedule.steps).toBe(c.num_timesteps);
    expect(Array.from({ length: schedule.steps }, (_, n) => schedule.time(n))).toEqual(c.interpolation_time);
    for (const [name, steps] of Object.entries(c.sampling_schedules ?? {}))
      expect(samplingSteps(schedule, name), name).toEqual(steps);
  });
});
