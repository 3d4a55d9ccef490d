import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { TrainControl, type TrainProgress } from '#main/engine/training/control.ts';
import { estimateTraining } from '#main/engine/training/estimate.ts';
import { forecastEnsemble, loadModel } from '#main/engine/training/forecast.ts';
import { trainRun } from '#main/engine/training/train.ts';
import { ScoreAccumulator } from '#main/engine/verification/accumulator.ts';
import type { EpochMetrics } from '#shared/domain/run.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { MemoryStore, toySettings, toySource } from '../toy-problem.ts';

beforeAll(async () => {
  await loadBackend();
});

const train = toySource({ count: 21, land: 2 });
const validation = toySource({ count: 5, land: 2, seed: 2 });

/** Losses alone, since seconds differ from run to run. */
const losses = (metrics: EpochMetrics[]) => metrics.map(({ seconds: _, ...rest }) => rest);

async function run(settings: TrainSettings, extra: Partial<Parameters<typeof trainRun>[0]> = {}) {
  const metrics: EpochMetrics[] = [];
  const store = new MemoryStore();
  const result = await trainRun({
    settings,
    train,
    validation,
    store,
    resume: false,
    onMetrics: (m) => {
      metrics.push(m);
    },
    ...extra,
  });
  return { metrics, store, result };
}

describe('trainRun', () => {
  it('trains both stages, tells its course and leaks no tensor', async () => {
    const before = tf.memory().numTensors;
    const progress: TrainProgress[] = [];
    const started: unknown[] = [];
    const { metrics, store, result } = await run(toySettings({ forecaster: { weightAverage: 0.9 } }), {
      onProgress: (p) => progress.push(p),
      onStarted: (facts) => started.push(facts),
    });
    expect(tf.memory().numTensors).toBe(before);
    expect(metrics.map((m) => `${m.stage} ${m.epoch} ${m.steps}`)).toEqual([
      'interpolator 1 3',
      'interpolator 2 6',
      'forecaster 1 3',
      'forecaster 2 6',
    ]);
    for (const m of metrics) {
      expect(m.loss).toBeGreaterThan(0);
      expect(m.validationLoss).toBeGreaterThan(0);
      expect(m.validationCrps === null).toBe(m.stage === 'interpolator');
    }
    const scores = metrics.flatMap((m) => m.validationCrps ?? []);
    expect(result).toMatchObject({ status: 'finished', epochs: 4, bestValidationCrps: Math.min(...scores) });
    expect(started).toMatchObject([{ references: { persistence: expect.any(Number) } }]);
    expect(progress.at(-1)).toMatchObject({ stage: 'forecaster', step: 6, steps: 6 });
    for (const p of progress) expect(p.secondsLeft).toBeGreaterThanOrEqual(0);
    expect(JSON.parse(store.saved.get('best')!.meta)).toMatchObject({ stage: 'forecaster' });
    expect([...store.saved.get('best')!.tensors.keys()].some((k) => k.startsWith('interpolator.'))).toBe(
      true,
    );
  });

  it('gives the same losses again with the same seed, and others with another', async () => {
    const a = await run(toySettings());
    const b = await run(toySettings());
    const c = await run(toySettings({ seed: 9 }));
    expect(losses(b.metrics)).toEqual(losses(a.metrics));
    expect(losses(c.metrics)).not.toEqual(losses(a.metrics));
  });

  it('resumes from any step as if it had never been interrupted', async () => {
    const settings = toySettings({ interpolator: { weightAverage: 0.9 } });
    const whole = await run(settings);
    for (const steps of [1, 4, 6, 7, 11]) {
      const store = new MemoryStore();
      const metrics: EpochMetrics[] = [];
      const control = new TrainControl();
      let done = 0;
      const options = {
        settings,
        train,
        validation,
        store,
        onMetrics: (m: EpochMetrics) => {
          metrics.push(m);
        },
      };
      let lastStep = -1;
      const first = await trainRun({
        ...options,
        resume: false,
        control,
        onProgress: (p) => {
          const step = p.step + (p.stage === 'forecaster' ? 100 : 0);
          if (step !== lastStep && ++done === steps) control.pause();
          lastStep = step;
        },
      });
      expect(first.status).toBe('paused');
      const second = await trainRun({ ...options, resume: true });
      expect(second).toMatchObject({ status: 'finished', epochs: 4 });
      expect(losses(metrics), `after ${steps} steps`).toEqual(losses(whole.metrics));
      for (const [name, tensor] of whole.store.saved.get('best')!.tensors)
        expect(store.saved.get('best')!.tensors.get(name), name).toEqual(tensor);
    }
  });

  it('resumes after being cut off without warning', async () => {
    const settings = toySettings();
    const whole = await run(settings);
    for (const saves of [1, 3, 6, 9]) {
      const store = new MemoryStore();
      const metrics = new Map<string, unknown>();
      const options = {
        settings,
        train,
        validation,
        store,
        checkpointSeconds: 0,
        onMetrics: (m: EpochMetrics) => {
          metrics.set(`${m.stage} ${m.epoch}`, losses([m])[0]);
        },
      };
      store.onSave = () => {
        if (store.saves === saves) throw new Error('the power went out');
      };
      await expect(trainRun({ ...options, resume: false })).rejects.toThrow('the power went out');
      store.onSave = () => {};
      await trainRun({ ...options, resume: true });
      expect([...metrics.values()]).toEqual(losses(whole.metrics));
    }
  });

  it('saves and stops when cancelled, and ends a stage early when asked', async () => {
    const abort = new AbortController();
    const store = new MemoryStore();
    await expect(
      run(toySettings(), { store, signal: abort.signal, onProgress: () => abort.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(JSON.parse(store.saved.get('last')!.meta)).toMatchObject({
      stage: 'interpolator',
      position: { step: 1 },
    });

    const control = new TrainControl();
    control.finishEarly();
    const { metrics, result } = await run(toySettings(), { control });
    expect(metrics.every((m) => m.stage === 'forecaster')).toBe(true);
    expect(result.status).toBe('finished');
  });

  it('stops for lack of improvement, and at the time limit', async () => {
    const still = { learningRate: 1e-12, epochs: 30 };
    const patient = await run(toySettings({ patience: 3, interpolator: still, forecaster: still }));
    expect(patient.metrics.length).toBeLessThan(60);
    const limited = await run(
      toySettings({ interpolator: { epochs: 5000, maxSeconds: 0.05 }, forecaster: { epochs: 1 } }),
    );
    expect(limited.metrics.length).toBeLessThan(100);
    expect(limited.result.status).toBe('finished');
  });

  it('keeps the best weights and says where a loss ran away', async () => {
    const broken = toySource({ count: 21, land: 2 });
    let calls = 0;
    const source = {
      ...broken,
      frames: async (requests: Parameters<typeof broken.frames>[0]) => {
        const frames = await broken.frames(requests);
        return ++calls > 6 ? frames.fill(Number.NaN) : frames;
      },
    };
    await expect(run(toySettings(), { train: source })).rejects.toMatchObject({
      code: 'diverged',
      message: expect.stringMatching(/interpolator became NaN in epoch \d+, batch \d+/),
    });
  });

  it('halves batches that do not fit into memory, with the same result', async () => {
    const settings = toySettings({
      network: { kind: 'unet_resnet', dim: 8, dimMults: [1], groups: 4 },
      interpolator: { dropout: { block: 0 }, epochs: 1 },
      forecaster: { dropout: { block: 0 }, epochs: 1 },
      validation: { members: 2, starts: 1 },
    });
    const whole = await run(settings);
    const notes: string[] = [];
    const narrow = {
      ...train,
      frames: (requests: Parameters<typeof train.frames>[0]) => {
        if (requests.length > 3 * 4) return Promise.reject(new Error('OOM when allocating tensor'));
        return train.frames(requests);
      },
    };
    const halved = await run(settings, { train: narrow, onNote: (note) => notes.push(note) });
    expect(notes[0]).toMatch(/goes on with 4 examples at a time/);
    halved.metrics
      .filter((m) => m.stage === 'interpolator')
      .forEach((m, i) => {
        expect(m.loss).toBeCloseTo(whole.metrics[i]!.loss, 4);
      });
  });

  it('refuses to train on nothing', async () => {
    await expect(run(toySettings(), { train: toySource({ count: 0 }) })).rejects.toThrow(
      /no window of 4 time steps/,
    );
  });

  it('trains without validation examples', async () => {
    const { result, store } = await run(toySettings(), { validation: toySource({ count: 0 }) });
    expect(result).toMatchObject({ status: 'finished', bestValidationCrps: null });
    expect(store.saved.has('best')).toBe(true);
  });
});

describe('a short training', () => {
  it('learns to forecast drifting waves far better than persistence', async () => {
    const world = toySource({ count: 160, height: 4 });
    const unseen = toySource({ count: 12, height: 4, seed: 5 });
    const settings = toySettings({
      network: { kind: 'simple_conv_net', dim: 24, kernelSizes: [7, 3] },
      interpolator: { epochs: 10, batchSize: 16, dropout: { block: 0.05 } },
      forecaster: { epochs: 12, batchSize: 16, dropout: { block: 0 }, schedule: 'cosine' },
      validation: { members: 4, starts: 4, everyEpochs: 4 },
    });
    const { store, result } = await run(settings, { train: world, validation: unseen });
    const model = loadModel(store.saved.get('best')!.tensors, settings, unseen);
    const scores = new ScoreAccumulator({ members: 5, leads: [1, 2, 3], cells: 32, channels: 1 });
    const still = new ScoreAccumulator({ members: 1, leads: [1, 2, 3], cells: 32, channels: 1 });
    for (let example = 0; example < 12; example++) {
      const initial = await unseen.frames([{ example, step: 0 }]);
      await forecastEnsemble({
        model,
        problem: unseen,
        initial,
        members: 5,
        horizon: 3,
        seed: 1,
        onLead: async (lead, frames) => {
          const truth = await unseen.frames([{ example, step: lead }]);
          scores.add(example, lead - 1, frames, truth);
          still.add(example, lead - 1, initial, truth);
        },
      });
    }
    model.dispose();
    const crps = scores.scores('').overall.fairCrps;
    expect(crps).toBeLessThan(0.5 * still.scores('').overall.fairCrps);
    expect(result.bestValidationCrps).toBeLessThan(1);
  });
});

it('estimates time, memory and size before training', async () => {
  const before = tf.memory().numTensors;
  const estimate = await estimateTraining(toySettings(), train, validation);
  expect(estimate.seconds).toBeGreaterThan(0);
  expect(estimate.stepSeconds).toBeGreaterThan(0);
  expect(estimate.memoryBytes).toBeGreaterThan(450e6);
  expect(estimate.parameters).toBeGreaterThan(1000);
  expect(tf.memory().numTensors).toBe(before);
});
