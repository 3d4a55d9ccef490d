/**
 * A method from outside of the built-in list, as ARCHITECTURE.md says to add one: once registered it is trained, stored
 * and sampled by the same code as the others. It learns a convolution from x₀ to all leads; members differ by noise
 * on their initial condition.
 */
import { beforeAll, expect, it, onTestFinished } from 'vitest';
import { giveLeads, loadWindows, windowOf } from '#main/engine/baselines/at-once.ts';
import { evenItems } from '#main/engine/methods/frames.ts';
import { fieldLoss } from '#main/engine/methods/loss.ts';
import type { TrainableMethodMaker } from '#main/engine/methods/method.ts';
import { architecture } from '#main/engine/methods/problem.ts';
import { rollOut } from '#main/engine/methods/rollout.ts';
import { pick } from '#main/engine/methods/rows.ts';
import { createNetwork } from '#main/engine/networks/registry.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { forecastEnsemble, loadModel } from '#main/engine/training/forecast.ts';
import { registerMethod } from '#main/engine/training/methods.ts';
import { trainRun } from '#main/engine/training/train.ts';
import { MemoryStore, toySettings, toySource } from '../toy-problem.ts';

const noisyStart: TrainableMethodMaker = {
  name: 'noisy-start',
  create(settings, problem, seed) {
    const { horizon } = problem;
    const { channels } = problem.shape;
    const network = createNetwork(
      {
        ...architecture(settings.network, settings.forecaster.dropout, problem),
        inputChannels: channels,
        outputChannels: horizon * channels,
        conditionChannels: 0,
        withTimeEmbedding: false,
      },
      new RandomStream(seed),
    );
    return {
      method: 'noisy-start',
      networks: new Map([['model', network]]),
      stages: [
        {
          name: 'forecaster',
          settings: settings.forecaster,
          part: 'model',
          network,
          scoredBy: 'forecast',
          continues: false,
          stochastic: false,
          draw: (examples) => examples.map((example) => ({ example, step: 0 })),
          spread: (count, rows) => evenItems(count, rows, 1, 0),
          load: loadWindows(horizon),
          objective(source, batch, pass) {
            const { x0, steps } = windowOf(source, batch);
            const time = tf.zeros<tf.Rank.R1>([x0.shape[0]]);
            return () => fieldLoss(network.forward(x0, time, null, pass), steps, 'l2', null);
          },
        },
      ],
      calibration: null,
      validationSchedule: null,
      forecastSeconds: ([call = 0]) => call,
      sample: (request) =>
        rollOut(request, horizon, async (block) => {
          const steps = await block.batcher.run(block.rows, 1, (from, count) => {
            const x0 = pick(block.initial, from, count, block.copies);
            const start = tf.add(x0, tf.mul(request.random.normal(x0.shape), 0.1)) as tf.Tensor4D;
            const pass = { dropout: false, training: false, random: request.random };
            return network.forward(start, tf.zeros([count]), null, pass);
          });
          try {
            await giveLeads(block, steps, channels);
          } finally {
            steps.dispose();
          }
        }),
      dispose: () => network.dispose(),
    };
  },
};

beforeAll(async () => {
  await loadBackend();
});

const settings = { ...toySettings({ forecaster: { epochs: 8 } }), method: 'noisy-start' as never };
const [train, validation] = [toySource({ count: 24 }), toySource({ count: 4, seed: 2 })];

it('a method from outside is trained, stored and sampled like the others', async () => {
  onTestFinished(registerMethod(noisyStart));
  const store = new MemoryStore();
  const losses: number[] = [];
  const result = await trainRun({
    settings,
    train,
    validation,
    store,
    resume: false,
    onMetrics: ({ loss }) => void losses.push(loss),
  });
  expect(result.status).toBe('finished');
  expect(losses.at(-1)).toBeLessThan(0.7 * losses[0]!);
  const model = loadModel((await store.load('best'))!.tensors, settings, validation);
  onTestFinished(() => model.dispose());
  const leads: number[] = [];
  let spread = 0;
  await forecastEnsemble({
    model,
    problem: validation,
    initial: await validation.frames([{ example: 0, step: 0 }]),
    conditions: async () => null,
    members: 2,
    horizon: 5,
    seed: 3,
    maxBatch: 4,
    onLead(lead, values) {
      leads.push(lead);
      const half = values.length / 2;
      spread += Math.abs(values[0]! - values[half]!);
    },
  });
  expect(leads).toEqual([1, 2, 3, 4, 5]);
  expect(spread).toBeGreaterThan(0);
});

it('a name is given once, and an unknown one is told what there is', async () => {
  expect(() => registerMethod({ ...noisyStart, name: 'dyffusion' })).toThrow(
    /There is a method dyffusion already/,
  );
  await expect(
    trainRun({ settings, train, validation, store: new MemoryStore(), resume: false }),
  ).rejects.toMatchObject({ code: 'bad-input', hint: expect.stringContaining('dyffusion') });
});
