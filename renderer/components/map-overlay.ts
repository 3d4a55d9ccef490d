/** What is drawn over a map and dragged on it: from pointers to cells, and from cells to shares of the part shown. */
import type { CellBox } from '#shared/domain/place.ts';
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

/** The nearest cell, also where the pointer has left the map. */
export function cellUnder(
  event: PointerEvent,
  surface: Element,
  geometry: MapGeometry,
  view: MapWindow,
): Cell {
  const bounds = surface.getBoundingClientRect();
  const within = (value: number) => Math.min(0.999999, Math.max(0, value));
  const point = view.outside({
    u: within((event.clientX - bounds.left) / bounds.width),
    v: within((event.clientY - bounds.top) / bounds.height),
  });
  return geometry.cellAt(point) ?? { row: 0, column: 0 };
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
