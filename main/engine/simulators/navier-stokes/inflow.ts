/** What the channel is fed with: a parabola over its height that is turned on smoothly, from rest. */
import { channel } from '#shared/domain/simulations/navier-stokes.ts';

export interface Inflow {
  /** Velocity on the centre line once the ramp is over, in m/s. */
  readonly peakVelocity: number;
  /** λ of the ramp 1 − exp(−λ t), in 1/s; Infinity: full flow from the start. */
  readonly rampRate: number;
}

/** Share of the full inflow at time t ≥ 0 in seconds. */
export function ramp({ rampRate }: Inflow, time: number): number {
  return rampRate === Number.POSITIVE_INFINITY ? 1 : 1 - Math.exp(-rampRate * time);
}

/** Time derivative of {@link ramp} in 1/s, from the right at t = 0. */
export function rampSlope({ rampRate }: Inflow, time: number): number {
  return rampRate === Number.POSITIVE_INFINITY ? 0 : rampRate * Math.exp(-rampRate * time);
}

/** Velocity at height y over the one on the centre line. */
export function profile(y: number): number {
  return (4 * y * (channel.height - y)) / channel.height ** 2;
}

/** Mean of {@link profile} from y to y + h, so that faces carry exactly the parabola's flux. */
export function meanProfile(y: number, h: number): number {
  const integral = (z: number): number => (4 * (channel.height / 2 - z / 3) * z * z) / channel.height ** 2;
  return (integral(y + h) - integral(y)) / h;
}
