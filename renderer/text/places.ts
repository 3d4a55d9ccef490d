/** How a cell is named: by its position where the grid has one, else by its indices. */
import type { Cell, MapGeometry } from '../scenes/map-geometry.ts';
import { formatLatitude, formatLongitude } from './numbers.ts';

export function cellName(geometry: MapGeometry, cell: Cell): string {
  const position = geometry.positionOf(cell);
  return position
    ? `${formatLatitude(position.latitude)}, ${formatLongitude(position.longitude)}`
    : `row ${cell.row}, column ${cell.column}`;
}
