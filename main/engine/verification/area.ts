/** An ensemble averaged over an area: each member's own mean, so that what remains is the spread of the area's mean. */

export interface AreaMeans {
  /** By member; null where no cell counts. */
  members: number[] | null;
  truth: number | null;
  /** How many cells are forecast. */
  observed: number;
}

/**
 * Means over cells, weighted. Cells where a member is missing do not count; where the truth is known at some cells,
 * only these count, for truth and members alike, so that both are means of the same area.
 * @param members [member, cell] @param truth by cell; null where there is none @param weights by cell
 */
export function areaMeans(
  members: Float32Array,
  count: number,
  truth: Float32Array | null,
  weights: ArrayLike<number>,
): AreaMeans {
  const size = members.length / count;
  const cells: number[] = [];
  for (let cell = 0; cell < size; cell++) {
    let whole = true;
    for (let m = 0; m < count && whole; m++) whole = Number.isFinite(members[m * size + cell]!);
    if (whole) cells.push(cell);
  }
  const known = truth ? cells.filter((cell) => Number.isFinite(truth[cell]!)) : [];
  const counted = known.length > 0 ? known : cells;
  const total = counted.reduce((sum, cell) => sum + weights[cell]!, 0);
  const mean = (values: Float32Array, from: number) =>
    counted.reduce((sum, cell) => sum + weights[cell]! * values[from + cell]!, 0) / total;
  return {
    members: total > 0 ? Array.from({ length: count }, (_, m) => mean(members, m * size)) : null,
    truth: truth && known.length > 0 && total > 0 ? mean(truth, 0) : null,
    observed: cells.length,
  };
}
