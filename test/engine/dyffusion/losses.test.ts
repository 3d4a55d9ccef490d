import { beforeAll, describe, expect, it } from 'vitest';
import { diffuse, forecasterLoss, interpolatorLoss } from '#main/engine/dyffusion/losses.ts';
import { assembleModel, createModel, networkSettings } from '#main/engine/dyffusion/model.ts';
import { fieldLoss } from '#main/engine/methods/loss.ts';
import { createMask } from '#main/engine/methods/mask.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { ParameterVector } from '#main/engine/training/parameters.ts';
import { diffusionSchema } from '#shared/domain/settings.ts';
import { toySettings, toySource } from '../toy-problem.ts';
import { functionNetwork, straightLine } from './toy-networks.ts';

beforeAll(async () => {
  await loadBackend();
});

const still = () => ({ dropout: false, training: false, random: new RandomStream(1) });

describe('the two-term loss', () => {
  it('has the gradient of finite differences, through both forecasts and the interpolator between', () => {
    const h = 4;
    // F(x, i) = a·x² + b·i: nonlinear, so that the path through the interpolator shows.
    const a = tf.variable(tf.scalar(0.3));
    const b = tf.variable(tf.scalar(-0.2));
    const forecaster = functionNetwork(
      (x, time) => x.square().mul(a).add(time.mul(b)) as tf.Tensor4D,
      new Map<string, tf.Variable>([
        ['a', a],
        ['b', b],
      ]),
    );
    const diffusion = diffusionSchema.parse({ auxiliarySteps: 2, conditioning: 'none' });
    const model = assembleModel(straightLine(h), forecaster, diffusion, h, null);
    const random = new RandomStream(5);
    const examples = {
      x0: random.normal<tf.Rank.R4>([5, 2, 3, 1]),
      xh: random.normal<tf.Rank.R4>([5, 2, 3, 1]),
      steps: [0, 0, 2, 4, 5],
      statics: null,
    };
    for (const loss of ['l1', 'l2'] as const) {
      const noisy = diffuse(model, examples, random);
      const options = { loss, lambda1: 0.7, lambda2: 1.3 };
      const value = () => forecasterLoss(model, examples, noisy, options, still()).total;
      const { gradient } = new ParameterVector(forecaster.parameters).gradient(value);
      const at = (variable: tf.Variable, shift: number) => {
        const kept = variable.clone();
        variable.assign(kept.add(shift));
        const result = value().dataSync()[0]!;
        variable.assign(kept);
        return result;
      };
      const step = 1e-2;
      const numeric = [a, b].map((v) => (at(v, step) - at(v, -step)) / (2 * step));
      gradient.dataSync().forEach((g, i) => {
        expect(Math.abs(g - numeric[i]!)).toBeLessThan(0.02 * Math.max(1, Math.abs(numeric[i]!)));
      });
    }
  });

  it('takes its second term from examples with a next step alone', () => {
    const h = 3;
    const forecaster = functionNetwork((x) => x.clone());
    const model = assembleModel(
      straightLine(h),
      forecaster,
      diffusionSchema.parse({ auxiliarySteps: 0, conditioning: 'none' }),
      h,
      null,
    );
    const examples = {
      x0: tf.zeros<tf.Rank.R4>([3, 1, 1, 1]),
      xh: tf.tensor4d([1, 1, 1], [3, 1, 1, 1]),
      steps: [0, 1, 2],
      statics: null,
    };
    const noisy = diffuse(model, examples, new RandomStream(1));
    expect(Array.from(noisy.dataSync()).map((x) => x.toFixed(4))).toEqual(['0.0000', '0.3333', '0.6667']);
    const loss = forecasterLoss(model, examples, noisy, { loss: 'l1', lambda1: 0.5, lambda2: 0.5 }, still());
    expect(loss.direct.dataSync()[0]).toBeCloseTo((1 + 2 / 3 + 1 / 3) / 3, 5);
    // From 0 the next state is 0; from 1/3 it is 2/3 of that.
    expect(loss.onward.dataSync()[0]).toBeCloseTo((1 + 1 - 2 / 9) / 2, 5);
    expect(forecaster.calls.map((c) => c.rows)).toEqual([3, 2]);
    const onlyLast = { ...examples, steps: [2, 2, 2] };
    const last = forecasterLoss(
      model,
      onlyLast,
      diffuse(model, onlyLast, new RandomStream(1)),
      { loss: 'l2', lambda1: 1, lambda2: 1 },
      still(),
    );
    expect(last.onward.dataSync()[0]).toBe(0);
  });
});

describe('masked cells', () => {
  it('count in no loss', () => {
    const mask = createMask(Float32Array.of(1, 0, 1, 1), 2, 2)!;
    const x = tf.tensor4d([1, 0, 3, 5], [1, 2, 2, 1]);
    const y = tf.tensor4d([0, 0, 0, 0], [1, 2, 2, 1]);
    expect(fieldLoss(x, y, 'l1', mask).dataSync()[0]).toBeCloseTo(3, 5);
    expect(fieldLoss(x, y, 'l2', mask).dataSync()[0]).toBeCloseTo(35 / 3, 4);
    expect(createMask(Float32Array.of(1, 1), 1, 2)).toBeNull();
  });

  it('stay 0 in what both networks answer and are given', async () => {
    const source = toySource({ count: 2, land: 1 });
    const model = createModel(toySettings({ diffusion: { conditioning: 'data+noise' } }), source, 1);
    const [height, width] = [source.shape.height, source.shape.width];
    const frames = tf.tensor4d(
      await source.frames([
        { example: 0, step: 0 },
        { example: 1, step: 3 },
      ]),
      [2, height, width, 1],
    );
    const pass = { dropout: true, training: false, random: new RandomStream(1) };
    const drawn = model.interpolator.interpolate(frames, frames, [1, 2], null, pass);
    const ahead = model.forecaster.predict(frames, [0, 1], frames, null, pass);
    for (const field of [drawn, ahead]) {
      const land = field.slice([0, 1, 0, 0], [2, 1, width, 1]);
      expect(land.abs().max().dataSync()[0]).toBe(0);
      expect(field.abs().max().dataSync()[0]).toBeGreaterThan(0);
    }
    model.dispose();
  });
});

it('gives both networks the channels that data and conditioning ask for', () => {
  const problem = { ...toySource({ count: 1 }), conditionChannels: 3 };
  for (const [conditioning, extra] of [
    ['none', 0],
    ['data', 1],
    ['data+noise', 1],
  ] as const) {
    const { interpolator, forecaster } = networkSettings(
      toySettings({ diffusion: { conditioning } }),
      problem,
    );
    expect(interpolator).toMatchObject({ inputChannels: 2, outputChannels: 1, conditionChannels: 3 });
    expect(forecaster).toMatchObject({ inputChannels: 1, outputChannels: 1, conditionChannels: 3 + extra });
  }
});

it('stretches grids that a U-Net cannot halve', () => {
  const network = { kind: 'unet_resnet' as const, dim: 8, dimMults: [1, 2, 4] };
  const settings = toySettings({ network });
  const size = (height: number, width: number) =>
    networkSettings(settings, toySource({ count: 1, height, width })).forecaster.upsampleDims;
  expect(size(41, 60)).toEqual([44, 60]);
  expect(size(40, 60)).toBeNull();
});

it('trains the interpolator on the distance to the frame between', () => {
  const model = { interpolator: straightLine(4) };
  const one = (value: number) => tf.fill([1, 1, 1, 1], value) as tf.Tensor4D;
  const examples = { x0: one(0), xh: one(8), xi: one(5), times: [2], statics: null };
  const interpolator = assembleModel(
    model.interpolator,
    functionNetwork((x) => x),
    diffusionSchema.parse({ auxiliarySteps: 0, conditioning: 'none' }),
    4,
    null,
  ).interpolator;
  expect(interpolatorLoss(interpolator, examples, 'l1', still()).dataSync()[0]).toBe(1);
  expect(interpolatorLoss(interpolator, { ...examples, xi: one(1) }, 'l2', still()).dataSync()[0]).toBe(9);
});
