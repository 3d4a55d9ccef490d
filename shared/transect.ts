/**
 * The cells along a straight line on a grid, and how far each lies from its start. The line is straight as the map is
 * drawn, in rows and columns; distances between its points are those on the sphere where the grid has degrees.
 */
import type { GridCell } from './domain/place.ts';

interface Degrees {
  latitude: number;
  longitude: number;
}

export interface LinePoint extends GridCell {
  /** From the first point: kilometres, or cells where the grid has no degrees. */
  distance: number;
}

export interface Line {
  points: LinePoint[];
  units: 'km' | 'cells';
}

/** Mean radius of the Earth, km (IUGG). */
const radius = 6371.0088;
const radians = Math.PI / 180;

/** Along the great circle, km (haversine formula). */
export function greatCircle(a: Degrees, b: Degrees): number {
  const half = (from: number, to: number) => Math.sin(((to - from) * radians) / 2) ** 2;
  const square =
    half(a.latitude, b.latitude) +
    Math.cos(a.latitude * radians) * Math.cos(b.latitude * radians) * half(a.longitude, b.longitude);
  return 2 * radius * Math.asin(Math.min(1, Math.sqrt(square)));
}

/**
 * One point for each row or column that the line goes through, whichever are more; the value of a point is that of the
 * cell in which it lies.
 * @param positionOf degrees of a cell's centre; null on grids without them
 */
export function lineBetween(
  from: GridCell,
  to: GridCell,
  positionOf: (cell: GridCell) => Degrees | null,
): Line {
  const down = to.row - from.row;
  const right = to.column - from.column;
  const steps = Math.max(Math.abs(down), Math.abs(right));
  const points: LinePoint[] = [];
  let units: Line['units'] = positionOf(from) ? 'km' : 'cells';
  let before: { exact: GridCell; position: Degrees | null } | null = null;
  let distance = 0;
  for (let step = 0; step <= steps; step++) {
    const share = steps === 0 ? 0 : step / steps;
    const exact = { row: from.row + share * down, column: from.column + share * right };
    const position = between(exact, positionOf);
    if (before)
      distance +=
        position && before.position
          ? greatCircle(before.position, position)
          : Math.hypot(exact.row - before.exact.row, exact.column - before.exact.column);
    if (!position) units = 'cells';
    points.push({ row: Math.round(exact.row), column: Math.round(exact.column), distance });
    before = { exact, position };
  }
  return { points, units };
}

/** Degrees of a place between the centres of cells; longitudes go the short way round. */
function between(at: GridCell, positionOf: (cell: GridCell) => Degrees | null): Degrees | null {
  const low = { row: Math.floor(at.row), column: Math.floor(at.column) };
  const a = positionOf(low);
  const b = positionOf({ row: Math.ceil(at.row), column: Math.ceil(at.column) });
  if (!a || !b) return null;
  const turn = 360 * Math.round((a.longitude - b.longitude) / 360);
  return {
    latitude: a.latitude + (at.row - low.row) * (b.latitude - a.latitude),
    longitude: a.longitude + (at.column - low.column) * (b.longitude + turn - a.longitude),
  };
}
