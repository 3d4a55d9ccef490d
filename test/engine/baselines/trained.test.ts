import { beforeAll, describe, expect, it } from 'vitest';
import { pairCrps } from '#main/engine/baselines/crps-ensemble.ts';
import { ancestralSteps, ddimSteps, ddpmProcess } from '#main/engine/baselines/ddpm.ts';
import { type DenoisingStep, GaussianModel } from '#main/engine/baselines/gaussian.ts';
import { mcvdProcess, mcvdSteps } from '#main/engine/baselines/mcvd.ts';
import {
  cosineBetas,
  linearBetas,
  noiseSchedule,
  rootLinearBetas,
} from '#main/engine/baselines/noise-schedule.ts';
import { MODEL, multiStepStage, TimeConditioned } from '#main/engine/baselines/time-conditioned.ts';
import { createMask } from '#main/engine/methods/mask.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { createMethod } from '#main/engine/training/methods.ts';
import { ParameterVector } from '#main/engine/training/parameters.ts';
import { ScoreAccumulator } from '#main/engine/verification/accumulator.ts';
import { noiseSchema, type TrainableMethod } from '#shared/domain/settings.ts';
import { functionNetwork } from '../dyffusion/toy-networks.ts';
import { toySettings, toySource } from '../toy-problem.ts';

beforeAll(async () => {
  await loadBackend();
});

const pass = (seed = 1) => ({ dropout: true, training: false, random: new RandomStream(seed) });
const source = toySource({ count: 6, horizon: 3, height: 4, land: 1 });
const observed = 3 * 8;

/** Loss of a model whose weights are all 0, and so its answers, on fixed items of the toy world. */
async function lossOfSilence(method: TrainableMethod, loss: 'l1' | 'l2', stageIndex = 0) {
  const settings = toySettings({ method, forecaster: { loss }, noise: { steps: 8 } });
  const model = createMethod(settings, source, 1);
  const stage = model.stages[stageIndex]!;
  for (const variable of stage.network.parameters.values()) variable.assign(tf.zeros(variable.shape));
  const items = stage.spread(source.count, 12);
  const batch = await stage.load(source, items);
  const value = tf.tidy(() => stage.objective(source, batch, pass())()).dataSync()[0]!;
  model.dispose();
  const steps = method === 'dropout-at-once' ? [1, 2, 3] : null;
  const frames = await source.frames(
    items.flatMap(({ example, step }) => (steps ?? [step]).map((at) => ({ example, step: at }))),
  );
  // Land holds 0 and counts neither in the sum nor in the number of cells.
  const sum = frames.reduce((total, x) => total + (loss === 'l1' ? Math.abs(x) : x * x), 0);
  return { value, mean: sum / ((frames.length / 32) * observed), items };
}

describe('the loss of a network that says 0', () => {
  it.each([
    ['dropout', 'l1'],
    ['dropout', 'l2'],
    ['perturbation', 'l1'],
    ['dropout-at-once', 'l2'],
    ['crps-ensemble', 'l1'],
  ] as const)('of %s is the mean size of the observed truth (%s)', async (method, loss) => {
    const { value, mean } = await lossOfSilence(method, loss);
    expect(value).toBeCloseTo(mean, 5);
  });

  it('of fine-tuning is the same: two equal members have the CRPS of one', async () => {
    const { value, mean } = await lossOfSilence('crps-ensemble', 'l1', 1);
    expect(value).toBeCloseTo(mean, 5);
  });

  it.each(['ddpm', 'mcvd'] as const)('of %s is the size of the noise that was mixed in', async (method) => {
    const mixed = new RandomStream(1).normal<tf.Rank.R4>([12, 4, 8, 3]).dataSync();
    const seen = Array.from(mixed).filter((_, i) => Math.floor(i / 24) % 4 !== 1);
    const mean = (of: (x: number) => number) => seen.reduce((sum, x) => sum + of(x), 0) / seen.length;
    expect((await lossOfSilence(method, 'l2')).value).toBeCloseTo(
      mean((x) => x * x),
      5,
    );
    expect((await lossOfSilence(method, 'l1')).value).toBeCloseTo(mean(Math.abs), 5);
    const { items } = await lossOfSilence(method, 'l2');
    expect(new Set(items.map(({ step }) => step))).toEqual(new Set([0, 1, 2, 3, 4, 5, 6, 7]));
  });
});

describe('the multi-step network', () => {
  it('is told the lead time, trained on the frame there, and samples one call a lead', async () => {
    // x_t = x₀ + 2t, which the stub knows and the truth below does not: a loss of 2t − t.
    const network = functionNetwork((x, time) => x.add(time.mul(2)) as tf.Tensor4D);
    const rising = {
      ...source,
      frames: async (requests: readonly { step: number }[]) =>
        Float32Array.from(requests.flatMap(({ step }) => new Array<number>(32).fill(step))),
    };
    const model = new TimeConditioned(network, null, 3);
    const stage = multiStepStage(model, toySettings().forecaster, { stochastic: true });
    const items = [1, 3].map((step) => ({ example: 0, step }));
    const batch = await stage.load(rising, items);
    const loss = tf.tidy(() => stage.objective(rising, batch, pass())());
    expect(loss.dataSync()[0]).toBeCloseTo((1 + 3) / 2, 5);
    expect(stage.part).toBe(MODEL);
    const initial = tf.zeros<tf.Rank.R4>([2, 1, 1, 1]);
    const leads: number[][] = [];
    await model.sample(
      {
        initial,
        members: 3,
        horizon: 5,
        leads: [1.5],
        random: new RandomStream(1),
        maxBatch: 4,
        onLead: (lead, snapshot) => {
          leads.push([lead, ...snapshot.dataSync()]);
        },
      },
      'Dropout',
      true,
    );
    // The second block starts where the first arrived, at 6.
    expect(leads).toEqual([1, 1.5, 2, 3, 4, 5].map((lead) => [lead, ...new Array<number>(6).fill(2 * lead)]));
    expect(network.calls.map(({ rows }) => rows).slice(-4)).toEqual([4, 2, 4, 2]);
  });
});

/** Runs sampling steps from pure noise with a network that knows that the data are `truth` everywhere. */
function denoised(steps: DenoisingStep[], signal: Float64Array, truth: number, seed = 1): Float32Array {
  const random = new RandomStream(seed);
  return tf.tidy(() => {
    let x = random.normal<tf.Rank.R4>([2, 2, 2, 3]);
    for (const step of steps) {
      const share = signal[step.level]!;
      const noise = x.sub(truth * Math.sqrt(share)).div(Math.sqrt(1 - share)) as tf.Tensor4D;
      x = step.apply(x, noise, random);
    }
    return x.dataSync() as Float32Array;
  });
}

describe('sampling with a network that knows the noise exactly', () => {
  it.each([
    ['cosine', noiseSchedule(cosineBetas(50))],
    ['linear', noiseSchedule(rootLinearBetas(50))],
  ] as const)('DDPM and DDIM find the data (%s)', (_, schedule) => {
    const ways = [
      ancestralSteps(schedule, null),
      ancestralSteps(schedule, 3),
      ddimSteps(schedule, 50, 1, null),
      ddimSteps(schedule, 7, 0, null),
      ddimSteps(schedule, 7, 0.5, 3),
      ddimSteps(schedule, 1, 1, null),
    ];
    for (const steps of ways)
      for (const value of denoised(steps, schedule.signal, 1.5)) expect(value).toBeCloseTo(1.5, 3);
  });

  it('MCVD finds the data less what its last denoising takes for noise: √ᾱ of it', () => {
    const { schedule } = mcvdProcess({ steps: 100, clip: null });
    for (const calls of [null, 10]) {
      const steps = mcvdSteps(schedule, calls, null);
      expect(steps).toHaveLength((calls ?? 100) + 1);
      const left = Math.sqrt(schedule.signal[steps.at(-1)!.level]!);
      for (const value of denoised(steps, schedule.signal, 1.5)) expect(value).toBeCloseTo(1.5 * left, 3);
    }
  });
});

describe('DDIM', () => {
  it('with η = 1 over every step is DDPM', () => {
    const schedule = noiseSchedule(cosineBetas(12));
    const [a, b] = [ancestralSteps(schedule, null), ddimSteps(schedule, 12, 1, null)];
    expect(b.map(({ level }) => level)).toEqual(a.map(({ level }) => level));
    const random = new RandomStream(4);
    const x = random.normal<tf.Rank.R4>([1, 2, 2, 2]);
    const noise = random.normal<tf.Rank.R4>([1, 2, 2, 2]);
    // Large x₀ at the noisiest level leave no digits to compare.
    for (let i = 1; i < 12; i++) {
      const one = a[i]!.apply(x, noise, new RandomStream(9)).dataSync();
      const other = b[i]!.apply(x, noise, new RandomStream(9)).dataSync();
      one.forEach((value, k) => {
        expect(other[k]).toBeCloseTo(value, 3);
      });
    }
  });

  it('is deterministic without η, and chooses its steps as published', () => {
    const { signal, ...rest } = noiseSchedule(cosineBetas(1000));
    const steps = ddimSteps({ signal, ...rest }, 4, 0, null);
    expect(steps.map(({ level }) => level)).toEqual([999, 749, 499, 249]);
    const x = tf.ones<tf.Rank.R4>([1, 1, 1, 1]);
    const at = (seed: number) => steps[1]!.apply(x, x, new RandomStream(seed)).dataSync()[0]!;
    expect(at(1)).toBe(at(2));
    const [here, next] = [signal[749]!, signal[499]!];
    const data = (1 - Math.sqrt(1 - here)) / Math.sqrt(here);
    expect(at(1)).toBeCloseTo(Math.sqrt(next) * data + Math.sqrt(1 - next), 4);
  });
});

describe('MCVD', () => {
  it('has its own linear schedule and counts levels from the most noise', () => {
    const process = mcvdProcess({ steps: 1000, clip: null });
    const published = linearBetas(1000, 0.02, 1e-4);
    for (const level of [0, 1, 500, 999])
      expect(process.schedule.betas[level]).toBeCloseTo(published[process.label(level)]!, 12);
    expect(process.label(999)).toBe(0);
    expect(process.steps(null)[0]!.level).toBe(999);
    const ddpm = ddpmProcess(noiseSchema.parse({}));
    expect([ddpm.label(7), ddpm.schedule.betas.length]).toEqual([7, 1000]);
  });
});

describe('a Gaussian model', () => {
  it('hides noise in masked cells from its network, and its network from masked cells', async () => {
    const seen: tf.Tensor4D[] = [];
    const network = functionNetwork((x, _time, condition) => {
      seen.push(tf.keep(x.clone()), tf.keep(condition!.clone()));
      return tf.onesLike(x) as tf.Tensor4D;
    });
    const mask = createMask(source.mask, 4, 8);
    const model = new GaussianModel(ddpmProcess(noiseSchema.parse({ steps: 5 })), network, mask, source);
    const initial = tf.tensor4d(await source.frames([{ example: 0, step: 0 }]), [1, 4, 8, 1]);
    const land = (x: tf.Tensor4D) => x.slice([0, 1, 0, 0], [-1, 1, -1, -1]).abs().max().dataSync()[0];
    const ends: (number | undefined)[] = [];
    await model.sample(
      {
        initial,
        members: 2,
        horizon: 3,
        random: new RandomStream(1),
        maxBatch: 8,
        onLead: (_, snapshot) => {
          ends.push(land(snapshot));
        },
      },
      null,
    );
    expect(network.calls.map(({ times }) => times[0])).toEqual([4, 3, 2, 1, 0]);
    expect(seen.map(land)).toEqual(seen.map(() => 0));
    expect(ends).toEqual([0, 0, 0]);
    tf.dispose(seen);
  });
});

describe('the fair CRPS of two members', () => {
  const random = new RandomStream(3);
  const field = () => random.normal<tf.Rank.R4>([3, 2, 2, 1]);

  it('is what verification calls fair CRPS', () => {
    const [a, b, y] = [field(), field(), field()];
    const scores = new ScoreAccumulator({ members: 2, leads: [1], cells: 4, channels: 1 });
    const rows = (x: tf.Tensor4D) =>
      [0, 1, 2].map((i) => x.dataSync().subarray(i * 4, i * 4 + 4) as Float32Array);
    const [first, second, truth] = [rows(a), rows(b), rows(y)];
    truth.forEach((observation, i) => {
      scores.add(i, 0, Float32Array.from([...first[i]!, ...second[i]!]), observation);
    });
    expect(pairCrps(a, b, y, null).dataSync()[0]).toBeCloseTo(scores.scores('').overall.fairCrps, 5);
  });

  it('has the gradient of finite differences, and leaves masked cells out', () => {
    const scale = tf.variable(tf.scalar(0.7));
    const shift = tf.variable(tf.scalar(0.2));
    const [u, v, y] = [field(), field(), field()];
    const mask = createMask(Float32Array.of(1, 1, 0, 1), 2, 2)!;
    const held = (x: tf.Tensor4D) => x.mul(mask.field) as tf.Tensor4D;
    const member = (draw: tf.Tensor4D) => held(draw.mul(scale).add(shift) as tf.Tensor4D);
    const value = () => tf.tidy(() => pairCrps(member(u), member(v), held(y), mask));
    const vector = new ParameterVector(
      new Map<string, tf.Variable>([
        ['scale', scale],
        ['shift', shift],
      ]),
    );
    const { gradient } = vector.gradient(value);
    [scale, shift].forEach((variable, i) => {
      const kept = variable.clone();
      const at = (by: number) => {
        variable.assign(kept.add(by));
        return value().dataSync()[0]!;
      };
      const numeric = (at(1e-3) - at(-1e-3)) / 2e-3;
      variable.assign(kept);
      expect(gradient.dataSync()[i]).toBeCloseTo(numeric, 2);
    });
    const elsewhere = tf.tidy(() => pairCrps(held(u), held(v), held(y), mask).dataSync()[0]!);
    const cells = (x: tf.Tensor4D) => [...x.dataSync()].filter((_, i) => i % 4 !== 2);
    const [a, b, c] = [cells(u), cells(v), cells(y)];
    const by = a.map((x, i) => (Math.abs(x - c[i]!) + Math.abs(b[i]! - c[i]!) - Math.abs(x - b[i]!)) / 2);
    expect(elsewhere).toBeCloseTo(by.reduce((sum, x) => sum + x, 0) / by.length, 5);
  });
});
