/**
 * Measure 1: the paper's sea surface temperature U-Net at its published size, batch 20 on 60×60 cells. Each number is
 * the fastest of several runs after a warm-up, which is what a quiet machine would show.
 */
import { createNetwork } from '#main/engine/networks/registry.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { AdamW, clipByNorm } from '#main/engine/training/adamw.ts';
import { ParameterVector } from '#main/engine/training/parameters.ts';
import type { Measure } from './measure.ts';

const BATCH = 20;
const CELLS = 60;
const RUNS = 5;

export async function benchNetwork(): Promise<Measure[]> {
  const backend = await loadBackend();
  const grid = { inputChannels: 1, outputChannels: 1, conditionChannels: 1, height: CELLS, width: CELLS };
  const network = createNetwork({ kind: 'unet_resnet', ...grid, dim: 64 }, new RandomStream(1));
  const random = new RandomStream(2);
  const shape: [number, number, number, number] = [BATCH, CELLS, CELLS, 1];
  const x = random.normal<tf.Rank.R4>(shape);
  const condition = random.normal<tf.Rank.R4>(shape);
  const target = random.normal<tf.Rank.R4>(shape);
  const time = random.uniform<tf.Rank.R1>([BATCH], 0, 6);
  const pass = { dropout: false, training: true, random };
  const vector = new ParameterVector(network.parameters);
  const optimiser = new AdamW(network.parameterCount, { weightDecay: 1e-5 });

  const forward = (): void => {
    tf.tidy(() => network.forward(x, time, condition, pass).sum().dataSync());
  };
  const step = (): void => {
    tf.tidy(() => {
      const loss = (): tf.Scalar => network.forward(x, time, condition, pass).sub(target).abs().mean();
      const { value, gradient } = vector.gradient(loss);
      value.dataSync();
      const weights = vector.read();
      vector.write(optimiser.step(weights, clipByNorm(gradient, 1), 1e-4));
    });
  };
  const settings = {
    network: 'unet_resnet',
    dim: 64,
    parameters: network.parameterCount,
    batch: BATCH,
    cells: `${CELLS}×${CELLS}`,
    backend: backend.name,
    threads: backend.threads,
  };
  const results = [
    {
      name: 'network forward',
      value: fastest(forward),
      unit: 's',
      settings: { ...settings, includes: 'forward pass' },
    },
    {
      name: 'network training step',
      value: fastest(step),
      unit: 's',
      settings: { ...settings, includes: 'forward, L1 loss, all gradients, clipping, AdamW' },
    },
  ];
  tf.dispose([x, condition, target, time]);
  optimiser.dispose();
  network.dispose();
  return results;
}

/** Seconds of the fastest of several runs. */
function fastest(run: () => void): number {
  run();
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < RUNS; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  return best / 1000;
}
