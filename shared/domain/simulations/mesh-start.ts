/** Where nodes start: drawn at random around rest, or pulled to where a person put them; the same for the simulator and for a window that shows the start. */
import { DriftcastError } from '../../errors.ts';
import { Random } from '../../random.ts';
import { type Mesh, nodeIndex } from './mesh.ts';

export interface Pull {
  /** Column, row, and layer where there are layers. */
  readonly node: readonly number[];
  readonly dx: number;
  readonly dy: number;
  readonly dz?: number;
}

export interface Displacements {
  /** Radii of the ring (in the plane) or shell (in space) out of which displacements are drawn. */
  readonly minDisplacement: number;
  readonly maxDisplacement: number;
  readonly displacements: readonly Pull[];
}

/** Node index of every pulled node. @throws DriftcastError `bad-input` */
export function pulledNodes(mesh: Mesh, { displacements }: Displacements): number[] {
  return displacements.map(({ node: [column = 0, row = 0, layer = 0] }) => {
    const place = `(${[column, row, ...(mesh.layers > 1 ? [layer] : [])].join(', ')})`;
    if (column >= mesh.columns || row >= mesh.rows || layer >= mesh.layers) {
      throw new DriftcastError(
        'bad-input',
        `The node ${place} to be pulled is not in a mesh of ${mesh.columns} columns, ${mesh.rows} rows and ${mesh.layers} ${mesh.layers === 1 ? 'layer' : 'layers'}.`,
        'Columns, rows and layers count from 0.',
      );
    }
    const node = nodeIndex(mesh, column, row, layer);
    if (mesh.fixed[node]) {
      throw new DriftcastError(
        'bad-input',
        `The node ${place} is held and cannot be pulled.`,
        `Pull a node below the ${mesh.layers > 1 ? 'last layer' : 'last row'}.`,
      );
    }
    return node;
  });
}

/**
 * First positions of one trajectory, each component [nodes]: every free node away from rest by a uniform draw from the
 * ring (`dimensions` 2) or the shell (3) between the two radii; pulled nodes at their own displacement.
 */
export function startPositions(
  mesh: Mesh,
  options: Displacements,
  dimensions: 2 | 3,
  seed: number,
  trajectory: number,
): [Float64Array, Float64Array, Float64Array] {
  const q: [Float64Array, Float64Array, Float64Array] = [
    mesh.rest[0].slice(),
    mesh.rest[1].slice(),
    mesh.rest[2].slice(),
  ];
  const random = new Random(seed, trajectory);
  const { minDisplacement: inner, maxDisplacement: outer } = options;
  for (let node = 0; node < mesh.nodes; node++) {
    if (mesh.fixed[node]) continue;
    // Equal areas, or volumes, are equally likely.
    const share = random.uniform();
    const angle = 2 * Math.PI * random.uniform();
    const height = dimensions === 3 ? 2 * random.uniform() - 1 : 0;
    const power = inner ** dimensions + share * (outer ** dimensions - inner ** dimensions);
    const radius = dimensions === 3 ? Math.cbrt(power) : Math.sqrt(power);
    const across = radius * Math.sqrt(1 - height * height);
    q[0][node]! += across * Math.cos(angle);
    q[1][node]! += across * Math.sin(angle);
    q[2][node]! += radius * height;
  }
  pulledNodes(mesh, options).forEach((node, index) => {
    const { dx, dy, dz = 0 } = options.displacements[index]!;
    q[0][node] = mesh.rest[0][node]! + dx;
    q[1][node] = mesh.rest[1][node]! + dy;
    q[2][node] = mesh.rest[2][node]! + dz;
  });
  return q;
}
