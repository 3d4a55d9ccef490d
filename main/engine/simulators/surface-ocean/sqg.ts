/**
 * Surface quasi-geostrophic dynamics: temperature at the surface is stirred by the flow that it drives itself.
 * ∂θ/∂t + J(ψ, θ) + v dΘ/dy = linear terms, with ψ = c θ / k in spectral space (Held, Pierrehumbert, Garner and
 * Swanson 1995, J. Fluid Mech. 282; c = gα/N turns temperature into velocity).
 */
import { SpectralGrid, type Spectrum } from './spectral.ts';

export interface SqgGeometry {
  readonly rows: number;
  readonly columns: number;
  /** Metres. */
  readonly height: number;
  readonly width: number;
}

export interface SqgPhysics {
  /** c in m s⁻¹ K⁻¹. */
  readonly coupling: number;
  /** dΘ/dy in K m⁻¹. */
  readonly gradient: number;
}

export class SqgModel {
  readonly grid: SpectralGrid;
  readonly physics: SqgPhysics;
  /** Temperature anomaly in K. */
  readonly theta: Spectrum;
  /** What is added to it, in K s⁻¹. */
  readonly forcing: Spectrum;
  readonly #slope: Spectrum;
  readonly #stage: Spectrum;
  readonly #sum: Spectrum;
  readonly #flow: Spectrum;
  readonly #product: Float64Array;
  /** exp(rate·step/2) and its square, as half spectra. */
  readonly #halfStep: Float64Array;
  readonly #wholeStep: Float64Array;
  #step = 0;

  constructor({ rows, columns, height, width }: SqgGeometry, physics: SqgPhysics) {
    this.grid = new SpectralGrid(rows, columns, height, width);
    this.physics = physics;
    this.theta = this.grid.spectrum();
    this.forcing = this.grid.spectrum();
    this.#slope = this.grid.spectrum();
    this.#stage = this.grid.spectrum();
    this.#sum = this.grid.spectrum();
    this.#flow = { re: new Float64Array(rows * columns), im: new Float64Array(rows * columns) };
    this.#product = new Float64Array(rows * columns);
    this.#halfStep = this.grid.k.map(() => 1);
    this.#wholeStep = this.grid.k.map(() => 1);
  }

  /** Chooses the step in seconds and the linear rates in s⁻¹ (a half spectrum; negative ones damp), taken exactly. */
  prepare(step: number, rates: Float64Array): void {
    this.#step = step;
    for (let n = 0; n < rates.length; n++) {
      const factor = Math.exp((rates[n]! * step) / 2);
      this.#halfStep[n] = factor;
      this.#wholeStep[n] = factor * factor;
    }
  }

  /** One step of the classical Runge–Kutta scheme with integrating factor. */
  step(): void {
    const [h, half, whole] = [this.#step, this.#halfStep, this.#wholeStep];
    const { theta } = this;
    const parts = ['re', 'im'] as const;
    this.#tendency(theta);
    for (const part of parts) {
      const [t, k, stage, sum] = [theta[part], this.#slope[part], this.#stage[part], this.#sum[part]];
      for (let n = 0; n < t.length; n++) {
        stage[n] = half[n]! * (t[n]! + (h / 2) * k[n]!);
        sum[n] = whole[n]! * (t[n]! + (h / 6) * k[n]!);
      }
    }
    this.#tendency(this.#stage);
    for (const part of parts) {
      const [t, k, stage, sum] = [theta[part], this.#slope[part], this.#stage[part], this.#sum[part]];
      for (let n = 0; n < t.length; n++) {
        stage[n] = half[n]! * t[n]! + (h / 2) * k[n]!;
        sum[n]! += (h / 3) * half[n]! * k[n]!;
      }
    }
    this.#tendency(this.#stage);
    for (const part of parts) {
      const [t, k, stage, sum] = [theta[part], this.#slope[part], this.#stage[part], this.#sum[part]];
      for (let n = 0; n < t.length; n++) {
        stage[n] = whole[n]! * t[n]! + h * half[n]! * k[n]!;
        sum[n]! += (h / 3) * half[n]! * k[n]!;
      }
    }
    this.#tendency(this.#stage);
    for (const part of parts) {
      const [t, k, sum] = [theta[part], this.#slope[part], this.#sum[part]];
      for (let n = 0; n < t.length; n++) t[n] = sum[n]! + (h / 6) * k[n]!;
    }
  }

  /** −J(ψ, θ) − v dΘ/dy of a spectrum, and the forcing, into `#slope`. */
  #tendency(theta: Spectrum): void {
    const { grid, physics, forcing } = this;
    this.#loadFlow(theta);
    const [u, v, product] = [this.#flow.re, this.#flow.im, this.#product];
    // θx + i θy
    const slope = grid.invertPair(theta, { scale: null, x: [0, 1], y: [-1, 0] });
    for (let n = 0; n < product.length; n++) product[n] = -u[n]! * slope.re[n]! - v[n]! * slope.im[n]!;
    grid.transform(product, this.#slope);
    const factor = physics.coupling * physics.gradient;
    for (let i = 0; i < grid.columns; i++) {
      if (!grid.keeps(i)) continue;
      for (let j = 0; j < grid.half; j++) {
        const at = i * grid.half + j;
        const omega = factor * grid.kx[i]! * grid.inverseK[at]!;
        this.#slope.re[at]! += forcing.re[at]! + omega * theta.im[at]!;
        this.#slope.im[at]! += forcing.im[at]! - omega * theta.re[at]!;
      }
    }
  }

  /** Velocity in m s⁻¹ at all points: u = −∂ψ/∂y in `re`, v = ∂ψ/∂x in `im` of `#flow`. */
  #loadFlow(theta: Spectrum): void {
    const c = this.physics.coupling;
    const flow = this.grid.invertPair(theta, { scale: this.grid.inverseK, x: [-c, 0], y: [0, -c] });
    this.#flow.re.set(flow.re);
    this.#flow.im.set(flow.im);
  }

  /**
   * Fastest rate in s⁻¹ at which the flow carries the shortest kept wave past a point: a step times this must stay
   * below 2.8 for the scheme to be stable. NaN where the state is not finite.
   */
  courantRate(): number {
    const { grid } = this;
    this.#loadFlow(this.theta);
    const [kx, ky] = [grid.kx[grid.keptX]!, grid.ky[grid.keptY]!];
    let largest = 0;
    for (let n = 0; n < this.#product.length; n++) {
      const rate = Math.abs(this.#flow.re[n]!) * kx + Math.abs(this.#flow.im[n]!) * ky;
      if (Number.isNaN(rate)) return rate;
      if (rate > largest) largest = rate;
    }
    return largest;
  }

  /** Mean square of the anomaly in K²; times c² it is the mean square of the velocity, too. */
  variance(): number {
    return this.#total((n) => (this.grid.k[n] === 0 ? 0 : 1));
  }

  /** Half the mean of ψ θ/c in K² m: what surface quasi-geostrophic flow conserves beside variance. */
  energy(): number {
    return this.#total((n) => this.grid.inverseK[n]! / 2);
  }

  #total(factor: (n: number) => number): number {
    const { grid, theta } = this;
    let sum = 0;
    for (let n = 0; n < theta.re.length; n++) {
      sum += grid.weight(n % grid.half) * factor(n) * (theta.re[n]! ** 2 + theta.im[n]! ** 2);
    }
    return sum;
  }

  /** Variance in K² by wavenumber, in rings as wide as the smallest wavenumber of the longer side. */
  spectrum(): { readonly k: Float64Array; readonly variance: Float64Array } {
    const { grid, theta } = this;
    const width = Math.min(grid.kx[1]!, grid.ky[1]!);
    const rings = Math.floor(Math.min(grid.kx[grid.keptX]!, grid.ky[grid.keptY]!) / width);
    const variance = new Float64Array(rings);
    for (let n = 0; n < theta.re.length; n++) {
      const ring = Math.round(grid.k[n]! / width) - 1;
      if (ring < 0 || ring >= rings) continue;
      variance[ring]! += grid.weight(n % grid.half) * (theta.re[n]! ** 2 + theta.im[n]! ** 2);
    }
    return { k: Float64Array.from(variance, (_, ring) => (ring + 1) * width), variance };
  }

  /**
   * The anomaly as a field [rows, columns], after an optional change in place, and back: rounding errors that belong
   * to no real field leave with it, before a growing mode could feed on them.
   */
  renew(field: Float64Array, change?: (field: Float64Array) => void): void {
    this.grid.invert(this.theta, field);
    change?.(field);
    this.grid.transform(field, this.theta);
  }
}
