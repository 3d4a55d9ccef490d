/**
 * Sparse Cholesky factorisation, so that every pressure equation is solved exactly and divergence stays at rounding
 * error: the geometry never changes during a trajectory, so one factor serves thousands of steps. Up-looking, with
 * the pattern of each row read off the elimination tree (Davis 2006, Direct Methods for Sparse Linear Systems, ch. 4).
 */

/** Upper triangle of a symmetric matrix by columns; the last entry of each column is the diagonal. */
export interface UpperTriangle {
  readonly order: number;
  /** [order + 1] */
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
}

/** Rows between two calls of `breathe`. */
const rowsAtOnce = 512;

export class SparseCholesky {
  /** Columns of the factor below the diagonal; the diagonal is kept as its inverse. */
  readonly #starts: Int32Array;
  readonly #rows: Int32Array;
  readonly #values: Float64Array;
  readonly #inverseDiagonal: Float64Array;
  readonly #blocks: Int32Array;
  readonly #work: Float64Array;

  private constructor(starts: Int32Array, rows: Int32Array, values: Float64Array, inverse: Float64Array) {
    this.#starts = starts;
    this.#rows = rows;
    this.#values = values;
    this.#inverseDiagonal = inverse;
    this.#blocks = findBlocks(starts, rows, inverse.length);
    this.#work = new Float64Array(inverse.length);
  }

  /** Entries of the factor below the diagonal. */
  get entries(): number {
    return this.#values.length;
  }

  /** `matrix` must be positive definite; `breathe` is called every now and then. */
  static async factorise(matrix: UpperTriangle, breathe: () => Promise<void>): Promise<SparseCholesky> {
    const { order } = matrix;
    const reach = new RowPattern(matrix);
    const starts = new Int32Array(order + 1);
    for (let k = 0; k < order; k++) {
      const first = reach.find(k);
      for (let p = first; p < order; p++) starts[reach.pattern[p]! + 1]!++;
      if (k % rowsAtOnce === 0) await breathe();
    }
    for (let k = 0; k < order; k++) starts[k + 1]! += starts[k]!;
    const total = starts[order]!;
    const rows = new Int32Array(total);
    const values = new Float64Array(total);
    const inverse = new Float64Array(order);
    const filled = starts.slice(0, order);
    const row = new Float64Array(order);
    reach.restart();
    for (let k = 0; k < order; k++) {
      const first = reach.find(k);
      eliminateRow(k, matrix, row, reach.pattern, first, { starts, rows, values, inverse, filled });
      if (k % rowsAtOnce === 0) await breathe();
    }
    return new SparseCholesky(starts, rows, values, inverse);
  }

  /** Overwrites the right-hand side `x` [order] with the solution. */
  solve(x: Float64Array): void {
    this.#forward(x);
    this.#backward(x);
  }

  /** Solves with the factor, block by block: each block's columns, then what they add to the rows below them. */
  #forward(x: Float64Array): void {
    const starts = this.#starts;
    const rows = this.#rows;
    const values = this.#values;
    const inverse = this.#inverseDiagonal;
    const blocks = this.#blocks;
    const sum = this.#work;
    for (let b = 0; b + 1 < blocks.length; b++) {
      const c0 = blocks[b]!;
      const c1 = blocks[b + 1]!;
      const shared = starts[c1 - 1]!;
      const below = starts[c1]! - shared;
      if (c1 === c0 + 1) {
        const xc = x[c0]! * inverse[c0]!;
        x[c0] = xc;
        for (let p = shared; p < shared + below; p++) x[rows[p]!]! -= values[p]! * xc;
        continue;
      }
      for (let c = c0; c < c1; c++) {
        const xc = x[c]! * inverse[c]!;
        x[c] = xc;
        let p = starts[c]!;
        for (let row = c + 1; row < c1; row++) x[row]! -= values[p++]! * xc;
      }
      sum.fill(0, 0, below);
      let c = c0;
      for (; c + 3 < c1; c += 4) {
        const p0 = starts[c]! + c1 - 1 - c;
        const p1 = starts[c + 1]! + c1 - 2 - c;
        const p2 = starts[c + 2]! + c1 - 3 - c;
        const p3 = starts[c + 3]! + c1 - 4 - c;
        const x0 = x[c]!;
        const x1 = x[c + 1]!;
        const x2 = x[c + 2]!;
        const x3 = x[c + 3]!;
        for (let r = 0; r < below; r++)
          sum[r]! +=
            values[p0 + r]! * x0 + values[p1 + r]! * x1 + (values[p2 + r]! * x2 + values[p3 + r]! * x3);
      }
      for (; c < c1; c++) {
        const p = starts[c]! + c1 - 1 - c;
        const xc = x[c]!;
        for (let r = 0; r < below; r++) sum[r]! += values[p + r]! * xc;
      }
      for (let r = 0; r < below; r++) x[rows[shared + r]!]! -= sum[r]!;
    }
  }

  /** Solves with the transpose, in the opposite order. */
  #backward(x: Float64Array): void {
    const starts = this.#starts;
    const rows = this.#rows;
    const values = this.#values;
    const inverse = this.#inverseDiagonal;
    const blocks = this.#blocks;
    const gathered = this.#work;
    for (let b = blocks.length - 2; b >= 0; b--) {
      const c0 = blocks[b]!;
      const c1 = blocks[b + 1]!;
      const shared = starts[c1 - 1]!;
      const below = starts[c1]! - shared;
      if (c1 === c0 + 1) {
        let rest = x[c0]!;
        for (let p = shared; p < shared + below; p++) rest -= values[p]! * x[rows[p]!]!;
        x[c0] = rest * inverse[c0]!;
        continue;
      }
      for (let r = 0; r < below; r++) gathered[r] = x[rows[shared + r]!]!;
      for (let c = c1 - 1; c > c0; c -= 2) this.#backwardPair(x, gathered, c, c1, below);
      if ((c1 - c0) % 2 === 1) {
        const p = starts[c0]! + c1 - 1 - c0;
        let rest = x[c0]!;
        for (let r = 0; r < below; r++) rest -= values[p + r]! * gathered[r]!;
        let inside = starts[c0]!;
        for (let row = c0 + 1; row < c1; row++) rest -= values[inside++]! * x[row]!;
        x[c0] = rest * inverse[c0]!;
      }
    }
  }

  /** Columns c and c − 1 at once. */
  #backwardPair(x: Float64Array, gathered: Float64Array, c: number, c1: number, below: number): void {
    const starts = this.#starts;
    const values = this.#values;
    const inverse = this.#inverseDiagonal;
    let inner = starts[c]!;
    let outer = starts[c - 1]! + 1;
    let restC = x[c]!;
    let restB = x[c - 1]!;
    for (let row = c + 1; row < c1; row++) {
      restC -= values[inner++]! * x[row]!;
      restB -= values[outer++]! * x[row]!;
    }
    for (let r = 0; r < below; r++) {
      restC -= values[inner + r]! * gathered[r]!;
      restB -= values[outer + r]! * gathered[r]!;
    }
    x[c] = restC * inverse[c]!;
    x[c - 1] = (restB - values[starts[c - 1]!]! * x[c]!) * inverse[c - 1]!;
  }
}

/**
 * Cuts the columns into blocks that share the same rows below them (supernodes), so that solving runs along
 * contiguous memory: first columns of the blocks, then the order.
 */
function findBlocks(starts: Int32Array, rows: Int32Array, order: number): Int32Array {
  const blocks = [0];
  for (let c = 1; c < order; c++) {
    const before = starts[c]! - starts[c - 1]!;
    const count = starts[c + 1]! - starts[c]!;
    const goesOn = before === count + 1 && rows[starts[c - 1]!] === c;
    if (!goesOn) blocks.push(c);
  }
  blocks.push(order);
  return Int32Array.from(blocks);
}

/** Which columns row k of the factor touches, found in an order in which they can be eliminated. */
class RowPattern {
  readonly #matrix: UpperTriangle;
  readonly #parent: Int32Array;
  readonly #mark: Int32Array;
  readonly #path: Int32Array;
  /** Entries `find(k)` … order − 1 hold the columns. */
  readonly pattern: Int32Array;

  constructor(matrix: UpperTriangle) {
    const { order } = matrix;
    this.#matrix = matrix;
    this.#parent = eliminationTree(matrix);
    this.#mark = new Int32Array(order).fill(-1);
    this.#path = new Int32Array(order);
    this.pattern = new Int32Array(order);
  }

  restart(): void {
    this.#mark.fill(-1);
  }

  find(k: number): number {
    const { starts, rows, order } = this.#matrix;
    const mark = this.#mark;
    const path = this.#path;
    let top = order;
    mark[k] = k;
    for (let p = starts[k]!; p < starts[k + 1]!; p++) {
      let length = 0;
      for (let i = rows[p]!; mark[i] !== k; i = this.#parent[i]!) {
        path[length++] = i;
        mark[i] = k;
      }
      while (length > 0) this.pattern[--top] = path[--length]!;
    }
    return top;
  }
}

/** Parent of every column in the elimination tree (Liu 1990), −1 for roots. */
function eliminationTree({ order, starts, rows }: UpperTriangle): Int32Array {
  const parent = new Int32Array(order).fill(-1);
  const ancestor = new Int32Array(order).fill(-1);
  for (let k = 0; k < order; k++) {
    for (let p = starts[k]!; p < starts[k + 1]!; p++) {
      let i = rows[p]!;
      while (i !== -1 && i < k) {
        const next = ancestor[i]!;
        ancestor[i] = k;
        if (next === -1) parent[i] = k;
        i = next;
      }
    }
  }
  return parent;
}

interface Factor {
  readonly starts: Int32Array;
  readonly rows: Int32Array;
  readonly values: Float64Array;
  readonly inverse: Float64Array;
  /** Where the next entry of each column goes. */
  readonly filled: Int32Array;
}

/** Row k of the factor by a sparse triangular solve with the rows above it; `row` is zero before and after. */
function eliminateRow(
  k: number,
  matrix: UpperTriangle,
  row: Float64Array,
  pattern: Int32Array,
  first: number,
  { starts, rows, values, inverse, filled }: Factor,
): void {
  for (let p = matrix.starts[k]!; p < matrix.starts[k + 1]!; p++) row[matrix.rows[p]!] = matrix.values[p]!;
  let diagonal = row[k]!;
  row[k] = 0;
  for (let q = first; q < pattern.length; q++) {
    const j = pattern[q]!;
    const value = row[j]! * inverse[j]!;
    row[j] = 0;
    const end = filled[j]!;
    for (let p = starts[j]!; p < end; p++) row[rows[p]!]! -= values[p]! * value;
    diagonal -= value * value;
    rows[end] = k;
    values[end] = value;
    filled[j] = end + 1;
  }
  inverse[k] = 1 / Math.sqrt(diagonal);
}
