/** The force of the flow on an obstacle, as the flow solver itself applies it: what drag and lift are made of. */
import type { Flow } from './flow.ts';
import type { Circle } from './geometry.ts';
import { at } from './grid.ts';

/**
 * Force over density and depth in m³/s², [along x, along y]: pressure, normal stresses and friction on all cut cells
 * around `obstacle`. No other obstacle may be within two cells.
 * @param pressure kinematic, at cell centres, as of {@link Flow.pressureNow}
 */
export function force(flow: Flow, pressure: Float64Array, obstacle: Circle): [number, number] {
  const { geometry, operators, velocity, settings } = flow;
  const { grid, openU, openV } = geometry;
  const { stride: s, spacing: h, columns, rows } = grid;
  const { u, v } = velocity;
  const nu = settings.viscosity;
  const first = (centre: number): number => Math.max(1, Math.floor((centre - obstacle.radius) / h) - 2);
  const last = (centre: number, count: number): number =>
    Math.min(count - 2, Math.ceil((centre + obstacle.radius) / h) + 2);
  let x = 0;
  let y = 0;
  for (let j = first(obstacle.y); j <= last(obstacle.y, rows); j++) {
    for (let i = first(obstacle.x); i <= last(obstacle.x, columns); i++) {
      const k = at(grid, i, j);
      const stressU = nu * (openU[k + 1]! * u[k + 1]! - openU[k]! * u[k]!) * operators.inverseVolume[k]!;
      const stressV = nu * (openV[k + s]! * v[k + s]! - openV[k]! * v[k]!) * operators.inverseVolume[k]!;
      x += (openU[k + 1]! - openU[k]!) * (stressU - h * pressure[k]!) + nu * operators.frictionU[k]! * u[k]!;
      y += (openV[k + s]! - openV[k]!) * (stressV - h * pressure[k]!) + nu * operators.frictionV[k]! * v[k]!;
    }
  }
  return [x, y];
}
