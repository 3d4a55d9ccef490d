/** Places on a grid in rows and columns from 0, and what a forecast says along a line between two of them. */
import { z } from 'zod';

const index = z.number().int().min(0);

export const gridCellSchema = z.object({ row: index, column: index });

/** Both ends are inside. */
export const cellBoxSchema = z.object({
  firstRow: index,
  lastRow: index,
  firstColumn: index,
  lastColumn: index,
});

/** Values over time at one cell, or of the mean over a box weighted by the area of its cells. */
export const placeSeriesSchema = z.object({
  dates: z.array(z.string()),
  /** Null where every cell is missing. */
  values: z.array(z.number().nullable()),
  /** Of the box. */
  cells: z.number().int(),
  /** Of them, those with a value at one time at least. */
  observed: z.number().int(),
});

/** Values of the cells along a line, in its order. */
export const transectSchema = z.object({
  rows: z.array(z.number().int()),
  columns: z.array(z.number().int()),
  /** From the line's start. */
  distances: z.array(z.number()),
  distanceUnits: z.enum(['km', 'cells']),
  /** When it is valid. */
  date: z.string(),
  truth: z.array(z.number().nullable()),
  mean: z.array(z.number().nullable()),
  /** By cell: quantiles 0.05, 0.25, 0.5, 0.75, 0.95 of the members. */
  quantiles: z.array(z.array(z.number().nullable())),
});

export type GridCell = z.infer<typeof gridCellSchema>;
export type CellBox = z.infer<typeof cellBoxSchema>;
export type PlaceSeries = z.infer<typeof placeSeriesSchema>;
export type Transect = z.infer<typeof transectSchema>;
