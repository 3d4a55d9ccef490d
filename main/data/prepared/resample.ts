/** Means over bins of times and values between times, of frames that stream past: memory is that of a few frames. */

/** The frames of the file in order, as they are. */
export interface ReadRaw {
  /** Values of a frame. */
  readonly size: number;
  /** Frames that are read at once. */
  readonly step: number;
  /** [count, size], NaN where missing. */
  read(first: number, count: number): Promise<Float32Array>;
}

/**
 * Means [count, size] of the bins from `first` on, where bin k holds the raw times from `bounds[k]` to
 * `bounds[k + 1]`: each value over the times that have one, NaN where none has.
 */
export async function mean(
  bounds: readonly number[],
  first: number,
  count: number,
  { size, step, read }: ReadRaw,
): Promise<Float32Array> {
  const out = new Float32Array(count * size).fill(Number.NaN);
  const sum = new Float64Array(size);
  const counts = new Float64Array(size);
  const end = bounds[first + count]!;
  let bin = first;
  const close = () => {
    const at = (bin - first) * size;
    for (let i = 0; i < size; i++) if (counts[i]! > 0) out[at + i] = sum[i]! / counts[i]!;
    sum.fill(0);
    counts.fill(0);
    bin++;
  };
  for (let from = bounds[first]!; from < end; from += step) {
    const block = await read(from, Math.min(step, end - from));
    for (let k = 0; k * size < block.length; k++) {
      while (from + k >= bounds[bin + 1]!) close();
      for (let i = 0; i < size; i++) {
        const value = block[k * size + i]!;
        if (Number.isNaN(value)) continue;
        sum[i]! += value;
        counts[i]! += 1;
      }
    }
  }
  close();
  return out;
}

/** Where a new time lies between two of the file. */
export interface Place {
  readonly before: number;
  readonly after: number;
  /** Of `after`, 0–1. */
  readonly weight: number;
  /** False in a gap, where nothing is known. */
  readonly known: boolean;
}

/** Values [places.length, size] linear in time; NaN in gaps and where a neighbour lacks a value. Places ascend. */
export async function interpolate(
  places: readonly Place[],
  { size, step, read }: ReadRaw,
): Promise<Float32Array> {
  const out = new Float32Array(places.length * size).fill(Number.NaN);
  const last = places.reduce((most, { after, known }) => (known ? Math.max(most, after) : most), 0);
  let block: { first: number; frames: Float32Array } = { first: 0, frames: new Float32Array(0) };
  let kept: { index: number; frame: Float32Array } = { index: -1, frame: new Float32Array(0) };
  const frame = async (index: number): Promise<Float32Array> => {
    if (kept.index === index) return kept.frame;
    const inside = () => index >= block.first && (index - block.first) * size < block.frames.length;
    if (!inside()) block = { first: index, frames: await read(index, Math.min(step, last + 1 - index)) };
    return block.frames.subarray((index - block.first) * size, (index - block.first + 1) * size);
  };
  for (const [k, { before, after, weight, known }] of places.entries()) {
    if (!known) continue;
    // The frame before is asked for first and kept: the one after may begin the next block.
    const a = await frame(before);
    kept = { index: before, frame: a };
    const b = weight === 0 ? a : await frame(after);
    const at = k * size;
    for (let i = 0; i < size; i++)
      out[at + i] = weight === 0 ? a[i]! : weight === 1 ? b[i]! : a[i]! + weight * (b[i]! - a[i]!);
  }
  return out;
}
