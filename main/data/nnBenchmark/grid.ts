/** Puts the nodes of an nn-benchmark trajectory, which come as a list, back on rows and columns. */

export interface NodeGrid {
  /** Coordinates of rows, ascending. */
  readonly y: Float64Array;
  /** Coordinates of columns, ascending. */
  readonly x: Float64Array;
  /** Node of each cell, [row, column]. */
  readonly nodes: Int32Array;
}

/** Coordinates closer than this share of the extent are the same line of the grid. */
const tolerance = 1e-6;

/** The different values in ascending order. */
function lines(values: Float64Array): Float64Array {
  const sorted = values.toSorted();
  const extent = Math.max(1, Math.abs(sorted[sorted.length - 1]! - sorted[0]!));
  return sorted.filter((value, i) => i === 0 || value - sorted[i - 1]! > tolerance * extent);
}

function nearest(ascending: Float64Array, value: number): number {
  let best = 0;
  for (const [i, line] of ascending.entries())
    if (Math.abs(line - value) < Math.abs(ascending[best]! - value)) best = i;
  return best;
}

/**
 * The grid that positions [node, 2] (x, y) form.
 * @returns null where they are no full rectangle of rows and columns
 */
export function gridOfPositions(positions: Float64Array | Float32Array): NodeGrid | null {
  const count = positions.length / 2;
  const axis = (which: number) =>
    Float64Array.from({ length: count }, (_, node) => positions[2 * node + which]!);
  const [xs, ys] = [axis(0), axis(1)];
  if (!positions.every(Number.isFinite)) return null;
  const [x, y] = [lines(xs), lines(ys)];
  if (x.length * y.length !== count) return null;
  const nodes = new Int32Array(count).fill(-1);
  for (let node = 0; node < count; node++)
    nodes[nearest(y, ys[node]!) * x.length + nearest(x, xs[node]!)] = node;
  return nodes.includes(-1) ? null : { y, x, nodes };
}

/** The grid that displaced nodes come from when they rest at whole numbers less than half a unit away. */
export function gridOfDisplaced(positions: Float64Array | Float32Array): NodeGrid | null {
  return gridOfPositions(Float64Array.from(positions, Math.round));
}

/** One row of nodes in their own order, for what lies on no grid. */
export function gridOfList(count: number): NodeGrid {
  return {
    y: Float64Array.of(0),
    x: Float64Array.from({ length: count }, (_, i) => i),
    nodes: Int32Array.from({ length: count }, (_, i) => i),
  };
}
