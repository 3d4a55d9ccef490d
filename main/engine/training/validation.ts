/** How good the networks are on windows they were not trained on: losses, and the CRPS that decides which weights are kept. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { Run } from '#shared/domain/run.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { combineSeeds } from '#shared/random.ts';
import type { LoadedBatch } from '../methods/frames.ts';
import type { MethodModel, Stage } from '../methods/method.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';

/** Rows of the validation loss: enough for a steady number, few enough to cost little beside an epoch. */
export const VALIDATION_ROWS = 48;
/** Purposes of random streams, so that no two share one. */
const LOSS_STREAM = 101;
const SCORE_STREAM = 102;

export interface ValidationContext {
  model: MethodModel;
  source: ExampleSource;
  settings: TrainSettings;
  maxBatch: number;
  signal: AbortSignal | null;
}

/**
 * Mean loss over fixed examples and steps with fixed random numbers, so that epochs can be compared. Dropout is on where
 * the method's forecasts have it on.
 */
export async function validationLoss(stage: Stage, context: ValidationContext): Promise<number> {
  const { source, settings } = context;
  const random = new RandomStream(combineSeeds(settings.seed, LOSS_STREAM));
  let sum = 0;
  let count = 0;
  await eachBatch(stage, context, (batch) => {
    const pass = { dropout: stage.stochastic, training: false, random };
    const loss = tf.tidy(() => stage.objective(source, batch, pass)());
    sum += loss.dataSync()[0]! * batch.items.length;
    count += batch.items.length;
    loss.dispose();
  });
  return sum / count;
}

/** Runs over the fixed validation items in batches, breathing between them. */
async function eachBatch(
  stage: Stage,
  { source, maxBatch }: ValidationContext,
  use: (batch: LoadedBatch) => void,
): Promise<void> {
  const items = stage.spread(source.count, VALIDATION_ROWS);
  for (let from = 0; from < items.length; from += maxBatch) {
    use(await stage.load(source, items.slice(from, from + maxBatch)));
    await tf.nextFrame();
  }
}

/** At most `wanted` of `count` examples, evenly spread from the first to the last. */
export function evenStarts(count: number, wanted: number): number[] {
  if (count <= wanted) return Array.from({ length: count }, (_, i) => i);
  if (wanted === 1) return [Math.floor(count / 2)];
  return Array.from({ length: wanted }, (_, i) => Math.round((i * (count - 1)) / (wanted - 1)));
}

/** Mean over leads of the fair CRPS of real ensemble forecasts from evenly chosen starts, normalised units. */
export async function forecastScore(context: ValidationContext): Promise<number> {
  const { model, source, settings, maxBatch, signal } = context;
  const { height, width, channels } = source.shape;
  const { members } = settings.validation;
  const starts = evenStarts(source.count, settings.validation.starts);
  const scores = validationScores(source, members);
  const size = height * width * channels;
  const initial = tf.tensor4d(await source.frames(starts.map((example) => ({ example, step: 0 }))), [
    starts.length,
    height,
    width,
    channels,
  ]);
  try {
    await model.sample({
      initial,
      members,
      horizon: source.horizon,
      statics: async () => {
        const values = await source.conditions(starts);
        return values && tf.tensor4d(values, [starts.length, height, width, source.conditionChannels]);
      },
      schedule: model.validationSchedule,
      random: new RandomStream(combineSeeds(settings.seed, SCORE_STREAM, 2)),
      maxBatch,
      signal,
      async onLead(lead, snapshot) {
        const values = (await snapshot.data()) as Float32Array;
        const truth = await source.frames(starts.map((example) => ({ example, step: lead })));
        starts.forEach((start, i) => {
          const ensemble = values.subarray(i * members * size, (i + 1) * members * size);
          scores.add(start, lead - 1, ensemble, truth.subarray(i * size, (i + 1) * size));
        });
      },
    });
  } finally {
    initial.dispose();
  }
  return scores.scores('').overall.fairCrps;
}

function validationScores(source: ExampleSource, members: number): ScoreAccumulator {
  return new ScoreAccumulator({
    members,
    leads: Array.from({ length: source.horizon }, (_, i) => i + 1),
    cells: source.shape.height * source.shape.width,
    channels: source.shape.channels,
    mask: source.mask,
    areaWeights: source.areaWeights,
  });
}

/**
 * What training has to beat, on the same starts and in the same units as {@link forecastScore}: the initial
 * condition persisting (of the anomaly, where anomalies were prepared), and an ensemble of initial conditions
 * spread evenly over the training split as climatology. Null without validation examples.
 */
export async function validationReferences(
  train: ExampleSource,
  validation: ExampleSource,
  settings: TrainSettings,
): Promise<Run['validationReferences']> {
  if (validation.count === 0) return null;
  const starts = evenStarts(validation.count, settings.validation.starts);
  const years = evenStarts(train.count, settings.validation.members);
  const climate = await train.frames(years.map((example) => ({ example, step: 0 })));
  const persistence = validationScores(validation, 1);
  const climatology = validationScores(validation, years.length);
  for (const example of starts) {
    const steps = Array.from({ length: validation.horizon + 1 }, (_, step) => ({ example, step }));
    const frames = await validation.frames(steps);
    const size = frames.length / steps.length;
    for (let lead = 1; lead <= validation.horizon; lead++) {
      const truth = frames.subarray(lead * size, (lead + 1) * size);
      persistence.add(example, lead - 1, frames.subarray(0, size), truth);
      climatology.add(example, lead - 1, climate, truth);
    }
  }
  return {
    persistence: persistence.scores('').overall.fairCrps,
    climatology: climatology.scores('').overall.fairCrps,
  };
}
