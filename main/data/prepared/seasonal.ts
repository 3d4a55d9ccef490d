/**
 * The seasonal cycle of every cell, fitted on training times alone by least squares: means by calendar month
 * for monthly series, else a mean and harmonics of the year. Anomalies from it are what makes climate data
 * forecastable; the mean itself is the climatology that forecasts have to beat.
 */
import { type CalendarDate, seasonPhase } from '#shared/time/dates.ts';
import { gramOf, SparseSums, sumCount, sumsAt } from './gramSums.ts';

export type SeasonalBasis =
  | { readonly kind: 'months' }
  /** 0 harmonics: the mean alone, for short or dateless series. */
  | { readonly kind: 'harmonics'; readonly count: number };

export const termCount = (basis: SeasonalBasis) => (basis.kind === 'months' ? 12 : 1 + 2 * basis.count);

/** Values of the basis functions at a date: one-hot months, or 1, cos φ, sin φ, cos 2φ, … */
export function basisAt(basis: SeasonalBasis, date: CalendarDate | null): Float64Array {
  const terms = new Float64Array(termCount(basis));
  if (basis.kind === 'months') {
    terms[date!.month - 1] = 1;
    return terms;
  }
  terms[0] = 1;
  const phase = basis.count > 0 && date ? seasonPhase(date) : 0;
  for (let k = 1; k <= basis.count; k++) {
    terms[2 * k - 1] = Math.cos(k * phase);
    terms[2 * k] = Math.sin(k * phase);
  }
  return terms;
}

/**
 * The finest basis that the training dates can determine. Monthly series of two years or more take the twelve
 * monthly means (four harmonics come to the same within a thousandth of a degree on real data); other series
 * four harmonics, or fewer where a year has few steps or there are fewer than two years.
 */
export function chooseBasis(dates: readonly CalendarDate[], stepsPerYear: number | null): SeasonalBasis {
  const none: SeasonalBasis = { kind: 'harmonics', count: 0 };
  if (stepsPerYear === null || dates.length < stepsPerYear) return none;
  const years = dates.length / stepsPerYear;
  if (Math.abs(stepsPerYear - 12) < 0.5 && years >= 2) return { kind: 'months' };
  const wanted = years >= 2 ? 4 : 2;
  return { kind: 'harmonics', count: Math.max(0, Math.min(wanted, Math.floor((stepsPerYear - 1) / 2))) };
}

/** Lower Cholesky factor of an n × n matrix, with a touch of ridge for terms that were never seen. */
function factorise(a: Float64Array, n: number): Float64Array {
  const l = Float64Array.from(a);
  let trace = 0;
  for (let i = 0; i < n; i++) trace += a[i * n + i]!;
  for (let i = 0; i < n; i++) l[i * n + i]! += 1e-10 * trace + 1e-12;
  for (let j = 0; j < n; j++) {
    for (let k = 0; k < j; k++) {
      const ljk = l[j * n + k]!;
      for (let i = j; i < n; i++) l[i * n + j]! -= l[i * n + k]! * ljk;
    }
    const pivot = Math.sqrt(l[j * n + j]!);
    for (let i = j; i < n; i++) l[i * n + j]! /= pivot;
  }
  return l;
}

/** Solves with a factor of {@link factorise}. */
function solve(l: Float64Array, b: Float64Array, n: number): Float64Array {
  const x = Float64Array.from(b);
  for (let i = 0; i < n; i++) {
    for (let k = 0; k < i; k++) x[i]! -= l[i * n + k]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  for (let i = n - 1; i >= 0; i--) {
    for (let k = i + 1; k < n; k++) x[i]! -= l[k * n + i]! * x[k]!;
    x[i]! /= l[i * n + i]!;
  }
  return x;
}

export interface SeasonalFitResult {
  /** [term, value of a frame], NaN where a cell was never observed in training. */
  readonly coefficients: Float32Array;
  /** Mean and population standard deviation of each value of a frame. */
  readonly mean: Float32Array;
  readonly deviation: Float32Array;
  /** Standard deviation of what the cycle leaves. */
  readonly anomalyDeviation: Float32Array;
}

/**
 * Gathers the training frames one by one. Memory is that of `terms + 5` frames in float64, and of 17 numbers (12 for
 * months) for each value that is sometimes missing.
 */
export class SeasonalFit {
  private readonly terms: number;
  /** Of all times. */
  private readonly sums: Float64Array;
  private readonly moments: Float64Array;
  private readonly sum: Float64Array;
  private readonly squares: Float64Array;
  /** The first value of each cell: around it, sums of squares of 300 K fields keep their digits. */
  private readonly shift: Float64Array;
  private readonly counts: Int32Array;
  /** What the missing times of a cell take away from {@link sums}. */
  private readonly missing: SparseSums;
  private frames = 0;

  constructor(
    private readonly basis: SeasonalBasis,
    private readonly size: number,
  ) {
    this.terms = termCount(basis);
    this.sums = new Float64Array(sumCount(basis));
    this.missing = new SparseSums(size, this.sums.length);
    this.moments = new Float64Array(this.terms * size);
    this.sum = new Float64Array(size);
    this.squares = new Float64Array(size);
    this.shift = new Float64Array(size);
    this.counts = new Int32Array(size);
  }

  /** One training frame, NaN where missing, with the basis at its date. */
  add(basisRow: Float64Array, frame: Float32Array): void {
    const { terms, size } = this;
    const now = sumsAt(this.basis, basisRow);
    for (let cell = 0; cell < size; cell++) {
      const value = frame[cell]!;
      if (Number.isNaN(value)) {
        // Cells never seen so far are land, or are booked when they first appear.
        if (this.counts[cell]! > 0) addTo(this.missing.of(cell), now);
        continue;
      }
      if (this.counts[cell] === 0) {
        this.shift[cell] = value;
        if (this.frames > 0) this.missing.of(cell).set(this.sums);
      }
      const d = value - this.shift[cell]!;
      this.counts[cell]!++;
      this.sum[cell]! += d;
      this.squares[cell]! += d * d;
      for (let k = 0; k < terms; k++) {
        const b = basisRow[k]!;
        if (b !== 0) this.moments[k * size + cell]! += b * d;
      }
    }
    addTo(this.sums, now);
    this.frames++;
  }

  finish(): SeasonalFitResult {
    const { terms, size } = this;
    const make = (length: number) => new Float32Array(length).fill(Number.NaN);
    const coefficients = make(terms * size);
    const [mean, deviation, anomalyDeviation] = [make(size), make(size), make(size)];
    const usual = factorise(gramOf(this.basis, this.sums), terms);
    const right = new Float64Array(terms);
    for (let cell = 0; cell < size; cell++) {
      const n = this.counts[cell]!;
      if (n === 0) continue;
      const factor = this.missing.has(cell)
        ? factorise(gramOf(this.basis, difference(this.sums, this.missing.of(cell))), terms)
        : usual;
      for (let k = 0; k < terms; k++) right[k] = this.moments[k * size + cell]!;
      const solution = solve(factor, right, terms);
      const explained = solution.reduce((sum, b, k) => sum + b * right[k]!, 0);
      const shift = this.shift[cell]!;
      for (let k = 0; k < terms; k++) {
        // The constant is the first harmonic term, or spread over all months.
        const holdsConstant = this.basis.kind === 'months' || k === 0;
        coefficients[k * size + cell] = solution[k]! + (holdsConstant ? shift : 0);
      }
      const average = this.sum[cell]! / n;
      mean[cell] = average + shift;
      deviation[cell] = Math.sqrt(Math.max(0, this.squares[cell]! / n - average * average));
      anomalyDeviation[cell] = Math.sqrt(Math.max(0, (this.squares[cell]! - explained) / n));
    }
    return { coefficients, mean, deviation, anomalyDeviation };
  }
}

function addTo(sums: Float64Array, terms: Float64Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += terms[i]!;
}

const difference = (a: Float64Array, b: Float64Array) => a.map((value, i) => value - b[i]!);

/** Share of the variance in training that the cycle explains, over all observed values of a frame, 0–1. */
export function seasonalShare(fit: SeasonalFitResult): number {
  let [total, left] = [0, 0];
  for (let i = 0; i < fit.mean.length; i++) {
    if (Number.isNaN(fit.mean[i]!)) continue;
    total += fit.deviation[i]! ** 2;
    left += fit.anomalyDeviation[i]! ** 2;
  }
  return total > 0 ? Math.min(1, Math.max(0, 1 - left / total)) : 0;
}
