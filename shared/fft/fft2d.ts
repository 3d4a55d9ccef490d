/** Two-dimensional Fourier transforms of fields of any size. */
import { Fft } from './fft.ts';

/** Of [height, width] fields, in place and not scaled; tables and work arrays are made once. */
export class Fourier2d {
  readonly height: number;
  readonly width: number;
  readonly #rows: Fft;
  readonly #columns: Fft;
  readonly #turned: readonly [Float64Array, Float64Array];

  constructor(height: number, width: number) {
    this.height = height;
    this.width = width;
    this.#rows = new Fft(width);
    this.#columns = height === width ? this.#rows : new Fft(height);
    this.#turned = [new Float64Array(height * width), new Float64Array(height * width)];
  }

  /** Real and imaginary parts of the field become those of its transform. */
  transform(re: Float64Array, im: Float64Array): void {
    const { height, width } = this;
    const [a, b] = this.#turned;
    // Columns lie as the transform wants them, rows have to be turned there and back.
    this.#columns.forward(re, im, width);
    turn(re, a, height, width);
    turn(im, b, height, width);
    this.#rows.forward(a, b, height);
    turn(a, re, width, height);
    turn(b, im, width, height);
  }
}

/** [rows, columns] → [columns, rows] */
function turn(from: Float64Array, to: Float64Array, rows: number, columns: number): void {
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) to[column * rows + row] = from[row * columns + column]!;
}
