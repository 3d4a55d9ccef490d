/**
 * Motion of nodes joined by linear springs, with drag: DYffusion's spring mesh (after Otness et al. 2021) in two or
 * three dimensions. Force on a: −Σ k (|d| − ℓ) d/|d| − γ v + m g with d = q_a − q_b over the springs of a.
 */
import type { Mesh } from '#shared/domain/simulations/mesh.ts';

/** Units follow from those of stiffness and mass; gravity is an acceleration. */
export interface MeshPhysics {
  readonly stiffness: number;
  readonly mass: number;
  /** Force per velocity. */
  readonly damping: number;
  readonly gravity: readonly [number, number, number];
}

/** Positions and momenta, each component [nodes]; a mesh in the plane keeps its third components zero. */
export interface MeshState {
  readonly q: readonly [Float64Array, Float64Array, Float64Array];
  readonly p: readonly [Float64Array, Float64Array, Float64Array];
}

export function restState(mesh: Mesh): MeshState {
  const zeros = () => new Float64Array(mesh.nodes);
  return {
    q: [mesh.rest[0].slice(), mesh.rest[1].slice(), mesh.rest[2].slice()],
    p: [zeros(), zeros(), zeros()],
  };
}

/**
 * Steps in an interval for which the classical Runge–Kutta error is far below float32. By Gershgorin, no mode is
 * faster than ω = √(2 k n / m) with n springs at a node; the step is at most 0.025 / ω and 0.025 m / γ.
 */
export function stepsFor(mesh: Mesh, physics: MeshPhysics, interval: number): number {
  const springs = mesh.layers > 1 ? 26 : 8;
  const fastest = Math.sqrt((2 * springs * physics.stiffness) / physics.mass);
  const rate = Math.max(fastest, physics.damping / physics.mass);
  return Math.max(1, Math.ceil((interval * rate) / 0.025));
}

/** Advances one state in place by the classical fourth-order Runge–Kutta scheme. */
export class MeshMotion {
  readonly #mesh: Mesh;
  readonly #physics: MeshPhysics;
  /** State at the current stage, and the weighted sum of the stages' slopes. */
  readonly #stage: MeshState;
  readonly #sum: MeshState;
  readonly #force: MeshState['p'];

  constructor(mesh: Mesh, physics: MeshPhysics) {
    this.#mesh = mesh;
    this.#physics = physics;
    this.#stage = restState(mesh);
    this.#sum = restState(mesh);
    this.#force = restState(mesh).p;
  }

  step(state: MeshState, h: number): void {
    const { mass } = this.#physics;
    const { fixed, nodes } = this.#mesh;
    for (let d = 0; d < 3; d++) {
      this.#stage.q[d]!.set(state.q[d]!);
      this.#stage.p[d]!.set(state.p[d]!);
      this.#sum.q[d]!.fill(0);
      this.#sum.p[d]!.fill(0);
    }
    for (let stage = 0; stage < 4; stage++) {
      const weight = stage === 0 || stage === 3 ? h / 6 : h / 3;
      const reach = stage === 2 ? h : h / 2;
      this.#addForces(this.#stage);
      for (let d = 0; d < 3; d++) {
        const [q, p, force] = [this.#stage.q[d]!, this.#stage.p[d]!, this.#force[d]!];
        const [q0, p0, sumQ, sumP] = [state.q[d]!, state.p[d]!, this.#sum.q[d]!, this.#sum.p[d]!];
        for (let a = 0; a < nodes; a++) {
          if (fixed[a]) continue;
          const velocity = p[a]! / mass;
          const f = force[a]!;
          sumQ[a]! += weight * velocity;
          sumP[a]! += weight * f;
          q[a] = q0[a]! + reach * velocity;
          p[a] = p0[a]! + reach * f;
        }
      }
    }
    for (let d = 0; d < 3; d++) {
      const [q, p, sumQ, sumP] = [state.q[d]!, state.p[d]!, this.#sum.q[d]!, this.#sum.p[d]!];
      for (let a = 0; a < nodes; a++) {
        q[a]! += sumQ[a]!;
        p[a]! += sumP[a]!;
      }
    }
  }

  /** Writes the force on every node, held ones included, into `#force`. */
  #addForces({ q, p }: MeshState): void {
    const { edges, restLengths } = this.#mesh;
    const { stiffness, damping, mass, gravity } = this.#physics;
    const [x, y, z] = q;
    const [fx, fy, fz] = this.#force;
    for (let d = 0; d < 3; d++) {
      const [force, momentum] = [this.#force[d]!, p[d]!];
      const weight = mass * gravity[d]!;
      for (let a = 0; a < force.length; a++) force[a] = weight - (damping / mass) * momentum[a]!;
    }
    for (let e = 0; e < restLengths.length; e++) {
      const [a, b] = [edges[2 * e]!, edges[2 * e + 1]!];
      const dx = x[a]! - x[b]!;
      const dy = y[a]! - y[b]!;
      const dz = z[a]! - z[b]!;
      const length = Math.sqrt(dx * dx + dy * dy + dz * dz);
      // Two nodes at the same place push each other in no direction rather than in an undefined one.
      const pull = length > 0 ? (stiffness * (length - restLengths[e]!)) / length : 0;
      fx[a]! -= pull * dx;
      fy[a]! -= pull * dy;
      fz[a]! -= pull * dz;
      fx[b]! += pull * dx;
      fy[b]! += pull * dy;
      fz[b]! += pull * dz;
    }
  }
}

/** Kinetic energy, that of the springs, and that in the field of gravity; drag alone can change it, downwards. */
export function energyOf(mesh: Mesh, physics: MeshPhysics, { q, p }: MeshState): number {
  let energy = 0;
  for (let d = 0; d < 3; d++) {
    for (let a = 0; a < mesh.nodes; a++) {
      energy += (p[d]![a]! * p[d]![a]!) / (2 * physics.mass) - physics.mass * physics.gravity[d]! * q[d]![a]!;
    }
  }
  for (let e = 0; e < mesh.restLengths.length; e++) {
    const [a, b] = [mesh.edges[2 * e]!, mesh.edges[2 * e + 1]!];
    const squares = q.reduce((sum, component) => sum + (component[a]! - component[b]!) ** 2, 0);
    energy += (physics.stiffness / 2) * (Math.sqrt(squares) - mesh.restLengths[e]!) ** 2;
  }
  return energy;
}
