/** What follows from a flow's velocity, cell by cell. */

/**
 * ∂v/∂x − ∂u/∂y by central differences, one-sided at the rim.
 * @param u velocity along the columns' axis, row-major [height, width]
 * @param v velocity along the rows' axis, same shape
 * @param spacing from a column to the next and from a row to the next, in units of length; negative where coordinates fall
 * @returns in units of velocity over length, same shape; NaN where a velocity beside it is missing
 */
export function vorticity(
  u: Float32Array,
  v: Float32Array,
  { height, width }: { height: number; width: number },
  spacing: { x: number; y: number },
): Float32Array {
  const out = new Float32Array(height * width);
  for (let row = 0; row < height; row += 1) {
    const [below, above] = [Math.max(0, row - 1), Math.min(height - 1, row + 1)];
    for (let column = 0; column < width; column += 1) {
      const [left, right] = [Math.max(0, column - 1), Math.min(width - 1, column + 1)];
      const across = (v[row * width + right] ?? 0) - (v[row * width + left] ?? 0);
      const up = (u[above * width + column] ?? 0) - (u[below * width + column] ?? 0);
      out[row * width + column] =
        (right > left ? across / ((right - left) * spacing.x) : 0) -
        (above > below ? up / ((above - below) * spacing.y) : 0);
    }
  }
  return out;
}

/** √(u² + v²), in the units of both. */
export function speed(u: Float32Array, v: Float32Array): Float32Array {
  return u.map((value, at) => Math.hypot(value, v[at] ?? Number.NaN));
}
