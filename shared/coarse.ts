/** Every n-th row and column of a field: what is sent of large fields while they pass quickly. */

interface Values<Data = Float32Array> {
  /** [height, width], row-major. */
  readonly data: Data;
  readonly height: number;
  readonly width: number;
}

/** Typed arrays of any kind. */
interface NumberArray {
  readonly length: number;
  [index: number]: number | bigint;
}

/** Cells that can be read, sent and drawn thirty times a second on two processor cores. */
const cellsInPassing = 2 ** 17;

/** Which rows and columns to leave out of a field of so many cells that passes quickly: 1 where none. */
export function strideInPassing({ height, width }: Pick<Values, 'height' | 'width'>): number {
  return Math.max(1, Math.ceil(Math.sqrt((height * width) / cellsInPassing)));
}

/** Rows and columns 0, n, 2n …: [⌈height / n⌉, ⌈width / n⌉]. */
export function thin<Data extends NumberArray>(
  { data, height, width }: Values<Data>,
  stride: number,
): Values<Data> {
  if (stride === 1) return { data, height, width };
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const thinned = new (data.constructor as new (length: number) => Data)(rows * columns);
  let at = 0;
  for (let row = 0; row < height; row += stride) {
    const start = row * width;
    for (let column = 0; column < width; column += stride) thinned[at++] = data[start + column] as never;
  }
  return { data: thinned, height: rows, width: columns };
}

/** Back to the size of the field that was thinned: what was left out has the value before it. */
export function widen(
  { data, width: columns }: Values,
  { height, width }: Pick<Values, 'height' | 'width'>,
  stride: number,
): Values {
  const whole = new Float32Array(height * width);
  for (let row = 0; row < height; row++) {
    const start = row * width;
    if (row % stride !== 0) {
      whole.copyWithin(start, start - width, start);
      continue;
    }
    let at = start;
    for (let from = (row / stride) * columns; at < start + width; from++) {
      const value = data[from]!;
      const end = Math.min(start + width, at + stride);
      while (at < end) whole[at++] = value;
    }
  }
  return { data: whole, height, width };
}
