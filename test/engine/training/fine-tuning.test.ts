import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { loadModelTensors, modelTensors } from '#main/engine/training/checkpoint.ts';
import { createMethod } from '#main/engine/training/methods.ts';
import { trainRun } from '#main/engine/training/train.ts';
import type { EpochMetrics } from '#shared/domain/run.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { MemoryStore, toySettings, toySource } from '../toy-problem.ts';

beforeAll(async () => {
  await loadBackend();
});

const train = toySource({ count: 13 });
const validation = toySource({ count: 3, seed: 2 });
const once = { epochs: 1, weightDecay: 0.1 };
const few = { members: 2, starts: 1 };

function settingsOf(changes: Parameters<typeof toySettings>[0] = {}): TrainSettings {
  return toySettings({ validation: few, ...changes, interpolator: once, forecaster: once });
}

function weightsOf(settings: TrainSettings, problem = train, seed = 5) {
  const model = createMethod(settings, problem, seed);
  const tensors = modelTensors(model);
  model.dispose();
  return tensors;
}

async function tune(
  settings: TrainSettings,
  initial: ReturnType<typeof weightsOf>,
  data: Partial<Parameters<typeof trainRun>[0]> = {},
) {
  const store = new MemoryStore();
  const metrics: EpochMetrics[] = [];
  await trainRun({
    settings,
    train,
    validation,
    store,
    initial,
    resume: false,
    onMetrics: (line) => {
      metrics.push(line);
    },
    ...data,
  });
  return { tensors: store.saved.get('best')!.tensors, metrics };
}

describe('fine-tuning', () => {
  it('starts from the weights it is given, on a grid of another size', async () => {
    // So small a rate that only the beginning can have brought the weights where they are.
    const still = { learningRate: 1e-12, weightDecay: 0 };
    const settings = settingsOf();
    const slow = {
      ...settings,
      interpolator: { ...settings.interpolator, ...still },
      forecaster: { ...settings.forecaster, ...still },
    };
    const start = weightsOf(settings);
    const { tensors } = await tune(slow, start, {
      train: toySource({ count: 9, height: 5, width: 12 }),
      validation: toySource({ count: 3, height: 5, width: 12, seed: 2 }),
    });
    for (const [name, { data }] of start)
      if (!/running|num_batches/.test(name))
        data.forEach((value: number | bigint, i: number) => {
          expect(Number(tensors.get(name)!.data[i]), name).toBeCloseTo(Number(value), 6);
        });
  });

  it.each([
    { kind: 'unet_resnet', dim: 8, dimMults: [1, 2], groups: 4 },
    { kind: 'unet_simple', dim: 4, upsampleDims: [64, 64] },
  ] as const)('takes a $kind to other grids as it is', (network) => {
    const settings = settingsOf({ network: network as Partial<TrainSettings['network']> });
    const start = weightsOf(settings);
    const model = createMethod(settings, toySource({ count: 1, height: 9, width: 14 }), 1);
    loadModelTensors(model, start);
    expect(modelTensors(model)).toEqual(start);
    model.dispose();
  });

  it('refuses weights of other channels', async () => {
    const settings = settingsOf({ method: 'dropout' });
    const two = { ...train, shape: { ...train.shape, channels: 2 } };
    await expect(tune(settings, weightsOf(settings, two))).rejects.toMatchObject({
      code: 'bad-input',
      message: expect.stringContaining('convs.0.conv.weight'),
    });
  });

  it('starts the CRPS ensemble from a Dropout network', async () => {
    const dropout = weightsOf(settingsOf({ method: 'dropout' }));
    const settings = settingsOf({ method: 'crps-ensemble', fineTuning: { epochs: 1 } });
    const { metrics } = await tune(settings, dropout);
    expect(metrics.map(({ stage }) => stage)).toEqual(['forecaster', 'fine-tuning']);
  });
});

describe('frozen layers', () => {
  it('keep every bit, weights and statistics alike, while the others learn', async () => {
    for (const method of ['dyffusion', 'dropout', 'crps-ensemble'] as const) {
      const settings = settingsOf({
        method,
        freeze: ['convs.0.', 'time_emb_mlp'],
        fineTuning: { epochs: 1 },
      });
      const start = weightsOf(settings);
      const { tensors } = await tune(settings, start);
      let [kept, moved] = [0, 0];
      for (const [name, { data }] of start) {
        const same = data.every((value, i) => Object.is(value, tensors.get(name)!.data[i]));
        if (/\.(convs\.0|time_emb_mlp)\./.test(name)) {
          expect(same, name).toBe(true);
          kept++;
        } else if (/weight$/.test(name)) {
          expect(same, name).toBe(false);
          moved++;
        }
      }
      expect(kept).toBeGreaterThan(5);
      expect(moved).toBeGreaterThan(2);
    }
  });

  it('may be a whole network, whose stage is then left out', async () => {
    const settings = settingsOf({ freeze: ['interpolator.'] });
    const start = weightsOf(settings);
    const { tensors, metrics } = await tune(settings, start);
    expect(metrics.map(({ stage }) => stage)).toEqual(['forecaster']);
    for (const [name, { data }] of start)
      if (name.startsWith('interpolator.')) expect(tensors.get(name)!.data).toEqual(data);
  });

  it('must exist and leave something to train', async () => {
    const start = weightsOf(settingsOf());
    await expect(tune(settingsOf({ freeze: ['encoder'] }), start)).rejects.toThrow(/begins with "encoder"/);
    await expect(tune(settingsOf({ freeze: ['interpolator.', 'forecaster.'] }), start)).rejects.toThrow(
      /nothing to train/,
    );
  });
});
