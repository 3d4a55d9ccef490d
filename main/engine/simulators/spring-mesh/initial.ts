/** The state from which a mesh is let go. */
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import { type Displacements, startPositions } from '#shared/domain/simulations/mesh-start.ts';
import { type MeshState, restState } from './physics.ts';

/** The initial condition of one trajectory: zero momentum; positions drawn or pulled as `startPositions` says. */
export function initialState(
  mesh: Mesh,
  options: Displacements,
  dimensions: 2 | 3,
  seed: number,
  trajectory: number,
): MeshState {
  return { ...restState(mesh), q: startPositions(mesh, options, dimensions, seed, trajectory) };
}
