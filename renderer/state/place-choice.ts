/** A place on the map of which numbers are asked: a cell, a box to average over, or a line to follow; in the address and on the grid. */
import type { CellBox, GridCell } from '#shared/domain/place.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import { boxBetween } from './region.ts';

export const placeTools = ['point', 'box', 'line'] as const;
export type PlaceTool = (typeof placeTools)[number];

export type Place =
  | { readonly tool: 'point'; readonly cell: GridCell }
  | { readonly tool: 'box'; readonly box: CellBox }
  | { readonly tool: 'line'; readonly from: GridCell; readonly to: GridCell };

/** As in the address: `point-3-4`, `box-1-2-5-6` and `line-1-2-5-6`, row before column. */
export function formatPlace(place: Place): string {
  if (place.tool === 'point') return `point-${place.cell.row}-${place.cell.column}`;
  const { firstRow, firstColumn, lastRow, lastColumn } =
    place.tool === 'box'
      ? place.box
      : {
          firstRow: place.from.row,
          firstColumn: place.from.column,
          lastRow: place.to.row,
          lastColumn: place.to.column,
        };
  return [place.tool, firstRow, firstColumn, lastRow, lastColumn].join('-');
}

/** The inverse of {@link formatPlace}; null for anything else, cells off the grid included. */
export function parsePlace(text: string | null, { height, width }: MapGeometry): Place | null {
  if (!/^(point(-\d{1,6}){2}|(box|line)(-\d{1,6}){4})$/.test(text ?? '')) return null;
  const [tool = '', ...digits] = (text ?? '').split('-');
  const [row = 0, column = 0, lastRow = row, lastColumn = column] = digits.map(Number);
  if (Math.max(row, lastRow) >= height || Math.max(column, lastColumn) >= width) return null;
  const [from, to] = [
    { row, column },
    { row: lastRow, column: lastColumn },
  ];
  if (tool === 'point') return { tool, cell: from };
  if (tool === 'line') return { tool, from, to };
  return { tool: 'box', box: boxBetween(from, to) };
}

/** Where a tool begins: at a cell, or across the middle of the grid. */
export function usualPlace(tool: PlaceTool, { height, width }: MapGeometry, near: GridCell | null): Place {
  const at = (share: number, size: number) => Math.min(size - 1, Math.floor(share * size));
  const middle = near ?? { row: at(0.5, height), column: at(0.5, width) };
  if (tool === 'point') return { tool, cell: middle };
  if (tool === 'line')
    return {
      tool,
      from: { row: middle.row, column: at(0.15, width) },
      to: { row: middle.row, column: at(0.85, width) },
    };
  const around = (centre: number, size: number) => {
    const half = Math.max(1, Math.round(size / 10));
    return [Math.max(0, centre - half), Math.min(size - 1, centre + half)] as const;
  };
  const [firstRow, lastRow] = around(middle.row, height);
  const [firstColumn, lastColumn] = around(middle.column, width);
  return { tool, box: { firstRow, lastRow, firstColumn, lastColumn } };
}

/** The cells of a point or a box. */
export function cellsOf(place: Exclude<Place, { tool: 'line' }>): CellBox {
  return place.tool === 'box' ? place.box : boxBetween(place.cell, place.cell);
}
