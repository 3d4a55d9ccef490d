/** What a comparison with published numbers needs and answers; shared by all kinds of cases. */
import type { StoredTensor } from '../networks/safetensors.ts';
import * as tf from '../runtime/tf.ts';

/** One line of the report. `error` is null where nothing could be compared. */
export interface CaseReport {
  name: string;
  error: number | null;
  tolerance: number | null;
  ok: boolean;
  /** Why a case failed or was left out, or which number is furthest off. */
  note?: string;
  skipped?: boolean;
}

/** One entry of cases.json; every field depends on the kind of case. */
export interface CaseDescription {
  config?: Record<string, unknown>;
  outputs?: string[];
  networks?: string;
  [key: string]: unknown;
}

export interface TensorCase {
  name: string;
  description: CaseDescription;
  /** By name, e.g. `weights.head.bias`, in published layouts. */
  tensors: ReadonlyMap<string, StoredTensor>;
}

/** Collects deviations and keeps the worst, in units of its own tolerance. */
export class Comparison {
  #worst = { error: 0, tolerance: 0, what: '', ratio: -1 };

  /** Records a deviation; NaN counts as infinitely far. */
  add(what: string, error: number, tolerance: number): void {
    const known = Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
    const ratio = known / tolerance;
    if (ratio > this.#worst.ratio) this.#worst = { error: known, tolerance, what, ratio };
  }

  /** Largest absolute difference of two equally long series; other lengths are infinitely far apart. */
  arrays(what: string, got: ArrayLike<number>, want: ArrayLike<number>, tolerance: number): void {
    this.add(what, largestDifference(got, want), tolerance);
  }

  report(name: string): CaseReport {
    const { error, tolerance, what, ratio } = this.#worst;
    if (ratio < 0)
      return { name, error: null, tolerance: null, ok: false, note: 'The case holds nothing to compare.' };
    const ok = ratio <= 1;
    return { name, error, tolerance, ok, ...(ok ? {} : { note: `Furthest off: ${what}.` }) };
  }
}

export function largestDifference(got: ArrayLike<number>, want: ArrayLike<number>): number {
  if (got.length !== want.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < want.length; i++) {
    const difference = Math.abs(got[i]! - want[i]!);
    if (!(difference <= largest)) largest = difference;
  }
  return largest;
}

export function requireTensor(one: TensorCase, name: string): StoredTensor {
  const tensor = one.tensors.get(name);
  if (!tensor) throw new Error(`The file of the case "${one.name}" has no tensor "${name}".`);
  return tensor;
}

/** Values as plain numbers, counters included. */
export function numbers(tensor: StoredTensor): number[] {
  return Array.from(tensor.data as ArrayLike<number | bigint>, Number);
}

/** A stored [batch, channel, height, width] as our [batch, height, width, channel]. */
export function fieldTensor(one: TensorCase, name: string): tf.Tensor4D {
  const { shape, data } = requireTensor(one, name);
  return tf.tidy(() =>
    tf.tensor4d(data as Float32Array, shape as [number, number, number, number]).transpose([0, 2, 3, 1]),
  );
}

/** Values of our [batch, height, width, channel] in the stored order. */
export function storedOrder(field: tf.Tensor4D): Float32Array {
  return tf.tidy(() => field.transpose([0, 3, 1, 2]).dataSync() as Float32Array);
}

export function configNumber(one: TensorCase, key: string): number | undefined {
  const value = one.description.config?.[key];
  return typeof value === 'number' ? value : undefined;
}

export function configText<Choice extends string>(one: TensorCase, key: string, fallback: Choice): Choice {
  const value = one.description.config?.[key];
  return typeof value === 'string' ? (value as Choice) : fallback;
}
