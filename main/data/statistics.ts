/** Minimum, maximum, mean and missing cells of a variable of any size, block by block. */
import { breathe, type WorkOptions } from './background.ts';
import { decoderOf } from './cf/decode.ts';
import {
  bytesPerValue,
  type DataFile,
  type DataVariable,
  hasDefaultFill,
  product,
} from './formats/dataFile.ts';

export interface Statistics {
  readonly missingFraction: number;
  /** Cells (all dimensions but time) without a value at any time; null where they are too many to count. */
  readonly alwaysMissingCells: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

const blockBytes = 16 * 1024 * 1024;
const mostCells = 64 * 1024 * 1024;

/** Shape of the blocks to read: whole chunks, grown from the last dimension on while the budget lasts. */
export function blockShape(variable: DataVariable, budget = blockBytes): number[] {
  const { shape } = variable;
  const block = shape.map((size, i) => Math.min(size, variable.chunks?.[i] ?? 1));
  const width = Math.max(8, bytesPerValue(variable.type));
  // Chunks larger than the budget are read in parts; that costs time, not memory.
  for (let i = 0; i < block.length && product(block) * width > 4 * budget; i++) block[i] = 1;
  for (let i = shape.length - 1; i >= 0; i--) {
    const others = (product(block) / block[i]!) * width;
    const times = Math.max(1, Math.floor(budget / (others * block[i]!)));
    block[i] = Math.min(shape[i]!, block[i]! * times);
    if (block[i]! < shape[i]!) break;
  }
  return block;
}

/** Start corners of all blocks, the last dimension running fastest. */
function* corners(shape: readonly number[], block: readonly number[]): Generator<number[]> {
  const start = shape.map(() => 0);
  if (shape.some((size) => size === 0)) return;
  for (;;) {
    yield [...start];
    let i = shape.length - 1;
    for (; i >= 0; i--) {
      start[i]! += block[i]!;
      if (start[i]! < shape[i]!) break;
      start[i] = 0;
    }
    if (i < 0) return;
  }
}

/** Marks the cells of a block that hold a value, cell numbers counted over all dimensions but time. */
function markPresent(
  present: Uint8Array,
  values: Float64Array,
  shape: readonly number[],
  start: readonly number[],
  count: readonly number[],
  time: number | null,
): void {
  const strides = shape.map((_, i) =>
    i === time ? 0 : product(shape.slice(i + 1).filter((__, j) => i + 1 + j !== time)),
  );
  let at = 0;
  const walk = (level: number, cell: number) => {
    if (level === shape.length) {
      if (!Number.isNaN(values[at++]!)) present[cell] = 1;
      return;
    }
    const stride = strides[level]!;
    const first = cell + start[level]! * stride;
    if (level === shape.length - 1) {
      for (let i = 0; i < count[level]!; i++) {
        if (!Number.isNaN(values[at++]!)) present[first + i * stride] = 1;
      }
      return;
    }
    for (let i = 0; i < count[level]!; i++) walk(level + 1, first + i * stride);
  };
  walk(0, 0);
}

export interface StatisticsOptions extends WorkOptions {
  /** Told of every block that is read: its decoded values, which are not to be kept. */
  readonly onBlock?: (start: readonly number[], count: readonly number[], values: Float64Array) => void;
}

/** Reads the whole variable. `time` is the place of its time dimension. Throws what the file throws, and `cancelled`. */
export async function statisticsOf(
  file: DataFile,
  variable: DataVariable,
  time: number | null,
  { signal, onProgress, onBlock }: StatisticsOptions = {},
): Promise<Statistics> {
  const { shape } = variable;
  const decoder = decoderOf(variable, hasDefaultFill(file));
  const total = product(shape);
  const cells = product(shape.filter((_, i) => i !== time));
  const present = cells <= mostCells ? new Uint8Array(cells) : null;
  const block = blockShape(variable);
  let [done, missing, sum, min, max] = [0, 0, 0, Infinity, -Infinity];
  let values = new Float64Array(0);
  for (const start of corners(shape, block)) {
    await breathe(signal);
    const count = block.map((size, i) => Math.min(size, shape[i]! - start[i]!));
    const raw = await file.read(variable, start, count);
    if (values.length !== raw.length) values = new Float64Array(raw.length);
    decoder.decode(raw, values);
    onBlock?.(start, count, values);
    // Sums by block keep the rounding error of long series small.
    let blockSum = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (Number.isNaN(value)) {
        missing++;
        continue;
      }
      blockSum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    sum += blockSum;
    if (present) markPresent(present, values, shape, start, count, time);
    done += raw.length;
    onProgress?.(done / total);
  }
  const valid = total - missing;
  let never = 0;
  for (const cell of present ?? []) never += 1 - cell;
  return {
    missingFraction: total === 0 ? 0 : missing / total,
    alwaysMissingCells: present ? never : null,
    min: valid === 0 ? null : min,
    max: valid === 0 ? null : max,
    mean: valid === 0 ? null : sum / valid,
  };
}
