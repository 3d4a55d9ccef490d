/** A region as cells of the grid, as the map draws it, and as degrees, as the contract and people write it. */
import type { Region } from '#shared/domain/dataset.ts';
import type { CellBox } from '#shared/domain/place.ts';
import type { Cell, MapGeometry } from '../scenes/map-geometry.ts';

export function wholeGrid(geometry: MapGeometry): CellBox {
  return { firstRow: 0, lastRow: geometry.height - 1, firstColumn: 0, lastColumn: geometry.width - 1 };
}

export function boxBetween(a: Cell, b: Cell): CellBox {
  return {
    firstRow: Math.min(a.row, b.row),
    lastRow: Math.max(a.row, b.row),
    firstColumn: Math.min(a.column, b.column),
    lastColumn: Math.max(a.column, b.column),
  };
}

export function isWhole(box: CellBox, geometry: MapGeometry): boolean {
  return (
    box.firstRow === 0 &&
    box.firstColumn === 0 &&
    box.lastRow === geometry.height - 1 &&
    box.lastColumn === geometry.width - 1
  );
}

/** −180 … 180, as the contract wants it: west > east then means across the date line. */
function turn(longitude: number): number {
  const turned = ((((longitude + 180) % 360) + 360) % 360) - 180;
  return turned === -180 && longitude > 0 ? 180 : turned;
}

/** Centres of the outermost cells, degrees; null where rows and columns are no latitudes and longitudes. */
export function degreesOf(
  box: CellBox,
  geometry: MapGeometry,
): { south: number; north: number; west: number; east: number } | null {
  if (!geometry.rectilinear) return null;
  const a = geometry.positionOf({ row: box.firstRow, column: box.firstColumn });
  const b = geometry.positionOf({ row: box.lastRow, column: box.lastColumn });
  if (!a || !b) return null;
  return {
    south: Math.min(a.latitude, b.latitude),
    north: Math.max(a.latitude, b.latitude),
    west: turn(Math.min(a.longitude, b.longitude)),
    east: turn(Math.max(a.longitude, b.longitude)),
  };
}

export function toRegion(box: CellBox, geometry: MapGeometry): Region {
  if (isWhole(box, geometry)) return { kind: 'whole' };
  const degrees = degreesOf(box, geometry);
  return degrees ? { kind: 'box', ...degrees } : { kind: 'cells', ...box };
}

/** The cells nearest to a box in degrees; null when a side lies off the grid or the box is turned inside out. Of rectilinear grids. */
export function boxOfDegrees(
  degrees: { south: number; north: number; west: number; east: number },
  geometry: MapGeometry,
): CellBox | null {
  const a = geometry.cellNear(degrees.west, degrees.south);
  const b = geometry.cellNear(degrees.east, degrees.north);
  if (!a || !b || degrees.south > degrees.north) return null;
  const leftToRight = geometry.columnZeroOnLeft ? a.column <= b.column : a.column >= b.column;
  return leftToRight ? boxBetween(a, b) : null;
}
