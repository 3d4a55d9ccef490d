/** What is drawn over a map and dragged on it: from pointers to cells, and from cells to shares of the part shown. */
import type { CellBox } from '#shared/domain/place.ts';
import { lineBetween } from '#shared/transect.ts';
import type { Cell, MapGeometry, PicturePoint } from '../scenes/map-geometry.ts';
import type { MapWindow } from '../state/map-window.svelte.ts';

export interface Frame {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** A corner, 0 or 1 to the right and down. */
export interface Corner {
  right: number;
  down: number;
  x: number;
  y: number;
}

/** The nearest cell, also where the pointer has left the map; null where a curvilinear grid has none. */
export function cellUnder(
  event: PointerEvent,
  surface: Element,
  geometry: MapGeometry,
  view: MapWindow,
): Cell | null {
  const bounds = surface.getBoundingClientRect();
  const within = (value: number) => Math.min(0.999999, Math.max(0, value));
  const point = view.outside({
    u: within((event.clientX - bounds.left) / bounds.width),
    v: within((event.clientY - bounds.top) / bounds.height),
  });
  return geometry.cellAt(point);
}

/** The outline of all cells of a box. */
export function frameOf(box: CellBox, geometry: MapGeometry, view: MapWindow): Frame {
  const a = geometry.pointOf({ row: box.firstRow, column: box.firstColumn });
  const b = geometry.pointOf({ row: box.lastRow, column: box.lastColumn });
  const half = { u: 0.5 / geometry.width, v: 0.5 / geometry.height };
  const topLeft = view.inside({ u: Math.min(a.u, b.u) - half.u, v: Math.min(a.v, b.v) - half.v });
  const bottomRight = view.inside({ u: Math.max(a.u, b.u) + half.u, v: Math.max(a.v, b.v) + half.v });
  return { x: topLeft.u, y: topLeft.v, width: bottomRight.u - topLeft.u, height: bottomRight.v - topLeft.v };
}

/** The corner cells of a box with the one opposite to each: what is dragged where a box is no rectangle on the map. */
export function cornerCells(
  { firstRow, lastRow, firstColumn, lastColumn }: CellBox,
  geometry: MapGeometry,
  view: MapWindow,
): { point: PicturePoint; stays: Cell }[] {
  return [firstRow, lastRow].flatMap((row) =>
    [firstColumn, lastColumn].map((column) => ({
      point: view.inside(geometry.pointOf({ row, column })),
      stays: {
        row: row === firstRow ? lastRow : firstRow,
        column: column === firstColumn ? lastColumn : firstColumn,
      },
    })),
  );
}

/** The cells around a box, and back to the first one. */
export function outline({ firstRow, lastRow, firstColumn, lastColumn }: CellBox): Cell[] {
  const corners = [
    { row: firstRow, column: firstColumn },
    { row: firstRow, column: lastColumn },
    { row: lastRow, column: lastColumn },
    { row: lastRow, column: firstColumn },
  ];
  return corners.flatMap((corner, at) => lineBetween(corner, corners[(at + 1) % 4]!, () => null).points);
}

/** A path through the centres of cells, broken at those without a place and where the map ends on one side to go on at the other. */
export function pathThrough(cells: readonly Cell[], geometry: MapGeometry, view: MapWindow): string {
  let path = '';
  let before: PicturePoint | null = null;
  for (const cell of cells) {
    const point = geometry.pointOf(cell);
    if (!Number.isFinite(point.u)) {
      before = null;
      continue;
    }
    const { u, v } = view.inside(point);
    const goesOn: boolean = before !== null && Math.abs(point.u - before.u) < 0.5;
    path += `${goesOn ? 'L' : 'M'}${u.toFixed(5)} ${v.toFixed(5)}`;
    before = point;
  }
  return path;
}

export function cornersOf(frame: Frame): Corner[] {
  return [0, 1].flatMap((right) =>
    [0, 1].map((down) => ({
      right,
      down,
      x: frame.x + right * frame.width,
      y: frame.y + down * frame.height,
    })),
  );
}

/** The cell of the corner that stays where it is while another one is dragged. */
export function oppositeCell({ right, down }: Corner, box: CellBox, geometry: MapGeometry): Cell {
  return {
    row: (down === 1) === geometry.rowZeroOnTop ? box.firstRow : box.lastRow,
    column: (right === 1) === geometry.columnZeroOnLeft ? box.firstColumn : box.lastColumn,
  };
}

/** Moves the map under a pointer from one place on the page to another. */
export function panBetween(from: PicturePoint, to: PicturePoint, surface: Element, view: MapWindow): void {
  const bounds = surface.getBoundingClientRect();
  view.pan((from.u - to.u) / bounds.width, (from.v - to.v) / bounds.height);
}
