/**
 * The cells of a curvilinear grid as quadrilaterals on the sphere. Files give their centres; corners lie halfway between
 * neighbours, and where a neighbour is missing a cell is as wide as on its other side. All of it is reckoned with unit
 * vectors, which know no date line and no pole.
 */

/** Degrees of cells, [height, width]; NaN, or no latitude at all, where a cell has no place. */
export interface CellPlaces {
  readonly height: number;
  readonly width: number;
  readonly latitudes: Float32Array;
  readonly longitudes: Float32Array;
}

const radians = Math.PI / 180;
/** Neighbours farther apart than this many usual steps are none: folds, and blocks that were left out. */
const farthest = 8;

export class CellQuads {
  readonly height: number;
  readonly width: number;
  /** Whether the last column is followed by the first one. */
  readonly wraps: boolean;
  /** [cell, 3]: unit vectors; NaN where a cell has no place. */
  readonly #centres: Float32Array;
  /** [cell, 3]: half a cell along the row and along the column; NaN where it is not known. */
  readonly #across: Float32Array;
  readonly #along: Float32Array;
  /** Squares of the longest steps between neighbours, along rows and along columns. */
  readonly #longest: readonly [number, number];

  constructor(places: CellPlaces) {
    this.height = places.height;
    this.width = places.width;
    this.#centres = unitVectors(places);
    this.#longest = [this.#usual(0, 1), this.#usual(1, 0)];
    this.wraps = this.#closes();
    this.#across = this.#halfSteps(0, 1);
    this.#along = this.#halfSteps(1, 0);
    this.#fillIn();
  }

  /** Whether a cell is drawn. */
  has(cell: number): boolean {
    return !Number.isNaN(this.#across[3 * cell]!);
  }

  /**
   * Writes a cell's corners, in order around it, as four unit vectors.
   * @param into 12 numbers
   */
  corners(row: number, column: number, into: Float64Array): void {
    this.#corner(row, column, -1, -1, into, 0);
    this.#corner(row, column, -1, 1, into, 3);
    this.#corner(row, column, 1, 1, into, 6);
    this.#corner(row, column, 1, -1, into, 9);
  }

  /** The neighbour a step away, −1 where there is none. */
  #neighbour(row: number, column: number, down: number, right: number): number {
    const [r, c] = [row + down, column + right];
    if (r < 0 || r >= this.height) return -1;
    if (c >= 0 && c < this.width) return this.#linked(row, column, r, c, down);
    return this.wraps ? this.#linked(row, column, r, c < 0 ? this.width - 1 : 0, down) : -1;
  }

  #linked(row: number, column: number, r: number, c: number, down: number): number {
    const [from, to] = [row * this.width + column, r * this.width + c];
    return this.#square(from, to) <= this.#longest[down === 0 ? 0 : 1] ? to : -1;
  }

  /** Of the distance between two cells; NaN where one has no place. */
  #square(from: number, to: number): number {
    const v = this.#centres;
    const [a, b] = [3 * from, 3 * to];
    const [x, y, z] = [v[a]! - v[b]!, v[a + 1]! - v[b + 1]!, v[a + 2]! - v[b + 2]!];
    return x * x + y * y + z * z;
  }

  /** The square of what counts as neighbouring in one direction. */
  #usual(down: number, right: number): number {
    const squares: number[] = [];
    const { height, width } = this;
    const stride = Math.max(1, Math.floor((height * width) / 20_000));
    for (let cell = 0; cell < height * width; cell += stride) {
      const [row, column] = [Math.floor(cell / width) + down, (cell % width) + right];
      if (row >= height || column >= width) continue;
      const square = this.#square(cell, row * width + column);
      if (square > 0) squares.push(square);
    }
    squares.sort((a, b) => a - b);
    return farthest ** 2 * (squares[squares.length >> 1] ?? 0);
  }

  /** In most rows the first column follows on the last one, in the same direction as before. */
  #closes(): boolean {
    const { height, width } = this;
    if (width < 3) return false;
    const v = this.#centres;
    let [known, closed] = [0, 0];
    for (let row = 0; row < height; row++) {
      const [first, last] = [row * width, row * width + width - 1];
      const square = this.#square(last, first);
      if (Number.isNaN(square)) continue;
      known++;
      const before = this.#square(last - 1, last);
      let onward = 0;
      for (let i = 0; i < 3; i++)
        onward += (v[3 * first + i]! - v[3 * last + i]!) * (v[3 * last + i]! - v[3 * last - 3 + i]!);
      if (square <= 4 * before && onward > 0) closed++;
    }
    return closed > known / 2;
  }

  #halfSteps(down: number, right: number): Float32Array {
    const { height, width } = this;
    const v = this.#centres;
    const steps = new Float32Array(3 * height * width).fill(Number.NaN);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const cell = row * width + column;
        const next = this.#neighbour(row, column, down, right);
        const before = this.#neighbour(row, column, -down, -right);
        if (next < 0 && before < 0) continue;
        const [to, from] = [next < 0 ? cell : next, before < 0 ? cell : before];
        const share = next < 0 || before < 0 ? 0.5 : 0.25;
        for (let i = 0; i < 3; i++) steps[3 * cell + i] = share * (v[3 * to + i]! - v[3 * from + i]!);
      }
    return steps;
  }

  /** A cell with neighbours in one direction alone is a square. */
  #fillIn(): void {
    const v = this.#centres;
    const [a, b] = [this.#across, this.#along];
    for (let at = 0; at < v.length; at += 3) {
      const [hasAcross, hasAlong] = [!Number.isNaN(a[at]!), !Number.isNaN(b[at]!)];
      if (hasAcross === hasAlong) continue;
      const [known, missing, turn] = hasAcross ? ([a, b, 1] as const) : ([b, a, -1] as const);
      for (let i = 0; i < 3; i++) {
        const [j, k] = [at + ((i + 1) % 3), at + ((i + 2) % 3)];
        missing[at + i] = turn * (v[j]! * known[k]! - v[k]! * known[j]!);
      }
    }
  }

  /** The mean of where the cells that meet there expect it, so that they share it. */
  #corner(row: number, column: number, down: number, right: number, into: Float64Array, at: number): void {
    into[at] = into[at + 1] = into[at + 2] = 0;
    const { width } = this;
    const side = this.#neighbour(row, column, 0, right);
    const level = this.#neighbour(row, column, down, 0);
    const beside =
      side >= 0
        ? this.#neighbour(row, side % width, down, 0)
        : level >= 0
          ? this.#neighbour(row + down, column, 0, right)
          : -1;
    this.#add(row * width + column, down, right, into, at);
    if (side >= 0) this.#add(side, down, -right, into, at);
    if (level >= 0) this.#add(level, -down, right, into, at);
    if (beside >= 0) this.#add(beside, -down, -right, into, at);
    const length = Math.hypot(into[at]!, into[at + 1]!, into[at + 2]!);
    for (let i = at; i < at + 3; i++) into[i] = into[i]! / length;
  }

  #add(cell: number, down: number, right: number, into: Float64Array, at: number): void {
    for (let i = 0; i < 3; i++) {
      const from = 3 * cell + i;
      into[at + i] =
        into[at + i]! + this.#centres[from]! + right * this.#across[from]! + down * this.#along[from]!;
    }
  }
}

function unitVectors({ height, width, latitudes, longitudes }: CellPlaces): Float32Array {
  const vectors = new Float32Array(3 * height * width).fill(Number.NaN);
  for (let cell = 0; cell < height * width; cell++) {
    if (!hasPlace(latitudes[cell]!, longitudes[cell]!)) continue;
    const [phi, lambda] = [latitudes[cell]! * radians, longitudes[cell]! * radians];
    vectors[3 * cell] = Math.cos(phi) * Math.cos(lambda);
    vectors[3 * cell + 1] = Math.cos(phi) * Math.sin(lambda);
    vectors[3 * cell + 2] = Math.sin(phi);
  }
  return vectors;
}

/** Some files mark missing coordinates with a large number that they do not name. */
export function hasPlace(latitude: number, longitude: number): boolean {
  return Math.abs(latitude) <= 90.001 && Math.abs(longitude) <= 1080;
}
