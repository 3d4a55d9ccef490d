/** Nodes that a person has pulled, as the setting of a simulation: one displacement from rest each. */
import { type Mesh, nodeIndex } from '#shared/domain/simulations/mesh.ts';
import type { Pull } from '#shared/domain/simulations/mesh-start.ts';

/** As far as the settings allow. */
const farthest = 20;
const tidy = (value: number) => Number(Math.min(farthest, Math.max(-farthest, value)).toFixed(3));

/** Column, row and, in a lattice, layer of a node's index. */
export function nodeAt({ columns, rows, layers }: Mesh, index: number): number[] {
  const place = [index % columns, Math.floor(index / columns) % rows];
  return layers > 1 ? [...place, Math.floor(index / (columns * rows))] : place;
}

export const indexOf = (mesh: Mesh, { node: [column = 0, row = 0, layer = 0] }: Pull): number =>
  nodeIndex(mesh, column, row, layer);

/** Whether a place names a free node of the mesh. */
export function isFreeNode(mesh: Mesh, node: readonly number[]): boolean {
  const [column = 0, row = 0, layer = 0] = node;
  const inside = (at: number, size: number) => Number.isInteger(at) && at >= 0 && at < size;
  if (!inside(column, mesh.columns) || !inside(row, mesh.rows) || !inside(layer, mesh.layers)) return false;
  return mesh.fixed[nodeIndex(mesh, column, row, layer)] !== 1;
}

/** The pulls with this node at a new displacement from rest; one that it had before is replaced. */
export function withPull(
  pulls: readonly Pull[],
  node: readonly number[],
  [dx, dy, dz]: readonly [number, number, number],
  dimensions: 2 | 3,
): Pull[] {
  const next: Pull = {
    node,
    dx: tidy(dx),
    dy: tidy(dy),
    ...(dimensions === 3 ? { dz: tidy(dz) } : {}),
  };
  const at = pulls.findIndex((pull) => pull.node.join() === node.join());
  return at < 0 ? [...pulls, next] : pulls.map((pull, index) => (index === at ? next : pull));
}

/** Pulls of nodes that a smaller mesh still has and does not hold. */
export const pullsWithin = (mesh: Mesh, pulls: readonly Pull[]): Pull[] =>
  pulls.filter(({ node }) => isFreeNode(mesh, node));
