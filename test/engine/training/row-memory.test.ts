import { beforeAll, describe, expect, it } from 'vitest';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { estimateTraining, probeStages } from '#main/engine/training/estimate.ts';
import { createMethod } from '#main/engine/training/methods.ts';
import { guardLargeGrid, rowsAtOnce } from '#main/engine/training/row-memory.ts';
import { trainRun } from '#main/engine/training/train.ts';
import { MemoryStore, toySettings, toySource } from '../toy-problem.ts';

beforeAll(async () => {
  await loadBackend();
});

const train = toySource({ count: 16 });
const validation = toySource({ count: 3, seed: 2 });
const settings = toySettings({
  network: { kind: 'unet_resnet', dim: 8, dimMults: [1], groups: 4 },
  interpolator: { dropout: { block: 0 }, epochs: 1 },
  forecaster: { dropout: { block: 0 }, epochs: 1 },
  validation: { members: 2, starts: 1 },
});

const deep = toySettings({ network: { kind: 'unet_resnet', dim: 4, dimMults: [1, 1, 2], groups: 4 } });

/** A grid that no test could read: whoever asks for a frame of it has not looked at the memory first. */
const huge = {
  ...toySource({ count: 16 }),
  shape: { height: 720, width: 1440, channels: 1 },
  mask: new Float32Array(720 * 1440).fill(1),
  frames: () => Promise.reject(new Error('The frames were asked for.')),
};

async function losses(availableBytes: number) {
  const losses: number[] = [];
  const notes: string[] = [];
  await trainRun({
    settings,
    train,
    validation,
    store: new MemoryStore(),
    resume: false,
    availableBytes,
    onMetrics: ({ stage, loss }) => {
      // The forecaster's loss draws the interpolator's dropout row by row, so it depends on how a batch is cut.
      if (stage === 'interpolator') losses.push(loss);
    },
    onNote: (note) => notes.push(note),
  });
  return { notes, losses };
}

describe('the memory of training', () => {
  it('cuts batches to what fits before anything runs out, with the same result', async () => {
    const model = createMethod(settings, train, 1);
    const { rowBytes } = await probeStages(model, settings, train, validation, Number.POSITIVE_INFINITY);
    model.dispose();
    const most = Math.max(...rowBytes);
    const whole = await losses(Number.POSITIVE_INFINITY);
    const narrow = await losses(2.5 * most);
    expect(whole.notes).toEqual([]);
    expect(narrow.notes.join(' ')).toContain('the forecaster is trained with 2 examples at a time');
    narrow.losses.forEach((loss, i) => {
      expect(loss).toBeCloseTo(whole.losses[i]!, 4);
    });
  });

  it('takes no more than is of use where memory is plenty, but for networks that normalise over the batch', () => {
    const rows = (network: NonNullable<Parameters<typeof toySettings>[0]>['network']) => {
      const model = createMethod(toySettings({ network, interpolator: { batchSize: 64 } }), train, 1);
      const count = rowsAtOnce(model.stages[0]!, 1e9, 32.5e9);
      model.dispose();
      return count;
    };
    expect(rows({ kind: 'unet_resnet', dim: 4, dimMults: [1], groups: 4 })).toBe(6);
    expect(rows({ kind: 'unet_simple', dim: 4, upsampleDims: [64, 64] })).toBe(32);
  });

  it('refuses where not one example fits, and leaves no tensor', async () => {
    const before = tf.memory().numTensors;
    const refused = { code: 'out-of-memory', message: expect.stringContaining('6 × 8 cells needs about') };
    await expect(losses(1000)).rejects.toMatchObject(refused);
    await expect(estimateTraining(settings, train, validation, 1000)).rejects.toMatchObject(refused);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('refuses a huge grid from what small ones take', async () => {
    await expect(guardLargeGrid(deep, huge, 8e9)).rejects.toThrow(
      /720 × 1440 cells needs about \d+\.\d GB of memory for a single example, and 8\.0 GB are free/,
    );
    await expect(guardLargeGrid(deep, huge, 1e14)).resolves.toBeUndefined();
    // A network with a working grid of its own takes hardly more for more cells.
    const flow = toySettings({ network: { kind: 'unet_simple', dim: 4, upsampleDims: [64, 64] } });
    await expect(guardLargeGrid(flow, huge, 8e9)).resolves.toBeUndefined();
  });

  it('guesses from small grids what a larger one really takes', async () => {
    const large = toySource({ count: 2, height: 136, width: 128 });
    const model = createMethod(deep, large, 1);
    const { rowBytes } = await probeStages(model, deep, large, large, Number.POSITIVE_INFINITY);
    model.dispose();
    const most = Math.max(...rowBytes);
    await expect(guardLargeGrid(deep, large, 1.5 * most)).resolves.toBeUndefined();
    await expect(guardLargeGrid(deep, large, 0.6 * most)).rejects.toThrow('136 × 128');
  });
});
