/** How a cell is named: by its position where the grid has one, else by its indices. */
import type { CellBox } from '#shared/domain/place.ts';
import type { Cell, MapGeometry } from '../scenes/map-geometry.ts';
import type { Place } from '../state/place-choice.ts';
import { degreesOf } from '../state/region.ts';
import { formatLatitude, formatLongitude } from './numbers.ts';

export function cellName(geometry: MapGeometry, cell: Cell): string {
  const position = geometry.positionOf(cell);
  return position
    ? `${formatLatitude(position.latitude)}, ${formatLongitude(position.longitude)}`
    : `row ${cell.row}, column ${cell.column}`;
}

/** From the centres of its outermost cells. */
function boxName(geometry: MapGeometry, box: CellBox): string {
  const degrees = degreesOf(box, geometry);
  if (!degrees) return `rows ${box.firstRow}–${box.lastRow}, columns ${box.firstColumn}–${box.lastColumn}`;
  const { south, north, west, east } = degrees;
  return `${formatLatitude(south)} – ${formatLatitude(north)}, ${formatLongitude(west)} – ${formatLongitude(east)}`;
}

/** Where numbers are from, as the end of a sentence: "at …", "over …", "from … to …". */
export function placeName(geometry: MapGeometry, place: Place): string {
  if (place.tool === 'point') return `at ${cellName(geometry, place.cell)}`;
  if (place.tool === 'box') return `over ${boxName(geometry, place.box)}`;
  return `from ${cellName(geometry, place.from)} to ${cellName(geometry, place.to)}`;
}
