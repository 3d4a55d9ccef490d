/**
 * How much memory one example takes, before it is taken: libtensorflow does not fail on main memory that is not there,
 * the system ends the process. So batches are cut to what fits, and what never fits is refused.
 */
import type { ExampleSource } from '#shared/domain/examples.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Stage } from '../methods/method.ts';
import { WEIGHTS_AT_ONCE } from '../networks/layers/weightedValues.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { createMethod } from './methods.ts';
import { ParameterVector } from './parameters.ts';

/** Largest grid on which one example is tried out without a rough guess before. */
const SAFE_CELLS = 128 * 128;

/** Memory that one pass may take even where there is more. */
const COMFORTABLE_BYTES = 6e9;
/** Tensors of the size of the attention weights that a gradient holds. */
const ATTENTION_COPIES = 6;

/**
 * Examples of a stage that are computed together: its batch, or as many as fit. Beyond a few gigabytes more at once is no
 * faster, so no more is taken, unless the network normalises over the batch and would see another one.
 * @param bytes of one example
 */
export function rowsAtOnce({ settings, network }: Stage, bytes: number, available: number): number {
  const wanted = network.buffers.size > 0 ? available : Math.min(available, COMFORTABLE_BYTES);
  return Math.max(1, Math.min(settings.batchSize, Math.floor(wanted / Math.max(1, bytes))));
}

const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;

/** Says that a batch is cut. */
export function batchNote({ settings, name }: Stage, bytes: number, rows: number): string {
  const { batchSize } = settings;
  return `A batch of ${batchSize} would take ${gigabytes(bytes * batchSize)} of memory, so the ${name} is trained with ${rows} example${rows === 1 ? '' : 's'} at a time; gradients are added up to the same batch.`;
}

/** @throws DriftcastError `out-of-memory` where not even one example fits */
export function refuseTooLarge(bytes: number, available: number, shape: ExampleSource['shape']): void {
  if (bytes <= available) return;
  throw new DriftcastError(
    'out-of-memory',
    `Training this network on ${shape.height} × ${shape.width} cells needs about ${gigabytes(bytes)} of memory for a single example, and ${gigabytes(available)} are free.`,
    'Prepare a smaller region, choose a network with fewer channels (dim) or more levels (dimMults), or close other programs.',
  );
}

/**
 * Refuses what cannot fit from three small grids: what a row takes grows in proportion to the cells, but for what is done
 * on a working grid of the network's own, and for full attention's weights, of which no more than so many are held.
 * @throws DriftcastError `out-of-memory`, `bad-input` for settings that make no model
 */
export async function guardLargeGrid(
  settings: TrainSettings,
  source: ExampleSource,
  available: number,
): Promise<void> {
  const cells = source.shape.height * source.shape.width;
  if (cells <= SAFE_CELLS || !Number.isFinite(available)) return;
  // Sides that every network can halve as often as it wants.
  const side = settings.network.kind === 'unet_simple' ? 64 : 32;
  const bytes: number[] = [];
  for (const times of [1, 2, 4]) bytes.push(await miniatureBytes(settings, source, side, times * side));
  const [constant, linear, square] = parabola(bytes as [number, number, number]);
  const n = cells / side ** 2;
  const attention = Math.min(square * n ** 2, ATTENTION_COPIES * WEIGHTS_AT_ONCE);
  refuseTooLarge(constant + linear * n + attention, available, source.shape);
}

/** Coefficients of the parabola through values at 1, 2 and 4. */
function parabola([one, two, four]: [number, number, number]): [number, number, number] {
  const square = Math.max(0, ((four - two) / 2 - (two - one)) / 3);
  const linear = Math.max(0, two - one - 3 * square);
  return [Math.max(0, one - linear - square), linear, square];
}

/** Of the model's most demanding stage. */
async function miniatureBytes(
  settings: TrainSettings,
  source: ExampleSource,
  height: number,
  width: number,
): Promise<number> {
  const blank = blankSource(source, height, width);
  const model = createMethod(settings, blank, settings.seed);
  try {
    let most = 0;
    for (const stage of model.stages) {
      const bytes = await gradientBytes(stage, blank, probeItems(stage, 1));
      most = Math.max(most, bytes);
    }
    return most;
  } finally {
    model.dispose();
  }
}

/** As many examples, all cells observed and zero, on another grid. */
function blankSource(source: ExampleSource, height: number, width: number): ExampleSource {
  const cells = height * width;
  const ones = new Float32Array(cells).fill(1);
  return {
    count: source.count,
    horizon: source.horizon,
    shape: { ...source.shape, height, width },
    conditionChannels: source.conditionChannels,
    mask: ones,
    areaWeights: ones,
    frames: async (requests) => new Float32Array(requests.length * cells * source.shape.channels),
    conditions: async (examples) =>
      source.conditionChannels === 0
        ? null
        : new Float32Array(examples.length * cells * source.conditionChannels),
    timeIndex: (example) => source.timeIndex(example),
  };
}

/** Items from the middle of the schedule, so that no example is spared its interpolation. */
export function probeItems(stage: Stage, rows: number) {
  const items = stage
    .spread(1, 64)
    .filter((_, i, all) => i >= Math.floor((all.length - rows) / 2))
    .slice(0, rows);
  while (items.length < rows) items.push({ ...items.at(-1)! });
  return items;
}

/** Peak of all tensors over one loss with gradient, beyond what there was before; changes no weight. */
async function gradientBytes(
  stage: Stage,
  source: ExampleSource,
  items: ReturnType<typeof probeItems>,
): Promise<number> {
  const batch = await stage.load(source, items);
  const vector = new ParameterVector(stage.network.parameters);
  const pass = { dropout: true, training: true, random: new RandomStream(1) };
  return peakOf(() => {
    const { value, gradient } = tf.tidy(() => vector.gradient(stage.objective(source, batch, pass)));
    tf.dispose([value, gradient]);
  });
}

/** Most bytes of tensors that `work` held beyond what there was before. */
export async function peakOf(work: () => void): Promise<number> {
  const before = tf.memory().numBytes;
  const profile = await tf.profile(() => {
    work();
    return tf.scalar(0);
  });
  tf.dispose(profile.result);
  return Math.max(0, profile.peakBytes - before);
}
