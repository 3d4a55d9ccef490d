/**
 * A statistically steady field of eddies. Surface quasi-geostrophic flow alone only decays; here random sources and
 * sinks of heat around a wavelength, which last for days, feed it just as much as keeps the flow at the chosen speed.
 * They stand for instabilities at depth and for the weather above. Relaxation and hyperdiffusion take the variance out
 * again.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { Random } from '#shared/random.ts';
import type { Spectrum } from './spectral.ts';
import { type SqgGeometry, SqgModel } from './sqg.ts';

export interface EddyPhysics {
  /** c = gα/N in m s⁻¹ K⁻¹. */
  readonly coupling: number;
  /** dΘ/dy in K m⁻¹. */
  readonly gradient: number;
  /** e-folding time of relaxation in s. */
  readonly relaxation: number;
  /** Root-mean-square speed in m s⁻¹ that growth aims at. */
  readonly speed: number;
  /** Wavelength in m in the middle of the forced band. */
  readonly wavelength: number;
}

export const secondsPerDay = 86_400;

/** Time in s over which the forcing forgets itself. */
const memory = 3 * secondsPerDay;
/**
 * Standard deviation of the forced band in log k. It is wide, since instabilities of many sizes act in the sea, and since
 * in a narrow band of equal |k| temperature and streamfunction are proportional, so that hardly anything cascades.
 */
const bandWidth = 0.9;
/** Time in s in which the strength of the forcing adapts to the speed that is aimed at. */
const adaptation = 20 * secondsPerDay;
/** Hyperdiffusion: the power of k, steep so as to spare all but the shortest waves, and its share of the strain. */
const [hyperPower, hyperShare] = [16, 0.3];
/** Courant number of one step, of 2.8 that would still be stable. */
const courant = 1.2;

export class Eddies {
  readonly model: SqgModel;
  /** The anomaly in K at the beginning of the day, [rows, columns]. */
  readonly field: Float64Array;
  readonly #physics: EddyPhysics;
  readonly #random: Random;
  readonly #band: Float64Array;
  readonly #damping: Float64Array;
  /** Forcing of unit variance, and the logarithm of how strongly it acts. */
  readonly #noise: Spectrum;
  #strength = 0;

  /** `random` decides the first field and the forcing. */
  constructor(geometry: SqgGeometry, physics: EddyPhysics, random: Random) {
    this.#physics = physics;
    this.#random = random;
    this.model = new SqgModel(geometry, physics);
    this.field = new Float64Array(geometry.rows * geometry.columns);
    const { grid } = this.model;
    const centre = (2 * Math.PI) / physics.wavelength;
    const largest = Math.min(grid.kx[grid.keptX]!, grid.ky[grid.keptY]!);
    if (2 * centre > largest) {
      throw new DriftcastError(
        'bad-input',
        `Eddies of ${Math.round(physics.wavelength / 1000)} km are too small for this grid.`,
        `Choose at least ${Math.ceil((4 * Math.PI) / largest / 1000)} km, or a finer grid.`,
      );
    }
    const band = grid.k.map((k, n) =>
      k === 0 || !grid.keeps(Math.floor(n / grid.half))
        ? 0
        : Math.exp(-((Math.log(k / centre) / bandWidth) ** 2) / 4),
    );
    // So that random numbers of unit variance, real and imaginary, make a field of unit variance.
    const total = band.reduce((sum, value, n) => sum + 2 * grid.weight(n % grid.half) * value * value, 0);
    this.#band = band.map((value) => value / Math.sqrt(total));
    // Fast enough to end the cascade at the cut-off, where the strain of a −5/3 spectrum grows as k^(2/3).
    const ending = hyperShare * physics.speed * centre * (largest / centre) ** (2 / 3);
    this.#damping = grid.k.map((k) => -1 / physics.relaxation - ending * (k / largest) ** hyperPower);
    this.#noise = grid.spectrum();
    this.#stir(0);
    this.model.theta.re.set(this.#noise.re);
    this.model.theta.im.set(this.#noise.im);
    const scale = physics.speed / this.speed();
    this.renew((field) => {
      for (let n = 0; n < field.length; n++) field[n]! *= scale;
    });
    this.#stir(0);
  }

  /** Renews the forcing, of which the share `kept` stays (an Ornstein–Uhlenbeck process). */
  #stir(kept: number): void {
    const fresh = Math.sqrt(1 - kept * kept);
    const { re, im } = this.#noise;
    const { grid } = this.model;
    for (let i = 0; i < grid.columns; i++) {
      if (!grid.keeps(i)) continue;
      for (let n = i * grid.half; n < (i + 1) * grid.half; n++) {
        const [a, b] = normalPair(this.#random);
        re[n] = kept * re[n]! + fresh * this.#band[n]! * a;
        im[n] = kept * im[n]! + fresh * this.#band[n]! * b;
      }
    }
    // On the axis both of ±kx are stored, and have to be conjugates of each other.
    for (let i = 1; i <= grid.keptX; i++) {
      re[grid.opposite(i) * grid.half] = re[i * grid.half]!;
      im[grid.opposite(i) * grid.half] = -im[i * grid.half]!;
    }
  }

  /** Root-mean-square speed in m s⁻¹. */
  speed(): number {
    return this.#physics.coupling * Math.sqrt(this.model.variance());
  }

  /** Brings `field` up to date, and lets a change to it count for the flow. */
  renew(change?: (field: Float64Array) => void): void {
    this.model.renew(this.field, change);
  }

  /**
   * Computes a day; `between` is awaited after each step. Answers the number of steps.
   * @throws DriftcastError `diverged`
   */
  async day(between: () => Promise<void>): Promise<number> {
    const { model } = this;
    const steps = Math.max(2, Math.ceil((secondsPerDay * model.courantRate()) / courant));
    if (!(steps < 10_000)) {
      throw new DriftcastError(
        'diverged',
        'The flow of the surface ocean grew beyond all bounds.',
        'Choose weaker eddies or a shorter relaxation time.',
      );
    }
    this.#force();
    model.prepare(secondsPerDay / steps, this.#damping);
    for (let n = 0; n < steps; n++) {
      model.step();
      await between();
    }
    this.renew();
    return steps;
  }

  /** Sets the forcing of this day: more of it where the flow is slower than it should be. */
  #force(): void {
    const { speed, coupling, wavelength, relaxation } = this.#physics;
    const ratio = this.speed() / speed;
    this.#strength += (secondsPerDay / adaptation) * (1 - ratio);
    const now = Math.exp(this.#strength) * Math.min(3, Math.max(0, 1 + 2 * (1 - ratio)));
    // Variance leaves by relaxation and, about once in an eddy's turn, down the cascade; noise supplies amplitude² · memory.
    const loss = 1 / relaxation + speed / wavelength;
    const amplitude = now * (speed / coupling) * Math.sqrt(loss / memory);
    this.#stir(Math.exp(-secondsPerDay / memory));
    const { forcing } = this.model;
    for (let n = 0; n < forcing.re.length; n++) {
      forcing.re[n] = amplitude * this.#noise.re[n]!;
      forcing.im[n] = amplitude * this.#noise.im[n]!;
    }
  }
}

/** Two independent normal numbers (Box and Muller). */
function normalPair(random: Random): [number, number] {
  const radius = Math.sqrt(-2 * Math.log(1 - random.uniform()));
  const angle = 2 * Math.PI * random.uniform();
  return [radius * Math.cos(angle), radius * Math.sin(angle)];
}
