/** A grid of numbers into which quadrilaterals are painted: which cell lies at each of its points. */

export const nothing = -1;

export class Raster {
  readonly width: number;
  readonly height: number;
  /** Row-major; a cell's number, or −1. Float32 holds whole numbers up to 2²⁴ and is what textures hold. */
  readonly data: Float32Array;

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.data = new Float32Array(width * height).fill(nothing);
  }

  /** Points lie in the middle of squares of side 1. */
  at(x: number, y: number): number {
    const [column, row] = [Math.floor(x), Math.floor(y)];
    const inside = column >= 0 && row >= 0 && column < this.width && row < this.height;
    return inside ? this.data[row * this.width + column]! : nothing;
  }

  /**
   * Paints every point between the outermost edges of a quadrilateral, its rim included.
   * @param xs four places to the right, in order around it
   */
  paint(xs: ArrayLike<number>, ys: ArrayLike<number>, shift: number, cell: number): void {
    const top = Math.max(0, Math.ceil(Math.min(ys[0]!, ys[1]!, ys[2]!, ys[3]!) - 0.5 - rim));
    const bottom = Math.min(
      this.height - 1,
      Math.floor(Math.max(ys[0]!, ys[1]!, ys[2]!, ys[3]!) - 0.5 + rim),
    );
    for (let row = top; row <= bottom; row++) {
      const y = row + 0.5;
      let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      for (let i = 0; i < 4; i++) {
        const j = (i + 1) & 3;
        const [a, b] = [ys[i]!, ys[j]!];
        if (Math.min(a, b) > y + rim || Math.max(a, b) < y - rim) continue;
        const share = a === b ? 0 : Math.min(1, Math.max(0, (y - a) / (b - a)));
        const x = xs[i]! + share * (xs[j]! - xs[i]!);
        if (x < from) from = x;
        if (x > to) to = x;
        if (a === b) {
          from = Math.min(from, xs[j]!);
          to = Math.max(to, xs[j]!);
        }
      }
      const first = Math.max(0, Math.ceil(from + shift - 0.5 - rim));
      const last = Math.min(this.width - 1, Math.floor(to + shift - 0.5 + rim));
      const start = row * this.width;
      if (first <= last) this.data.fill(cell, start + first, start + last + 1);
    }
  }

  /** Closes cracks of one or two points, which are left where a grid meets itself without sharing its corners. */
  close(): void {
    const { data, width, height } = this;
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const at = row * width + column;
        if (data[at] !== nothing) continue;
        const left = column > 0 ? data[at - 1]! : nothing;
        const above = row > 0 ? data[at - width]! : nothing;
        if (left !== nothing && this.#within(at, 1, width - 1 - column)) data[at] = left;
        else if (above !== nothing && this.#within(at, width, height - 1 - row)) data[at] = above;
      }
  }

  #within(at: number, step: number, left: number): boolean {
    return (
      (left >= 1 && this.data[at + step] !== nothing) || (left >= 2 && this.data[at + 2 * step] !== nothing)
    );
  }
}

/** What rounding may move the rim of a quadrilateral, in points. */
const rim = 1e-3;
