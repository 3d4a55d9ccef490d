/** The mesh at rest: where nodes are, which are held, and which springs join them. */

/** Numbers of nodes along x, y and z; 1 layer for a mesh in the plane. */
export interface MeshSize {
  readonly columns: number;
  readonly rows: number;
  readonly layers: number;
}

export interface Mesh extends MeshSize {
  readonly nodes: number;
  /** Node indices of the two ends of each spring, [edges, 2]; the lower index first. */
  readonly edges: Int32Array;
  /** Length at which a spring rests, [edges]: the distance of its ends in the undisturbed mesh. */
  readonly restLengths: Float64Array;
  /** Coordinates of the undisturbed nodes, each [nodes]. */
  readonly rest: readonly [Float64Array, Float64Array, Float64Array];
  /** 1 where a node is held, [nodes]: the last layer, or the last row where there is one layer. */
  readonly fixed: Uint8Array;
}

/** Row-major index of a node in [layer, row, column]. */
export function nodeIndex(size: MeshSize, column: number, row: number, layer = 0): number {
  return (layer * size.rows + row) * size.columns + column;
}

/** The inverse of {@link nodeIndex}. */
export function placeOfNode({ columns, rows }: MeshSize, node: number) {
  const line = Math.floor(node / columns);
  return { column: node % columns, row: line % rows, layer: Math.floor(line / rows) };
}

/** Nodes at integer positions, joined to all neighbours: 8 in the plane, 26 in space. */
export function buildMesh(size: MeshSize): Mesh {
  const { columns, rows, layers } = size;
  const nodes = columns * rows * layers;
  const rest = [new Float64Array(nodes), new Float64Array(nodes), new Float64Array(nodes)] as const;
  const fixed = new Uint8Array(nodes);
  const edges: number[] = [];
  const lengths: number[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        const node = nodeIndex(size, column, row, layer);
        rest[0][node] = column;
        rest[1][node] = row;
        rest[2][node] = layer;
        fixed[node] = Number(layers > 1 ? layer === layers - 1 : row === rows - 1);
        for (const [dz, dy, dx] of laterNeighbours) {
          const [c, r, l] = [column + dx, row + dy, layer + dz];
          if (c < 0 || c >= columns || r < 0 || r >= rows || l >= layers) continue;
          edges.push(node, nodeIndex(size, c, r, l));
          lengths.push(Math.sqrt(dx * dx + dy * dy + dz * dz));
        }
      }
    }
  }
  return {
    ...size,
    nodes,
    edges: Int32Array.from(edges),
    restLengths: Float64Array.from(lengths),
    rest,
    fixed,
  };
}

/** The half of the 26 neighbours (dz, dy, dx) that come later in node order, so that each spring appears once. */
const laterNeighbours = [-1, 0, 1]
  .flatMap((dz) => [-1, 0, 1].flatMap((dy) => [-1, 0, 1].map((dx) => [dz, dy, dx] as const)))
  .filter(([dz, dy, dx]) => dz * 9 + dy * 3 + dx > 0);
