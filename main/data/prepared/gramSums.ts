/**
 * Sums over times of the products of all pairs of a seasonal basis: the matrix of the normal equations, in few numbers.
 * Months are one-hot, so only its diagonal is not zero; products of harmonics of φ are sums of harmonics of up to twice
 * the count, so 4 harmonics need 17 numbers for their 81 products.
 */
import type { SeasonalBasis } from './seasonal.ts';

/** How many numbers stand for the matrix. */
export const sumCount = (basis: SeasonalBasis) => (basis.kind === 'months' ? 12 : 1 + 4 * basis.count);

/** What one time adds to the sums, from the values of the basis at that time. */
export function sumsAt(basis: SeasonalBasis, basisRow: Float64Array): Float64Array {
  if (basis.kind === 'months') return basisRow.slice();
  const sums = new Float64Array(sumCount(basis));
  sums[0] = 1;
  if (basis.count === 0) return sums;
  const phase = Math.atan2(basisRow[2]!, basisRow[1]!);
  for (let m = 1; m <= 2 * basis.count; m++) {
    // Those of the basis itself are taken as they are.
    sums[2 * m - 1] = m <= basis.count ? basisRow[2 * m - 1]! : Math.cos(m * phase);
    sums[2 * m] = m <= basis.count ? basisRow[2 * m]! : Math.sin(m * phase);
  }
  return sums;
}

/** The matrix [terms, terms] that sums stand for. */
export function gramOf(basis: SeasonalBasis, sums: Float64Array): Float64Array {
  if (basis.kind === 'months') {
    const matrix = new Float64Array(144);
    for (let month = 0; month < 12; month++) matrix[month * 13] = sums[month]!;
    return matrix;
  }
  const terms = 1 + 2 * basis.count;
  const matrix = new Float64Array(terms * terms);
  const cosine = (m: number) => (m === 0 ? sums[0]! : sums[2 * Math.abs(m) - 1]!);
  const sine = (m: number) => (m === 0 ? 0 : Math.sign(m) * sums[2 * Math.abs(m)]!);
  for (let i = 0; i < terms; i++) {
    for (let j = 0; j < terms; j++) {
      const [p, q] = [Math.ceil(i / 2), Math.ceil(j / 2)];
      const [pSine, qSine] = [i > 0 && i % 2 === 0, j > 0 && j % 2 === 0];
      matrix[i * terms + j] =
        pSine && qSine
          ? (cosine(p - q) - cosine(p + q)) / 2
          : !pSine && !qSine
            ? (cosine(p - q) + cosine(p + q)) / 2
            : pSine
              ? (sine(p + q) + sine(p - q)) / 2
              : (sine(p + q) - sine(p - q)) / 2;
    }
  }
  return matrix;
}

/** Sums for some of many cells, in blocks, so that none is copied when there are more. */
export class SparseSums {
  private readonly slots: Int32Array;
  private readonly blocks: Float64Array[] = [];
  private used = 0;

  constructor(
    cells: number,
    private readonly width: number,
  ) {
    this.slots = new Int32Array(cells).fill(-1);
  }

  has(cell: number): boolean {
    return this.slots[cell]! >= 0;
  }

  /** Of a cell, which has some from then on; a view of what is kept. */
  of(cell: number): Float64Array {
    let slot = this.slots[cell]!;
    if (slot < 0) {
      slot = this.used++;
      this.slots[cell] = slot;
    }
    const block = Math.floor(slot / cellsPerBlock);
    this.blocks[block] ??= new Float64Array(cellsPerBlock * this.width);
    const first = (slot % cellsPerBlock) * this.width;
    return this.blocks[block].subarray(first, first + this.width);
  }
}

const cellsPerBlock = 4096;
