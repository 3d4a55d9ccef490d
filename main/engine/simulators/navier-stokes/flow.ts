/** One flow through the channel: its state, how it moves on in time, and its pressure. */
import type { Geometry } from './geometry.ts';
import { at } from './grid.ts';
import { type Inflow, meanProfile, ramp, rampSlope } from './inflow.ts';
import { createVelocity, Momentum, type Velocity } from './momentum.ts';
import { createOperators, type Operators } from './operators.ts';
import { Projection } from './pressure.ts';

/** Largest (|u| + |v|) Δt / h: the stages bear 1.7, but with the last step's pressure only a little more than 1. */
const largestCourant = 0.9;
/** Largest ν Δt / h²; it bears 0.31. */
const largestDiffusion = 0.15;
/** Bound of the time step in seconds where the flow itself sets none. */
const longestStep = 0.02;

export interface FlowSettings {
  /** Kinematic, in m²/s. */
  readonly viscosity: number;
  readonly inflow: Inflow;
}

export class Flow {
  readonly geometry: Geometry;
  readonly operators: Operators;
  readonly settings: FlowSettings;
  readonly velocity: Velocity;
  /** Kinematic pressure at cell centres, in m²/s²; of the middle of the last step, see {@link pressureNow}. */
  readonly pressure: Float64Array;
  time = 0;
  steps = 0;

  readonly #momentum: Momentum;
  readonly #projection: Projection;
  readonly #first: Velocity;
  readonly #second: Velocity;
  readonly #noPressure: Float64Array;
  readonly #potential: Float64Array;
  readonly #profile: Float64Array;
  readonly #longestStep: number;

  private constructor(
    geometry: Geometry,
    settings: FlowSettings,
    operators: Operators,
    projection: Projection,
    step: number,
  ) {
    const { grid } = geometry;
    this.geometry = geometry;
    this.settings = settings;
    this.operators = operators;
    this.velocity = createVelocity(grid);
    this.pressure = new Float64Array(grid.size);
    this.#momentum = new Momentum(geometry, operators, settings.viscosity);
    this.#projection = projection;
    this.#first = createVelocity(grid);
    this.#second = createVelocity(grid);
    this.#noPressure = new Float64Array(grid.size);
    this.#potential = new Float64Array(grid.size);
    this.#profile = Float64Array.from({ length: grid.rows }, (_, j) =>
      meanProfile(j * grid.spacing, grid.spacing),
    );
    this.#longestStep = step;
  }

  /** At rest at time 0. `breathe` is called now and then while the equations are prepared. */
  static async create(
    geometry: Geometry,
    settings: FlowSettings,
    breathe: () => Promise<void>,
  ): Promise<Flow> {
    const { spacing } = geometry.grid;
    const step = Math.min(longestStep, (largestDiffusion * spacing ** 2) / settings.viscosity);
    const operators = createOperators(geometry, (settings.viscosity * step) / spacing ** 2);
    const projection = await Projection.create(geometry, operators, breathe);
    return new Flow(geometry, settings, operators, projection, step);
  }

  /** Longest stable time step in seconds for the flow as it is; NaN if it is not finite. */
  stableStep(): number {
    const { grid } = this.geometry;
    const { stride, size, spacing } = grid;
    const { u, v } = this.velocity;
    let fastest = 0;
    for (let k = stride; k < size - stride; k++) {
      const speed = Math.abs(u[k]!) + Math.abs(v[k]!);
      if (Number.isNaN(speed)) return Number.NaN;
      if (speed > fastest) fastest = speed;
    }
    // The inflow grows during the step.
    const inflow =
      this.settings.inflow.peakVelocity * ramp(this.settings.inflow, this.time + this.#longestStep);
    if (inflow > fastest) fastest = inflow;
    return Math.min(this.#longestStep, (largestCourant * spacing) / fastest);
  }

  /**
   * Moves on to `time` in steps of nearly equal length, as long as they can be; `breathe` is called after each.
   * @returns false if the flow is no longer finite, which leaves it at an earlier time
   */
  async advanceTo(time: number, breathe: () => Promise<void>): Promise<boolean> {
    while (time - this.time > 1e-12) {
      const left = time - this.time;
      const steps = Math.ceil(left / this.stableStep());
      if (!Number.isFinite(steps)) return false;
      this.step(left / steps);
      if (steps === 1) this.time = time;
      await breathe();
    }
    return true;
  }

  /**
   * One step of `dt` seconds: three-stage Runge–Kutta of third order (Shu and Osher 1988) with the last step's
   * pressure in all stages and one projection at the end (Le and Moin 1991), which is of second order.
   */
  step(dt: number): void {
    const { velocity, time } = this;
    this.#stage(velocity, 0, 1, dt, this.#first, time + dt);
    this.#stage(this.#first, 3 / 4, 1 / 4, dt, this.#second, time + dt / 2);
    this.#stage(this.#second, 1 / 3, 2 / 3, dt, velocity, time + dt);
    this.#projection.potential(this.velocity, this.#potential);
    this.#projection.subtractGradient(this.velocity, this.#potential);
    const scale = this.geometry.grid.spacing / dt;
    const p = this.pressure;
    for (let k = 0; k < p.length; k++) p[k]! += scale * this.#potential[k]!;
    this.time += dt;
    this.steps++;
  }

  /**
   * The pressure that belongs to the velocity at this very moment, in m²/s² at cell centres: the one whose gradient
   * keeps the accelerations free of divergence. The array is used again by the next call.
   */
  pressureNow(): Float64Array {
    const slope = this.#first;
    const combination = { start: this.velocity, a: 0, from: this.velocity, b: 0, c: 1 };
    this.#momentum.advance(combination, this.#noPressure, slope);
    const { inflow } = this.settings;
    this.#setInflow(slope.u, inflow.peakVelocity * rampSlope(inflow, this.time));
    this.#projection.potential(slope, this.#potential);
    const { spacing } = this.geometry.grid;
    for (let k = 0; k < this.#potential.length; k++) this.#potential[k]! *= spacing;
    return this.#potential;
  }

  /** Largest divergence of all cells in 1/s. */
  largestDivergence(): number {
    return this.#projection.largestDivergence(this.velocity);
  }

  /** to ← a · velocity + b · (from + dt · acceleration of from), with the inflow of `time`. */
  #stage(from: Velocity, a: number, b: number, dt: number, to: Velocity, time: number): void {
    this.#momentum.advance({ start: this.velocity, a, from, b, c: b * dt }, this.pressure, to);
    const { inflow } = this.settings;
    this.#setInflow(to.u, inflow.peakVelocity * ramp(inflow, time));
  }

  #setInflow(u: Float64Array, peak: number): void {
    const { grid } = this.geometry;
    for (let j = 0; j < grid.rows; j++) u[at(grid, 0, j)] = peak * this.#profile[j]!;
  }
}
