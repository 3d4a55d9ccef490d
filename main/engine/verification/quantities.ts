/**
 * What an ensemble says at each cell, one field each: the forms in which a person looks at many members at once.
 * Members lie one after the other, [member, cell]; a cell where any member is missing is missing in every field.
 */

/** Mean over members by cell. */
export function meanOf(members: Float32Array, count: number): Float32Array {
  const size = members.length / count;
  const mean = new Float32Array(size);
  for (let cell = 0; cell < size; cell++) {
    let sum = 0;
    for (let m = 0; m < count; m++) sum += members[m * size + cell]!;
    mean[cell] = sum / count;
  }
  return mean;
}

/** Population standard deviation over members by cell. */
export function spreadOf(members: Float32Array, count: number): Float32Array {
  const mean = meanOf(members, count);
  return mean.map((average, cell) => {
    let squares = 0;
    for (let m = 0; m < count; m++) squares += (members[m * mean.length + cell]! - average) ** 2;
    return Math.sqrt(squares / count);
  });
}

/** Linear between order statistics (Hyndman and Fan 1996, type 7), as NumPy and R do by default. */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  const high = sorted[Math.min(below + 1, sorted.length - 1)]!;
  return low + (high - low) * (place - below);
}

/** Quantile of the members by cell. @param share 0–1 */
export function quantileOf(members: Float32Array, count: number, share: number): Float32Array {
  const size = members.length / count;
  const field = new Float32Array(size);
  const values = new Float64Array(count);
  for (let cell = 0; cell < size; cell++) {
    for (let m = 0; m < count; m++) values[m] = members[m * size + cell]!;
    // Sorting puts NaN last.
    values.sort();
    field[cell] = Number.isNaN(values[count - 1]!) ? Number.NaN : quantile(values, share);
  }
  return field;
}

/** Share of members above a threshold by cell, in per cent. */
export function exceedanceOf(members: Float32Array, count: number, threshold: number): Float32Array {
  const size = members.length / count;
  const field = new Float32Array(size);
  for (let cell = 0; cell < size; cell++) {
    let above = 0;
    for (let m = 0; m < count; m++) {
      const value = members[m * size + cell]!;
      if (Number.isNaN(value)) above = Number.NaN;
      else if (value > threshold) above++;
    }
    field[cell] = (100 * above) / count;
  }
  return field;
}

/** First minus second by cell; missing where either is. */
export function difference(first: Float32Array, second: Float32Array): Float32Array {
  return first.map((value, cell) => value - second[cell]!);
}
