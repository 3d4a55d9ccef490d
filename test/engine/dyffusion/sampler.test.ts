import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { assembleModel } from '#main/engine/dyffusion/model.ts';
import { type SampleRequest, sample } from '#main/engine/dyffusion/sampler.ts';
import type { Network } from '#main/engine/networks/network.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { type DiffusionSettings, diffusionSchema } from '#shared/domain/settings.ts';
import { functionNetwork, steadyRise, straightLine } from './toy-networks.ts';

beforeAll(async () => {
  await loadBackend();
});

type Setup = Partial<DiffusionSettings> & { h: number; interpolator?: Network; forecaster?: Network };

function modelOf({ h, interpolator, forecaster, ...changes }: Setup) {
  const diffusion = diffusionSchema.parse({ auxiliarySteps: 0, conditioning: 'none', ...changes });
  const model = assembleModel(
    interpolator ?? straightLine(h),
    forecaster ?? steadyRise(h, 1),
    diffusion,
    h,
    null,
  );
  return { model, diffusion };
}

/** First value of every member at every lead. */
async function run(setup: Setup, request: Partial<SampleRequest> & { starts?: number[] } = {}) {
  const { model, diffusion } = modelOf(setup);
  const starts = request.starts ?? [10];
  const initial = tf.tensor4d(
    starts.flatMap((v) => [v, v]),
    [starts.length, 1, 2, 1],
  );
  const leads: [number, number[]][] = [];
  const statistics = await sample(model, {
    members: 1,
    horizon: setup.h,
    options: diffusion,
    random: new RandomStream(1),
    maxBatch: 64,
    onLead(lead, snapshot) {
      const values = snapshot.dataSync();
      leads.push([lead, Array.from(values).filter((_, i) => i % 2 === 0)]);
    },
    ...request,
    initial,
  });
  initial.dispose();
  return { leads, statistics };
}

describe('sample', () => {
  it('follows a world that its networks describe exactly, whatever the schedule', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          h: fc.integer({ min: 2, max: 6 }),
          auxiliarySteps: fc.integer({ min: 0, max: 4 }),
          schedule: fc.constantFrom('before_t1_only' as const, 'linear' as const),
          sampling: fc.constantFrom('cold' as const, 'naive' as const),
          coldLastStep: fc.boolean(),
          refine: fc.boolean(),
          samplingSchedule: fc.constantFrom(
            null,
            'only_dynamics',
            'every2',
            'only_dynamics_plus3',
            'first0.5',
          ),
        }),
        fc.integer({ min: 1, max: 11 }),
        async (setup, horizon) => {
          const { leads } = await run(setup, { horizon, members: 2, starts: [10, 20] });
          expect(leads.map(([lead]) => lead)).toEqual(Array.from({ length: horizon }, (_, i) => i + 1));
          for (const [lead, values] of leads)
            [10, 10, 20, 20].forEach((start, i) => {
              expect(values[i]).toBeCloseTo(start + lead, 3);
            });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('adds what the forecaster predicts to the initial condition where it predicts changes', async () => {
    // Cold sampling hands xₙ = 10 + n to a network that answers the whole change, whatever xₙ is.
    const forecaster = functionNetwork((x) => tf.fill(x.shape, 4) as tf.Tensor4D);
    const { leads } = await run({ h: 4, forecaster, forecasterPredictsChange: true }, { horizon: 8 });
    for (const [lead, values] of leads) expect(values[0]).toBeCloseTo(10 + lead, 4);
  });

  it('calls the networks as often as the paper says, sharing the first forecast among members', async () => {
    const sst = { h: 7, auxiliarySteps: 25, conditioning: 'data+noise' as const };
    expect((await run(sst, { members: 3 })).statistics).toEqual({ networkCalls: 93, rows: 3 * 93 });
    const flow = { h: 16, refine: true };
    expect((await run(flow, { members: 4 })).statistics).toEqual({ networkCalls: 60, rows: 4 * 60 - 3 });
    const mesh = { h: 134, refine: true, conditioning: 'data' as const };
    expect((await run(mesh)).statistics.networkCalls).toBe(532);
  });

  it('batches members, and both interpolations of a step, up to the limit', async () => {
    const interpolator = straightLine(3);
    const forecaster = steadyRise(3, 1);
    await run({ h: 3, interpolator, forecaster }, { members: 5, starts: [1, 2], maxBatch: 8 });
    // Two starts share their first forecast, then ten members in calls of at most eight.
    expect(forecaster.calls.map((c) => c.rows)).toEqual([2, 8, 2, 8, 2]);
    expect(interpolator.calls.map((c) => c.rows)).toEqual([8, 2, 8, 8, 4]);
    expect(interpolator.calls[2]!.times).toEqual([2, 2, 2, 2, 1, 1, 1, 1]);
  });

  it('makes members differ, and the same ones again from the same seed', async () => {
    const setup = () => ({ h: 4, interpolator: straightLine(4, 0.5) });
    const a = await run(setup(), { members: 6 });
    const b = await run(setup(), { members: 6 });
    const c = await run(setup(), { members: 6, random: new RandomStream(2) });
    expect(a.leads).toEqual(b.leads);
    expect(a.leads).not.toEqual(c.leads);
    for (const [, values] of a.leads.slice(0, 3)) expect(new Set(values).size).toBe(6);
  });

  it('goes on past the horizon member by member, with what is known at each new start', async () => {
    const offsets: number[] = [];
    const forecaster = steadyRise(3, 1);
    const { leads } = await run(
      { h: 3, interpolator: straightLine(3, 0.01), forecaster },
      {
        horizon: 9,
        members: 3,
        statics: async (offset) => {
          offsets.push(offset);
          return null;
        },
      },
    );
    expect(offsets).toEqual([0, 3, 6]);
    expect(forecaster.calls.map((c) => c.rows)).toEqual([1, 3, 3, 3, 3, 3, 3, 3, 3]);
    const at = (lead: number) => leads.find(([l]) => l === lead)![1];
    expect(new Set(at(9)).size).toBe(3);
    at(6).forEach((value, member) => {
      expect(at(9)[member]! - value).toBeCloseTo(3, 0);
    });
    expect(leads.map(([lead]) => lead)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it('answers real-valued leads, also in later blocks, and refines whole ones', async () => {
    const { leads } = await run({ h: 3, refine: true }, { horizon: 6, leads: [0.5, 2.75, 4.25, 5, 9, -1] });
    expect(leads.map(([lead]) => lead)).toEqual([0.5, 1, 2, 2.75, 3, 4, 4.25, 5, 6]);
    for (const [lead, values] of leads) expect(values[0]).toBeCloseTo(10 + lead, 3);
    const streamed = await run({ h: 3 }, { leads: [0.5] });
    expect(streamed.leads.map(([lead]) => lead)).toEqual([1, 2, 0.5, 3]);
  });

  it('keeps boundary conditions in what it hands over and goes on from', async () => {
    const boundary = (x: tf.Tensor4D, lead: number) => (lead === 2 ? (tf.zerosLike(x) as tf.Tensor4D) : x);
    const { leads } = await run({ h: 2 }, { horizon: 4, boundary });
    expect(leads.map(([, [value]]) => Math.round(value!))).toEqual([11, 0, 1, 2]);
  });

  it('holds the same tensors whatever the horizon, and none afterwards', async () => {
    const before = tf.memory().numTensors;
    const held: number[] = [];
    for (const h of [3, 7, 31]) {
      const { model, diffusion } = modelOf({ h, interpolator: straightLine(h, 0.1) });
      const initial = tf.zeros<tf.Rank.R4>([1, 2, 2, 1]);
      let most = 0;
      await sample(model, {
        initial,
        members: 4,
        horizon: 2 * h,
        options: { ...diffusion, refine: true },
        random: new RandomStream(1),
        maxBatch: 64,
        onLead: () => {
          most = Math.max(most, tf.memory().numTensors - before);
        },
      });
      initial.dispose();
      held.push(most);
    }
    expect(new Set(held).size).toBe(1);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops when cancelled and leaves nothing behind; so does a consumer that fails', async () => {
    const before = tf.memory().numTensors;
    const abort = new AbortController();
    const stopping = run({ h: 5 }, { signal: abort.signal, onLead: () => abort.abort() });
    await expect(stopping).rejects.toMatchObject({ code: 'cancelled' });
    const failing = run({ h: 5 }, { onLead: () => Promise.reject(new Error('disk full')) });
    await expect(failing).rejects.toThrow('disk full');
    // Each of the two runs above left its initial condition, which belongs to the caller.
    expect(tf.memory().numTensors).toBe(before + 2);
  });

  it('goes on with smaller batches when memory runs out', async () => {
    const line = straightLine(3);
    const narrow: Network = {
      ...line,
      forward: (...args) => {
        if (args[0].shape[0] > 3) throw new Error('OOM when allocating tensor');
        return line.forward(...args);
      },
    };
    const { leads } = await run({ h: 3, interpolator: narrow }, { members: 8 });
    for (const [lead, values] of leads) for (const value of values) expect(value).toBeCloseTo(10 + lead, 3);
  });

  it('says what makes no forecast', async () => {
    await expect(run({ h: 3 }, { horizon: 0 })).rejects.toThrow(/cannot be made/);
    await expect(run({ h: 3, samplingSchedule: 'often' })).rejects.toThrow(/no sampling schedule/);
  });
});
