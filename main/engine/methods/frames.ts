/** The examples of a batch and their frames on the way from a dataset to tensors. */
import type { ExampleSource } from '#shared/domain/examples.ts';
import * as tf from '../runtime/tf.ts';

/** One example of a batch with its draw: a time within the window, or a diffusion step. */
export interface Item {
  example: number;
  step: number;
}

export interface LoadedBatch {
  items: readonly Item[];
  /** In the order in which a stage asked for them, each [items, height, width, channel]. */
  frames: readonly Float32Array[];
  /** [items, height, width, extra] */
  statics: Float32Array | null;
}

/**
 * Items that walk through examples and steps together, so that few of them touch all of both. Where there are more
 * steps than items the steps are spread by the golden ratio.
 * @param steps number of steps, from `first` on
 */
export function evenItems(count: number, rows: number, steps: number, first: number): Item[] {
  const wanted = Math.min(rows, count * steps);
  const at = (row: number) =>
    steps <= wanted ? row % steps : Math.floor(((((row + 0.5) * (Math.sqrt(5) - 1)) / 2) % 1) * steps);
  return Array.from({ length: wanted }, (_, row) => ({
    example: Math.floor((row * count) / wanted),
    step: first + at(row),
  }));
}

/** Loads one frame an item for each of `wanted`, which tell the time step within the item's window. */
export async function loadFrames(
  source: ExampleSource,
  items: readonly Item[],
  wanted: readonly ((item: Item) => number)[],
): Promise<LoadedBatch> {
  const { height, width, channels } = source.shape;
  const size = items.length * height * width * channels;
  const [frames, statics] = await Promise.all([
    source.frames(
      wanted.flatMap((stepOf) => items.map((item) => ({ example: item.example, step: stepOf(item) }))),
    ),
    source.conditions(items.map((item) => item.example)),
  ]);
  return { items, frames: wanted.map((_, i) => frames.subarray(i * size, (i + 1) * size)), statics };
}

/** [items, height, width, channel] */
export function fieldsOf(source: ExampleSource, values: Float32Array): tf.Tensor4D {
  const { height, width, channels } = source.shape;
  return tf.tensor4d(values, [values.length / (height * width * channels), height, width, channels]);
}

/** [items, height, width, extra], or null where there are no extra channels. */
export function staticsOf(source: ExampleSource, batch: LoadedBatch): tf.Tensor4D | null {
  if (batch.statics === null) return null;
  const { height, width } = source.shape;
  return tf.tensor4d(batch.statics, [batch.items.length, height, width, source.conditionChannels]);
}
