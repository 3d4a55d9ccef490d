/** The ensemble forecast that the sampling benchmarks share: noise as weather, members thrown away lead by lead. */
import { createModel, type DyffusionModel } from '#main/engine/dyffusion/model.ts';
import { type SampleStatistics, sample } from '#main/engine/dyffusion/sampler.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import type * as tf from '#main/engine/runtime/tf.ts';
import { networkSettingsSchema, type TrainSettings, trainSettingsSchema } from '#shared/domain/settings.ts';

export interface EnsembleSettings {
  cells: number;
  horizon: number;
  auxiliarySteps: number;
  dim: number;
}

const stage = { learningRate: 1e-4, weightDecay: 0, epochs: 1, batchSize: 1, loss: 'l1' };

/** A model of the paper's sea surface temperature kind with fresh weights, which cost what trained ones cost. */
export function ensembleModel({ cells, horizon, auxiliarySteps, dim }: EnsembleSettings): {
  model: DyffusionModel;
  settings: TrainSettings;
} {
  const settings = trainSettingsSchema.parse({
    network: networkSettingsSchema.parse({ kind: 'unet_resnet', dim }),
    interpolator: { ...stage, dropout: { block: 0.6, firstBlock: 0.2, attention: 0.6 } },
    forecaster: { ...stage, dropout: { block: 0.3, firstBlock: 0, attention: 0.1 } },
    diffusion: { auxiliarySteps, conditioning: 'data+noise' },
    validation: {},
  });
  const problem = {
    horizon,
    shape: { height: cells, width: cells, channels: 1 },
    conditionChannels: 0,
    mask: new Float32Array(cells * cells).fill(1),
  };
  return { model: createModel(settings, problem, 1), settings };
}

/** Samples an ensemble from one start; every lead is read back as if it were written to disk. */
export async function sampleEnsemble(
  { cells, horizon, auxiliarySteps, dim }: EnsembleSettings,
  members: number,
  schedule: string | null,
): Promise<SampleStatistics & { seconds: number }> {
  const { model, settings } = ensembleModel({ cells, horizon, auxiliarySteps, dim });
  const random = new RandomStream(2);
  const initial = random.normal<tf.Rank.R4>([1, cells, cells, 1]);
  const started = performance.now();
  try {
    const statistics = await sample(model, {
      initial,
      members,
      horizon,
      options: { ...settings.diffusion, samplingSchedule: schedule },
      random,
      maxBatch: 32,
      async onLead(_lead, snapshot) {
        await snapshot.data();
      },
    });
    return { ...statistics, seconds: (performance.now() - started) / 1000 };
  } finally {
    initial.dispose();
    model.dispose();
  }
}
