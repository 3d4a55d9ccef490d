/** What follows from a flow's velocity, cell by cell. */

/** Where the points of a flow's grid lie. */
export interface FlowGrid {
  readonly height: number;
  readonly width: number;
  /** Of columns along a row, [width], and of rows along a column, [height]: in units of length, in any order that does not turn back. */
  readonly x: ArrayLike<number>;
  readonly y: ArrayLike<number>;
  /** Length along a row over its length at the equator, [height]: the cosine of latitude; null on a plane. */
  readonly cosines: ArrayLike<number> | null;
}

type Size = Pick<FlowGrid, 'height' | 'width'>;

/** On a plane. @param spacing from a column to the next and from a row to the next; negative where coordinates fall */
export function evenGrid({ height, width }: Size, spacing: { x: number; y: number }): FlowGrid {
  const steps = (count: number, step: number) => Float64Array.from({ length: count }, (_, at) => at * step);
  return { height, width, x: steps(width, spacing.x), y: steps(height, spacing.y), cosines: null };
}

/** On a sphere. @param latitudes of rows, degrees @param longitudes of columns, degrees @param radius in units of length */
export function sphereGrid(
  latitudes: readonly number[],
  longitudes: readonly number[],
  radius: number,
): FlowGrid {
  const turn = Math.PI / 180;
  const x = new Float64Array(longitudes.length);
  let unwrapped = longitudes[0] ?? 0;
  for (const [at, longitude] of longitudes.entries()) {
    // The nearest of the angles that name the same meridian: rows may cross the date line.
    unwrapped = longitude + 360 * Math.round((unwrapped - longitude) / 360);
    x[at] = unwrapped * turn * radius;
  }
  return {
    height: latitudes.length,
    width: longitudes.length,
    x,
    y: Float64Array.from(latitudes, (latitude) => latitude * turn * radius),
    cosines: Float64Array.from(latitudes, (latitude) => Math.cos(latitude * turn)),
  };
}

/** Some rows and columns of a grid. */
export function partOfGrid(
  { x, y, cosines }: FlowGrid,
  { rows, columns }: Record<'rows' | 'columns', { first: number; count: number }>,
): FlowGrid {
  const cut = (values: ArrayLike<number>, run: { first: number; count: number }) =>
    Array.from(values).slice(run.first, run.first + run.count);
  return {
    height: rows.count,
    width: columns.count,
    x: cut(x, columns),
    y: cut(y, rows),
    cosines: cosines && cut(cosines, rows),
  };
}

/**
 * The vertical component of the curl, ∂v/∂x − ∂u/∂y, on a sphere (∂v/∂λ − ∂(u cos φ)/∂φ) / (R cos φ): by central
 * differences of second order, one-sided at the rim and beside cells that are solid or missing.
 * @param u velocity along the columns' axis (eastward), row-major [height, width]
 * @param v velocity along the rows' axis (northward), same shape
 * @param solid more than a half in cells without flow, same shape; null: there are none
 * @returns in units of velocity over length, same shape; NaN in solid and missing cells, between two of them, and at poles
 */
export function vorticity(
  u: ArrayLike<number>,
  v: ArrayLike<number>,
  grid: FlowGrid,
  solid: ArrayLike<number> | null = null,
): Float32Array {
  const { height, width, x, y, cosines } = grid;
  const out = new Float32Array(height * width);
  const flows = (cell: number) =>
    !(solid && (solid[cell] as number) > 0.5) && !Number.isNaN(u[cell]) && !Number.isNaN(v[cell]);
  const cosine = (row: number) => (cosines ? (cosines[row] as number) : 1);
  for (let row = 0; row < height; row += 1) {
    const shrink = cosine(row);
    for (let column = 0; column < width; column += 1) {
      const cell = row * width + column;
      if (!flows(cell) || shrink < 1e-6) {
        out[cell] = Number.NaN;
        continue;
      }
      const left = column > 0 && flows(cell - 1);
      const right = column < width - 1 && flows(cell + 1);
      const below = row > 0 && flows(cell - width);
      const above = row < height - 1 && flows(cell + width);
      const here = u[cell] as number;
      const across = slope(
        v[cell] as number,
        left ? (v[cell - 1] as number) : Number.NaN,
        right ? (v[cell + 1] as number) : Number.NaN,
        left ? (x[column] as number) - (x[column - 1] as number) : 0,
        right ? (x[column + 1] as number) - (x[column] as number) : 0,
      );
      const up = slope(
        here * shrink,
        below ? (u[cell - width] as number) * cosine(row - 1) : Number.NaN,
        above ? (u[cell + width] as number) * cosine(row + 1) : Number.NaN,
        below ? (y[row] as number) - (y[row - 1] as number) : 0,
        above ? (y[row + 1] as number) - (y[row] as number) : 0,
      );
      out[cell] = (across - up) / shrink;
    }
  }
  return out;
}

/** The derivative at a point from the value there and those before and after; a distance of 0 says that there is none. */
function slope(here: number, before: number, after: number, back: number, ahead: number): number {
  if (back === 0) return ahead === 0 ? Number.NaN : (after - here) / ahead;
  if (ahead === 0) return (here - before) / back;
  // Of the parabola through all three.
  return (
    ((after - here) * back) / (ahead * (back + ahead)) + ((here - before) * ahead) / (back * (back + ahead))
  );
}

/** √(u² + v²), in the units of both; NaN where either is missing and in solid cells. */
export function speed(
  u: ArrayLike<number>,
  v: ArrayLike<number>,
  solid: ArrayLike<number> | null = null,
): Float32Array {
  return Float32Array.from(u, (value, cell) =>
    solid && (solid[cell] as number) > 0.5 ? Number.NaN : Math.hypot(value, v[cell] ?? Number.NaN),
  );
}
