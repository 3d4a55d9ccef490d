/** A world small enough to train on in seconds: smooth waves that drift one cell a step around a periodic channel. */
import type { CheckpointName, CheckpointStore } from '#main/engine/training/checkpoint.ts';
import type { ExampleSource } from '#shared/domain/examples.ts';
import { type TrainSettings, trainSettingsSchema } from '#shared/domain/settings.ts';
import { Random } from '#shared/random.ts';

interface ToyOptions {
  count: number;
  horizon?: number;
  height?: number;
  width?: number;
  /** Row that is land. */
  land?: number | null;
  conditionChannels?: number;
  seed?: number;
}

/** Windows of a drifting sum of waves; each example has its own phases. */
export function toySource(options: ToyOptions): ExampleSource {
  const { count, horizon = 3, height = 6, width = 8, land = null, conditionChannels = 0, seed = 1 } = options;
  const mask = new Float32Array(height * width).fill(1);
  if (land !== null) mask.fill(0, land * width, (land + 1) * width);
  const field = (example: number, step: number) => {
    const random = new Random(seed, example);
    const waves = [1, 2].map((k) => ({
      k,
      tilt: random.integer(3) - 1,
      phase: 2 * Math.PI * random.uniform(),
      size: 0.5 + random.uniform(),
    }));
    return Float32Array.from({ length: height * width }, (_, i) => {
      const [row, column] = [Math.floor(i / width), i % width];
      if (mask[i] === 0) return 0;
      return waves.reduce(
        (sum, w) =>
          sum +
          w.size *
            Math.cos(2 * Math.PI * ((w.k * (column - step)) / width + (w.tilt * row) / height) + w.phase),
        0,
      );
    });
  };
  return {
    count,
    horizon,
    shape: { height, width, channels: 1 },
    conditionChannels,
    mask,
    areaWeights: new Float32Array(height * width).fill(1),
    async frames(requests) {
      const all = new Float32Array(requests.length * height * width);
      requests.forEach(({ example, step }, i) => {
        all.set(field(example, step), i * height * width);
      });
      return all;
    },
    async conditions(examples) {
      if (conditionChannels === 0) return null;
      return new Float32Array(examples.length * height * width * conditionChannels).fill(0.5);
    },
    timeIndex: (example) => example,
  };
}

type Deep<T> = { [K in keyof T]?: T[K] extends object ? Deep<T[K]> : T[K] };

const stage = {
  dropout: { block: 0.1 },
  learningRate: 3e-3,
  weightDecay: 1e-4,
  epochs: 2,
  batchSize: 8,
  loss: 'l1',
};

/** Settings for a tiny ConvNet; anything can be replaced. */
export function toySettings(changes: Deep<TrainSettings> = {}): TrainSettings {
  return trainSettingsSchema.parse({
    ...changes,
    network: { kind: 'simple_conv_net', dim: 8, kernelSizes: [3, 3], ...changes.network },
    interpolator: { ...stage, ...changes.interpolator },
    forecaster: { ...stage, ...changes.forecaster },
    diffusion: { auxiliarySteps: 1, conditioning: 'data', ...changes.diffusion },
    validation: { members: 4, starts: 3, ...changes.validation },
  });
}

/** Keeps checkpoints in memory, as JSON and copies, the way a disk would. */
export class MemoryStore implements CheckpointStore {
  readonly saved = new Map<
    CheckpointName,
    { tensors: Parameters<CheckpointStore['save']>[1]; meta: string }
  >();
  saves = 0;
  /** Called before each save. */
  onSave: (name: CheckpointName) => void = () => {};

  async save(name: CheckpointName, tensors: Parameters<CheckpointStore['save']>[1], meta: object) {
    this.onSave(name);
    this.saves++;
    const copies = new Map(
      [...tensors].map(([key, t]) => [key, { shape: [...t.shape], data: t.data.slice() }]),
    );
    this.saved.set(name, { tensors: copies, meta: JSON.stringify(meta) });
  }

  async load(name: CheckpointName) {
    const found = this.saved.get(name);
    return found ? { tensors: found.tensors, meta: JSON.parse(found.meta) } : null;
  }
}
