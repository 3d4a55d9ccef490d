/** Doubly periodic real fields and their spectra, cut off at two thirds so that products are free of aliasing. */
import { Fft } from '#shared/fft/fft.ts';

/** A half spectrum, [columns, kept + 1]: every zonal wavenumber (negative ones in the upper half), meridional ones ≥ 0. */
export interface Spectrum {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

export class SpectralGrid {
  readonly rows: number;
  readonly columns: number;
  /** Largest zonal and meridional wavenumber index that is kept, below a third of the number of points. */
  readonly keptX: number;
  readonly keptY: number;
  /** Length of a row of a half spectrum. */
  readonly half: number;
  /** Zonal wavenumber of each row and meridional of each column of a half spectrum, in radians per unit of length. */
  readonly kx: Float64Array;
  readonly ky: Float64Array;
  /** Magnitude of the wavenumber, and its inverse with 0 for the mean, as half spectra. */
  readonly k: Float64Array;
  readonly inverseK: Float64Array;
  readonly #alongX: Fft;
  readonly #alongY: Fft;
  /** Scratch: a whole spectrum with kept meridional wavenumbers, and a field. */
  readonly #wide: Spectrum;
  readonly #field: Spectrum;

  /** `rows` × `columns` points, even numbers, on `height` × `width`. */
  constructor(rows: number, columns: number, height: number, width: number) {
    this.rows = rows;
    this.columns = columns;
    this.keptX = Math.ceil(columns / 3) - 1;
    this.keptY = Math.ceil(rows / 3) - 1;
    this.half = this.keptY + 1;
    this.#alongX = new Fft(columns);
    this.#alongY = new Fft(rows);
    const signed = (i: number) => (i <= columns / 2 ? i : i - columns);
    this.kx = Float64Array.from({ length: columns }, (_, i) => (2 * Math.PI * signed(i)) / width);
    this.ky = Float64Array.from({ length: this.half }, (_, j) => (2 * Math.PI * j) / height);
    this.k = new Float64Array(columns * this.half);
    for (let i = 0; i < columns; i++) {
      for (let j = 0; j < this.half; j++) this.k[i * this.half + j] = Math.hypot(this.kx[i]!, this.ky[j]!);
    }
    this.inverseK = this.k.map((k) => (k === 0 ? 0 : 1 / k));
    this.#wide = pair(columns * (2 * this.keptY + 1));
    this.#field = pair(rows * columns);
  }

  /** An empty half spectrum. */
  spectrum(): Spectrum {
    return pair(this.columns * this.half);
  }

  /** Whether a row of a half spectrum is kept; the others are zero. */
  keeps(row: number): boolean {
    return row <= this.keptX || row >= this.columns - this.keptX;
  }

  /** Row of the opposite zonal wavenumber. */
  opposite(row: number): number {
    return row === 0 ? 0 : this.columns - row;
  }

  /** How often a column of the half spectrum counts in a sum over the whole one. */
  weight(column: number): number {
    return column === 0 ? 1 : 2;
  }

  /**
   * Two real fields at once, both derived from the spectrum s: the complex field f + i g whose spectrum is
   * scale · (x kx + y ky) · s, with the complex constants x and y. The answer is scratch [rows, columns], f in `re` and
   * g in `im`, until the next call. The gradient, for one, has x = i and y = i·i = −1.
   */
  invertPair(s: Spectrum, multiplier: PairMultiplier): Spectrum {
    const { columns, half, keptY, kx, ky } = this;
    const { re, im } = this.#wide;
    const width = 2 * keptY + 1;
    const { scale, x, y } = multiplier;
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < columns; i++) {
      if (!this.keeps(i)) continue;
      const mirrored = this.opposite(i) * width;
      for (let j = 0; j < half; j++) {
        const at = i * half + j;
        const f = scale === null ? 1 : scale[at]!;
        const mr = f * (x[0] * kx[i]! + y[0] * ky[j]!);
        const mi = f * (x[1] * kx[i]! + y[1] * ky[j]!);
        const sr = s.re[at]!;
        const si = s.im[at]!;
        re[i * width + j] = mr * sr - mi * si;
        im[i * width + j] = mr * si + mi * sr;
        if (j === 0) continue;
        // At −(kx, ky) a real field has the conjugate, and the multiplier the other sign.
        re[mirrored + width - j] = -mr * sr - mi * si;
        im[mirrored + width - j] = mr * si - mi * sr;
      }
    }
    return this.#toField();
  }

  /** The real field [rows, columns] of a half spectrum. */
  invert(s: Spectrum, into: Float64Array): void {
    const { columns, half, keptY } = this;
    const { re, im } = this.#wide;
    const width = 2 * keptY + 1;
    re.fill(0);
    im.fill(0);
    for (let i = 0; i < columns; i++) {
      if (!this.keeps(i)) continue;
      const mirrored = this.opposite(i) * width;
      for (let j = 0; j < half; j++) {
        const sr = s.re[i * half + j]!;
        const si = s.im[i * half + j]!;
        re[i * width + j] = sr;
        im[i * width + j] = si;
        if (j === 0) continue;
        re[mirrored + width - j] = sr;
        im[mirrored + width - j] = -si;
      }
    }
    into.set(this.#toField().re);
  }

  /** From the kept wavenumbers in `#wide` to `#field`. */
  #toField(): Spectrum {
    const { rows, columns, keptY } = this;
    const { re, im } = this.#wide;
    const field = this.#field;
    const width = 2 * keptY + 1;
    this.#alongX.inverse(re, im, width);
    field.re.fill(0);
    field.im.fill(0);
    for (let j = 0; j < width; j++) {
      const row = (j <= keptY ? j : rows - width + j) * columns;
      for (let x = 0; x < columns; x++) {
        field.re[row + x] = re[x * width + j]!;
        field.im[row + x] = im[x * width + j]!;
      }
    }
    this.#alongY.inverse(field.re, field.im, columns);
    return field;
  }

  /** The half spectrum of a real field [rows, columns]: Σ over the whole spectrum of |s|² is the field's mean square. */
  transform(field: Float64Array, into: Spectrum): void {
    const { rows, columns, half } = this;
    const [re, im] = [this.#field.re, this.#field.im];
    const middle = columns / 2;
    // Two real columns make one complex one.
    for (let y = 0; y < rows; y++) {
      for (let c = 0; c < middle; c++) {
        re[y * middle + c] = field[y * columns + c]!;
        im[y * middle + c] = field[y * columns + middle + c]!;
      }
    }
    this.#alongY.forward(re, im, middle);
    const factor = 1 / (2 * rows * columns);
    for (let j = 0; j < half; j++) {
      const [plus, minus] = [j * middle, (j === 0 ? 0 : rows - j) * middle];
      for (let c = 0; c < middle; c++) {
        const pr = re[plus + c]!;
        const pi = im[plus + c]!;
        const mr = re[minus + c]!;
        const mi = im[minus + c]!;
        into.re[c * half + j] = factor * (pr + mr);
        into.im[c * half + j] = factor * (pi - mi);
        into.re[(c + middle) * half + j] = factor * (pi + mi);
        into.im[(c + middle) * half + j] = factor * (mr - pr);
      }
    }
    this.#alongX.forward(into.re, into.im, half);
    into.re.fill(0, (this.keptX + 1) * half, (columns - this.keptX) * half);
    into.im.fill(0, (this.keptX + 1) * half, (columns - this.keptX) * half);
  }
}

/** See {@link SpectralGrid.invertPair}: an optional real scale (a half spectrum) and two complex constants. */
export interface PairMultiplier {
  readonly scale: Float64Array | null;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
}

function pair(length: number): Spectrum {
  return { re: new Float64Array(length), im: new Float64Array(length) };
}
