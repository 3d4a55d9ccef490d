/**
 * Discrete Fourier transforms of any length, for what is neither training nor sampling and so has no tensor library:
 * spectra of fields. Radix 2 where the length is a power of two, Bluestein's chirp z-transform (1970) elsewhere.
 */

/** Transforms of one length; its tables are made once, its work arrays are reused. */
export class Fourier {
  readonly length: number;
  readonly #size: number;
  readonly #cosine: Float64Array;
  readonly #sine: Float64Array;
  readonly #chirp: {
    re: Float64Array;
    im: Float64Array;
    filterRe: Float64Array;
    filterIm: Float64Array;
  } | null;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  constructor(length: number) {
    this.length = length;
    const isPower = (length & (length - 1)) === 0;
    let size = 1;
    while (size < (isPower ? length : 2 * length - 1)) size *= 2;
    this.#size = size;
    this.#cosine = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sine = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    this.#re = new Float64Array(isPower ? 0 : size);
    this.#im = new Float64Array(isPower ? 0 : size);
    this.#chirp = isPower ? null : this.#makeChirp();
  }

  /** In place: X_k = Σ_n x_n e^(−2πi nk / N), not scaled. Both arrays have `length` values. */
  transform(re: Float64Array, im: Float64Array): void {
    const chirp = this.#chirp;
    if (chirp === null) {
      this.#powerOfTwo(re, im);
      return;
    }
    const [a, b] = [this.#re, this.#im];
    a.fill(0);
    b.fill(0);
    for (let n = 0; n < this.length; n++) {
      a[n] = re[n]! * chirp.re[n]! + im[n]! * chirp.im[n]!;
      b[n] = im[n]! * chirp.re[n]! - re[n]! * chirp.im[n]!;
    }
    this.#powerOfTwo(a, b);
    // The conjugate of the product, so that another forward transform is the inverse one.
    for (let k = 0; k < this.#size; k++) {
      const [x, y] = [a[k]!, b[k]!];
      a[k] = x * chirp.filterRe[k]! - y * chirp.filterIm[k]!;
      b[k] = -(x * chirp.filterIm[k]! + y * chirp.filterRe[k]!);
    }
    this.#powerOfTwo(a, b);
    for (let k = 0; k < this.length; k++) {
      const [x, y] = [a[k]! / this.#size, -b[k]! / this.#size];
      re[k] = x * chirp.re[k]! + y * chirp.im[k]!;
      im[k] = y * chirp.re[k]! - x * chirp.im[k]!;
    }
  }

  /** e^(iπn²/N) and the transform of its circular extension; n² is taken modulo 2N to keep the angle exact. */
  #makeChirp() {
    const { length } = this;
    const size = this.#size;
    const angle = (n: number) => (Math.PI * ((n * n) % (2 * length))) / length;
    const re = Float64Array.from({ length }, (_, n) => Math.cos(angle(n)));
    const im = Float64Array.from({ length }, (_, n) => Math.sin(angle(n)));
    const filterRe = new Float64Array(size);
    const filterIm = new Float64Array(size);
    for (let n = 0; n < length; n++) {
      for (const place of n === 0 ? [0] : [n, size - n]) {
        filterRe[place] = re[n]!;
        filterIm[place] = im[n]!;
      }
    }
    this.#powerOfTwo(filterRe, filterIm);
    return { re, im, filterRe, filterIm };
  }

  /** Cooley and Tukey, in place: bit reversal, then butterflies of growing span. */
  #powerOfTwo(re: Float64Array, im: Float64Array): void {
    const size = this.#size;
    for (let i = 1, j = 0; i < size; i++) {
      let bit = size >> 1;
      for (; j & bit; bit >>= 1) j ^= bit;
      j ^= bit;
      if (i >= j) continue;
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
    for (let span = 1; span < size; span *= 2) {
      const stride = size / (2 * span);
      for (let first = 0; first < size; first += 2 * span) {
        for (let k = 0; k < span; k++) {
          const [c, s] = [this.#cosine[k * stride]!, this.#sine[k * stride]!];
          const [here, there] = [first + k, first + k + span];
          const x = re[there]! * c + im[there]! * s;
          const y = im[there]! * c - re[there]! * s;
          re[there] = re[here]! - x;
          im[there] = im[here]! - y;
          re[here]! += x;
          im[here]! += y;
        }
      }
    }
  }
}

/** Two-dimensional transforms of [height, width] fields, in place and not scaled. */
export class Fourier2d {
  readonly height: number;
  readonly width: number;
  readonly #rows: Fourier;
  readonly #columns: Fourier;

  constructor(height: number, width: number) {
    this.height = height;
    this.width = width;
    this.#rows = new Fourier(width);
    this.#columns = height === width ? this.#rows : new Fourier(height);
  }

  transform(re: Float64Array, im: Float64Array): void {
    const { height, width } = this;
    for (let row = 0; row < height; row++)
      this.#rows.transform(
        re.subarray(row * width, (row + 1) * width),
        im.subarray(row * width, (row + 1) * width),
      );
    const [a, b] = [new Float64Array(height), new Float64Array(height)];
    for (let column = 0; column < width; column++) {
      for (let row = 0; row < height; row++) {
        a[row] = re[row * width + column]!;
        b[row] = im[row * width + column]!;
      }
      this.#columns.transform(a, b);
      for (let row = 0; row < height; row++) {
        re[row * width + column] = a[row]!;
        im[row * width + column] = b[row]!;
      }
    }
  }
}
