/**
 * The staggered grid (Harlow and Welch 1965) that everything of the flow solver is stored on, and how to find things
 * in it. Every array has the same padded shape [rows + 3, columns + 3] with x fastest, so that one index k means: the
 * cell k, its western face (horizontal velocity u), its southern face (vertical velocity v) and its south-western
 * corner; the neighbours are k ± 1 and k ± stride. The padding holds the boundary.
 */

export interface Grid {
  readonly columns: number;
  readonly rows: number;
  /** Width of the square cells in metres. */
  readonly spacing: number;
  readonly stride: number;
  /** Length of every array. */
  readonly size: number;
}

export function createGrid(columns: number, rows: number, spacing: number): Grid {
  const stride = columns + 3;
  return { columns, rows, spacing, stride, size: stride * (rows + 3) };
}

/** Index of the cell in column i (0 … columns − 1) and row j; i = columns and j = rows address the last faces. */
export function at(grid: Grid, i: number, j: number): number {
  return (j + 1) * grid.stride + i + 1;
}
