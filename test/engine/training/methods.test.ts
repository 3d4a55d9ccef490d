import { beforeAll, describe, expect, it } from 'vitest';
import { readSafetensors, writeSafetensors } from '#main/engine/networks/safetensors.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { modelTensors } from '#main/engine/training/checkpoint.ts';
import { TrainControl, type TrainProgress } from '#main/engine/training/control.ts';
import { estimateTraining } from '#main/engine/training/estimate.ts';
import { type EnsembleRequest, forecastEnsemble, loadModel } from '#main/engine/training/forecast.ts';
import { createMethod } from '#main/engine/training/methods.ts';
import { trainRun } from '#main/engine/training/train.ts';
import { methodFacts, stageSettings, stagesOf } from '#shared/domain/methods.ts';
import type { EpochMetrics } from '#shared/domain/run.ts';
import { type TrainSettings, trainableMethods } from '#shared/domain/settings.ts';
import { MemoryStore, toySettings, toySource } from '../toy-problem.ts';

beforeAll(async () => {
  await loadBackend();
});

const options = { horizon: 3, height: 4, land: 2, conditionChannels: 1 };
const train = toySource({ ...options, count: 17 });
const validation = toySource({ ...options, count: 4, seed: 2 });

type Changes = Parameters<typeof toySettings>[0];

function settingsOf(method: TrainSettings['method'], changes: Changes = {}): TrainSettings {
  return toySettings({
    ...changes,
    method,
    interpolator: { epochs: 1, ...changes.interpolator },
    forecaster: { epochs: 1, ...changes.forecaster },
    fineTuning: { epochs: 1, ...changes.fineTuning },
    noise: { steps: 8, validationSteps: 3, ...changes.noise },
    perturbation: { candidates: [0, 0.3, 3], ...changes.perturbation },
    validation: { members: 3, starts: 2, ...changes.validation },
  });
}

async function run(settings: TrainSettings, extra: Partial<Parameters<typeof trainRun>[0]> = {}) {
  const store = new MemoryStore();
  const metrics: EpochMetrics[] = [];
  const progress: TrainProgress[] = [];
  const result = await trainRun({
    settings,
    train,
    validation,
    store,
    resume: false,
    onMetrics: (line) => {
      metrics.push(line);
    },
    onProgress: (line) => progress.push(line),
    ...extra,
  });
  return { store, metrics, progress, result };
}

/** Losses alone, since seconds differ from run to run. */
const losses = (metrics: EpochMetrics[]) => metrics.map(({ seconds: _, ...rest }) => rest);

/** All members at all leads, in the order in which they came. */
async function forecast(
  tensors: Parameters<typeof loadModel>[0],
  settings: TrainSettings,
  request: Partial<EnsembleRequest> = {},
) {
  const model = loadModel(tensors, settings, validation);
  const leads: { lead: number; values: Float32Array }[] = [];
  try {
    const statistics = await forecastEnsemble({
      model,
      problem: validation,
      initial: await validation.frames([{ example: 0, step: 0 }]),
      conditions: () => validation.conditions([0]),
      members: 4,
      horizon: 5,
      seed: 3,
      maxBatch: 3,
      onLead: (lead, values) => {
        leads.push({ lead, values: values.slice() });
      },
      ...request,
    });
    return { leads, statistics };
  } finally {
    model.dispose();
  }
}

describe.each(trainableMethods)('%s', (method) => {
  it('trains its stages, forecasts members lead by lead past its horizon, and survives a file', async () => {
    const before = tf.memory().numTensors;
    const settings = settingsOf(method);
    const { store, metrics, progress, result } = await run(settings);
    expect(tf.memory().numTensors).toBe(before);
    expect(metrics.map(({ stage }) => stage)).toEqual(methodFacts[method].stages);
    for (const line of metrics) expect(Number.isFinite(line.loss)).toBe(true);
    expect(result.status).toBe('finished');
    expect(result.bestValidationCrps).toBeGreaterThan(0);
    expect(progress.at(-1)!.secondsLeft).toBeGreaterThanOrEqual(0);

    const { tensors } = store.saved.get('best')!;
    const made = await forecast(tensors, settings);
    expect(tf.memory().numTensors).toBe(before);
    expect(made.leads.map(({ lead }) => lead)).toEqual([1, 2, 3, 4, 5]);
    expect(made.statistics.networkCalls).toBeGreaterThan(0);
    for (const { values } of made.leads) {
      expect(values.length).toBe(4 * 4 * 8);
      expect(values.every(Number.isFinite)).toBe(true);
      // The row of land stays empty; members differ elsewhere.
      for (let member = 0; member < 4; member++)
        expect(values.subarray(member * 32 + 16, member * 32 + 24).every((value) => value === 0)).toBe(true);
      expect(values.slice(0, 16)).not.toEqual(values.slice(32, 48));
    }

    const file = readSafetensors(writeSafetensors(tensors));
    expect((await forecast(file, settings)).leads).toEqual(made.leads);
  });

  it('has the stages that are told of it, and a time to expect', async () => {
    const settings = settingsOf(method);
    const model = createMethod(settings, train, 1);
    expect(model.method).toBe(method);
    expect(model.stages.map(({ name }) => name)).toEqual(stagesOf(settings).map(({ name }) => name));
    for (const stage of model.stages) {
      const told = stageSettings(settings, stage.name);
      expect({ ...stage.settings, loss: told.loss }).toEqual(told);
      expect(model.networks.get(stage.part)).toBe(stage.network);
      // Fixed items touch different steps, so that a validation loss is of the whole task.
      expect(new Set(stage.spread(40, 24).map(({ example }) => example)).size).toBeGreaterThan(10);
    }
    expect(model.forecastSeconds(model.stages.map(() => 1))).toBeGreaterThan(0);
    model.dispose();
    const estimate = await estimateTraining(settings, train, validation);
    expect(estimate.seconds).toBeGreaterThan(0);
    expect(estimate.parameters).toBeGreaterThan(500);
  });

  it('keeps boundary conditions and stops when cancelled', async () => {
    const before = tf.memory().numTensors;
    const settings = settingsOf(method);
    const model = createMethod(settings, validation, 1);
    const tensors = modelTensors(model);
    model.dispose();
    const { leads } = await forecast(tensors, settings, {
      boundary: (snapshot, lead) => tf.fill(snapshot.shape, lead) as tf.Tensor4D,
    });
    for (const { lead, values } of leads) expect(values.every((value) => value === lead)).toBe(true);
    const abort = new AbortController();
    await expect(
      forecast(tensors, settings, { signal: abort.signal, onLead: () => abort.abort() }),
    ).rejects.toMatchObject({ code: 'cancelled' });
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe('resuming', () => {
  it.each(['dropout', 'ddpm', 'crps-ensemble'] as const)('%s equals never having stopped', async (method) => {
    const settings = settingsOf(method, {
      forecaster: { epochs: 2, weightAverage: 0.9 },
      fineTuning: { epochs: 2 },
    });
    const whole = await run(settings);
    const steps = whole.metrics.filter(({ stage }) => stage === 'forecaster').at(-1)!.steps;
    for (const stopAfter of method === 'crps-ensemble' ? [2, steps, steps + 1, steps + 4] : [1, 4]) {
      const store = new MemoryStore();
      const metrics: EpochMetrics[] = [];
      const control = new TrainControl();
      let [done, lastStep] = [0, ''];
      const shared = {
        store,
        onMetrics: (line: EpochMetrics) => {
          metrics.push(line);
        },
      };
      const first = await run(settings, {
        ...shared,
        control,
        onProgress: ({ stage, step }) => {
          if (`${stage} ${step}` !== lastStep && ++done === stopAfter) control.pause();
          lastStep = `${stage} ${step}`;
        },
      });
      expect(first.result.status).toBe('paused');
      await run(settings, { ...shared, resume: true });
      expect(losses(metrics), `after ${stopAfter} steps`).toEqual(losses(whole.metrics));
      const [kept, wanted] = [store.saved.get('best')!.tensors, whole.store.saved.get('best')!.tensors];
      for (const [name, tensor] of wanted) expect(kept.get(name), name).toEqual(tensor);
    }
  });
});

describe('the CRPS ensemble', () => {
  it('keeps what its first stage learned when fine-tuning makes it worse', async () => {
    const settings = settingsOf('crps-ensemble', {
      forecaster: { epochs: 3 },
      fineTuning: { epochs: 1, rateShare: 300 },
    });
    const { store, metrics, result } = await run(settings);
    const scores = metrics.map(({ validationCrps }) => validationCrps!);
    expect(scores.at(-1)).toBeGreaterThan(Math.min(...scores));
    expect(result.bestValidationCrps).toBe(Math.min(...scores));
    expect(JSON.parse(store.saved.get('best')!.meta)).toMatchObject({ stage: 'forecaster' });
  });
});

describe('Perturbation', () => {
  it('keeps the σ that scored best, with the weights and through a file', async () => {
    const notes: string[] = [];
    const settings = settingsOf('perturbation', { perturbation: { sigma: 9, candidates: [30, 0.2, 40] } });
    const { store, result } = await run(settings, { onNote: (note) => notes.push(note) });
    const best = store.saved.get('best')!;
    expect(JSON.parse(best.meta)).toMatchObject({
      calibration: { sigma: 0.2 },
      score: result.bestValidationCrps,
    });
    expect(notes.join()).toContain('sigma = 0.2');
    const model = loadModel(best.tensors, settings, validation);
    expect(model.calibration?.value).toBeCloseTo(0.2, 6);
    model.dispose();
    // Without the tuned number, as in weights from elsewhere, the settings' own counts.
    const foreign = new Map([...best.tensors].filter(([name]) => !name.startsWith('calibration.')));
    const other = loadModel(foreign, settings, validation);
    expect(other.calibration?.value).toBe(9);
    other.dispose();
  });
});

describe('what a method cannot do is refused with a sentence', () => {
  const weights = (settings: TrainSettings) => {
    const model = createMethod(settings, validation, 1);
    const tensors = modelTensors(model);
    model.dispose();
    return tensors;
  };

  it('forecasts real-valued leads where the network is told the time, and only there', async () => {
    for (const method of trainableMethods) {
      const settings = settingsOf(method);
      const asked = forecast(weights(settings), settings, { leadTimes: [0.5, 4.25] });
      if (['dropout-at-once', 'ddpm', 'mcvd'].includes(method))
        await expect(asked).rejects.toMatchObject({
          code: 'bad-input',
          message: expect.stringContaining('0.5'),
        });
      else
        expect((await asked).leads.map(({ lead }) => lead).sort((a, b) => a - b)).toEqual([
          0.5, 1, 2, 3, 4, 4.25, 5,
        ]);
    }
  });

  it('takes sampling schedules that it knows', async () => {
    const calls = async (method: TrainSettings['method'], schedule: string | null) => {
      const settings = settingsOf(method);
      const asked = { schedule, horizon: 3 };
      return (await forecast(weights(settings), settings, asked)).statistics.networkCalls;
    };
    expect(await calls('ddpm', null)).toBe(8);
    expect(await calls('ddpm', 'steps3')).toBe(3);
    expect(await calls('mcvd', null)).toBe(9);
    expect(await calls('mcvd', 'steps4')).toBe(5);
    expect(await calls('dropout', null)).toBe(3);
    expect(await calls('dropout-at-once', null)).toBe(1);
    await expect(calls('ddpm', 'only_dynamics')).rejects.toThrow(/no sampling schedule of DDPM/);
    await expect(calls('dropout', 'steps3')).rejects.toThrow(/has no sampling schedules/);
  });

  it('refuses to be trained where there is nothing to train', async () => {
    await expect(run(settingsOf('persistence'))).rejects.toThrow(/needs no training/);
    const unknown = { ...settingsOf('persistence'), method: 'oracle' } as unknown as TrainSettings;
    await expect(run(unknown)).rejects.toThrow('There is no method oracle.');
    const silent = settingsOf('dropout', { forecaster: { dropout: { block: 0 } } });
    await expect(run(silent)).rejects.toThrow(/all members of Dropout would be the same/);
  });
});
