/**
 * How much of every face and cell of the grid is fluid: the only thing that the flow solver knows about obstacles.
 * Exact open lengths of faces make the boundary sharp, wherever it cuts a cell.
 */
import { DriftcastError } from '#shared/errors.ts';
import { at, type Grid } from './grid.ts';

/** A round obstacle, in metres from the lower left corner of the channel. */
export interface Circle {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
}

export interface Geometry {
  readonly grid: Grid;
  readonly circles: readonly Circle[];
  /** Open fraction of the western (u) and southern (v) face of every cell, in [0, 1]. */
  readonly openU: Float64Array;
  readonly openV: Float64Array;
  /** Open fraction of every cell's area, in [0, 1]. */
  readonly volume: Float64Array;
  /** 1 where the flow is computed: open cells that are connected to the outflow. */
  readonly fluid: Uint8Array;
  /** 1 where the cell's south-western corner is in the open, and not on a wall. */
  readonly openCorner: Uint8Array;
}

/** Faces that are open by less than this count as closed: such slits carry nothing but stiffness. */
const slit = 0.02;
/** Cells that are open by less than this count as closed, for the same reason. */
const sliver = 0.02;
/** Lines across a cell over which its open area is averaged. */
const areaLines = 16;

/** Open length of the segment from (x, y), `length` long, along x or along y. */
export function openLength(
  circles: readonly Circle[],
  x: number,
  y: number,
  length: number,
  along: 'x' | 'y',
): number {
  const start = along === 'x' ? x : y;
  const end = start + length;
  const covered: [number, number][] = [];
  for (const circle of circles) {
    const [centre, across] = along === 'x' ? [circle.x, y - circle.y] : [circle.y, x - circle.x];
    const half2 = circle.radius ** 2 - across ** 2;
    if (half2 <= 0) continue;
    const half = Math.sqrt(half2);
    const from = Math.max(start, centre - half);
    const to = Math.min(end, centre + half);
    if (to > from) covered.push([from, to]);
  }
  covered.sort((a, b) => a[0] - b[0]);
  let open = length;
  let reached = start;
  for (const [from, to] of covered) {
    if (to <= reached) continue;
    open -= to - Math.max(from, reached);
    reached = to;
  }
  return Math.max(0, open);
}

export function insideAny(circles: readonly Circle[], x: number, y: number): boolean {
  return circles.some((circle) => (x - circle.x) ** 2 + (y - circle.y) ** 2 <= circle.radius ** 2);
}

/** @throws DriftcastError `bad-input` if the obstacles let no fluid through from some part of the inflow */
export function createGeometry(grid: Grid, circles: readonly Circle[]): Geometry {
  const { columns, rows, spacing: h, size, stride } = grid;
  const openU = new Float64Array(size);
  const openV = new Float64Array(size);
  const volume = new Float64Array(size);
  const openCorner = new Uint8Array(size);
  const fraction = (length: number): number => (length < slit * h ? 0 : length / h);
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i <= columns; i++) {
      const k = at(grid, i, j);
      const near = circles.filter(
        (c) => Math.hypot((i + 0.5) * h - c.x, (j + 0.5) * h - c.y) < c.radius + 2 * h,
      );
      openU[k] = fraction(openLength(near, i * h, j * h, h, 'y'));
      openCorner[k] = j > 0 && !insideAny(near, i * h, j * h) ? 1 : 0;
      if (i === columns) continue;
      if (j > 0) openV[k] = fraction(openLength(near, i * h, j * h, h, 'x'));
      for (let line = 0; line < areaLines; line++) {
        const y = (j + (line + 0.5) / areaLines) * h;
        volume[k]! += openLength(near, i * h, y, h, 'x') / h / areaLines;
      }
    }
  }
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < columns; i++) {
      const k = at(grid, i, j);
      if (volume[k]! >= sliver) continue;
      openU[k] = 0;
      openU[k + 1] = 0;
      openV[k] = 0;
      openV[k + stride] = 0;
    }
  }
  const fluid = reachedFromOutflow(grid, openU, openV);
  for (let j = 0; j < rows; j++) {
    if (fluid[at(grid, 0, j)] === 0)
      throw new DriftcastError(
        'bad-input',
        'The obstacles leave no way for the fluid from the inflow to the outflow.',
        'Make the obstacles smaller or move them apart.',
      );
  }
  // What nothing flows through is closed: pockets between obstacles and walls, and cells without an open face.
  for (let k = 0; k < size; k++) {
    const isFluid = fluid[k] === 1;
    if (!isFluid) volume[k] = 0;
    if (!isFluid && fluid[k - 1] !== 1) openU[k] = 0;
    if (!isFluid && fluid[k - stride] !== 1) openV[k] = 0;
  }
  // The face beyond the outflow is what the fluid there flows on through.
  for (let j = 0; j < rows; j++) openU[at(grid, columns + 1, j)] = openU[at(grid, columns, j)]!;
  return { grid, circles, openU, openV, volume, fluid, openCorner };
}

/** Flood fill from the last column through open faces. */
function reachedFromOutflow(grid: Grid, openU: Float64Array, openV: Float64Array): Uint8Array {
  const { columns, rows, stride, size } = grid;
  const reached = new Uint8Array(size);
  const queue = new Int32Array(columns * rows);
  let queued = 0;
  const visit = (k: number): void => {
    if (reached[k] === 1) return;
    reached[k] = 1;
    queue[queued++] = k;
  };
  for (let j = 0; j < rows; j++) if (openU[at(grid, columns, j)]! > 0) visit(at(grid, columns - 1, j));
  for (let next = 0; next < queued; next++) {
    const k = queue[next]!;
    const inFirstColumn = (k % stride) - 1 === 0;
    const inLastColumn = (k % stride) - 1 === columns - 1;
    if (!inFirstColumn && openU[k]! > 0) visit(k - 1);
    if (!inLastColumn && openU[k + 1]! > 0) visit(k + 1);
    if (openV[k]! > 0) visit(k - stride);
    if (openV[k + stride]! > 0) visit(k + stride);
  }
  return reached;
}
