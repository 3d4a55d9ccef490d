/** Reads decoded blocks as [time, row, column], whatever the order of the variable's own dimensions. */
import { thin } from '#shared/coarse.ts';
import { DriftcastError } from '#shared/errors.ts';
import { bytesPerValue, type DataFile, hasDefaultFill, product, type RawArray } from '../formats/dataFile.ts';
import { type Decoder, decoderOf } from './decode.ts';
import type { Grid } from './grid.ts';

export interface Run {
  readonly first: number;
  readonly count: number;
}

/** Rows and columns to read; columns may come in two runs where a region crosses the edge of the file's map. */
export interface Window {
  readonly rows: Run;
  readonly columns: readonly Run[];
}

export function wholeWindow(grid: Grid): Window {
  return { rows: { first: 0, count: grid.height }, columns: [{ first: 0, count: grid.width }] };
}

export const windowWidth = (window: Window) => window.columns.reduce((sum, run) => sum + run.count, 0);

/** Indices chosen for the dimensions that are neither time nor space. Throws `bad-input` outside of them. */
export function sliceIndex(grid: Grid, place: number, slices: Readonly<Record<string, number>>): number {
  const { dimension } = grid.axes[place]!;
  const index = slices[dimension.name] ?? slices[dimension.path] ?? 0;
  if (Number.isInteger(index) && index >= 0 && index < dimension.size) return index;
  throw new DriftcastError(
    'bad-input',
    `The dimension ${dimension.name} of ${grid.variable.path} has no index ${index}.`,
    `Choose an index from 0 to ${dimension.size - 1}.`,
  );
}

export class SlabReader {
  private readonly decoder: Decoder;

  constructor(
    private readonly file: DataFile,
    readonly grid: Grid,
    private readonly window: Window,
    private readonly slices: Readonly<Record<string, number>> = {},
  ) {
    this.decoder = decoderOf(grid.variable, hasDefaultFill(file));
  }

  /** Number of cells of one time. */
  get cells(): number {
    return this.window.rows.count * windowWidth(this.window);
  }

  /**
   * Times that are best read together: whole chunks, within a budget of decoded bytes; and not many more bytes are
   * touched in the file, so that a window of few cells is read in steps between which the work can be ended.
   */
  timesPerRead(budget: number): number {
    const { grid } = this;
    if (grid.time === null) return 1;
    const chunk = grid.variable.chunks?.[grid.time] ?? 1;
    const size = Math.max(4, bytesPerValue(grid.variable.type));
    const decoded = Math.max(1, Math.floor(budget / (this.cells * size)));
    const touched = Math.max(chunk, Math.floor(budget / (this.touchedCells() * size)));
    const affordable = Math.min(decoded, touched);
    return affordable <= chunk ? affordable : affordable - (affordable % chunk);
  }

  /** Values of one time that are read from the file to get the window's: whole chunks, or whole pages of a disk. */
  private touchedCells(): number {
    const { grid, window } = this;
    const { chunks, shape, type } = grid.variable;
    if (!chunks) return Math.max(this.cells, 4096 / bytesPerValue(type));
    const along = (place: number | null, { first, count }: Run): number => {
      if (place === null) return 1;
      const chunk = chunks[place]!;
      return (Math.floor((first + count - 1) / chunk) - Math.floor(first / chunk) + 1) * chunk;
    };
    const columns = window.columns.reduce((sum, run) => sum + along(grid.x, run), 0);
    const others = shape.map((_, place) =>
      [grid.time, grid.y, grid.x].includes(place) ? 1 : chunks[place]!,
    );
    return along(grid.y, window.rows) * columns * product(others);
  }

  /** Decoded values of `count` times, [count, rows, columns], NaN where missing. */
  async read<T extends Float32Array | Float64Array>(firstTime: number, count: number, out: T): Promise<T> {
    const { window } = this;
    const width = windowWidth(window);
    if (window.columns.length === 1) return this.readRun(firstTime, count, window.columns[0]!, out);
    let column = 0;
    for (const run of window.columns) {
      const block = await this.readRun(firstTime, count, run, out);
      for (let row = 0; row < count * window.rows.count; row++) {
        out.set(block.subarray(row * run.count, (row + 1) * run.count), row * width + column);
      }
      column += run.count;
    }
    return out;
  }

  /**
   * Decoded values of one time in every `stride`-th row and column, [⌈rows / stride⌉, ⌈columns / stride⌉]; where the
   * variable's dimensions are in the usual order nothing else is decoded.
   */
  async readCoarse(time: number, stride: number): Promise<Float32Array> {
    const { rows, columns } = this.window;
    const size = { height: rows.count, width: windowWidth(this.window) };
    if (columns.length > 1 || !this.inOrder)
      return thin({ ...size, data: await this.read(time, 1, new Float32Array(this.cells)) }, stride).data;
    const { data } = thin({ ...size, data: await this.readRaw(time, 1, columns[0]!) }, stride);
    return this.decoder.decode(data, new Float32Array(data.length));
  }

  /** Whether time, rows and columns follow each other in this order. */
  private get inOrder(): boolean {
    const places = [this.grid.time, this.grid.y, this.grid.x].filter((place) => place !== null);
    return places.every((place, i) => i === 0 || places[i - 1]! < place);
  }

  private runs(firstTime: number, count: number, columns: Run): Run[] {
    const { grid, window } = this;
    return grid.axes.map((_, place): Run => {
      if (place === grid.time) return { first: firstTime, count };
      if (place === grid.y) return window.rows;
      if (place === grid.x) return columns;
      return { first: sliceIndex(grid, place, this.slices), count: 1 };
    });
  }

  private readRaw(firstTime: number, count: number, columns: Run): Promise<RawArray> {
    const runs = this.runs(firstTime, count, columns);
    return this.file.read(
      this.grid.variable,
      runs.map((run) => run.first),
      runs.map((run) => run.count),
    );
  }

  private async readRun<T extends Float32Array | Float64Array>(
    firstTime: number,
    count: number,
    columns: Run,
    out: T,
  ): Promise<T> {
    const { grid, window } = this;
    const raw = await this.readRaw(firstTime, count, columns);
    const size = count * window.rows.count * columns.count;
    const whole = columns.count === windowWidth(window);
    const make = (length: number) =>
      (out instanceof Float32Array ? new Float32Array(length) : new Float64Array(length)) as T;
    const target = whole && out.length === size ? out : make(size);
    if (this.inOrder) return this.decoder.decode(raw, target);
    const decoded = this.decoder.decode(raw, make(size));
    const runs = this.runs(firstTime, count, columns);
    const strides = runs.map((_, i) => product(runs.slice(i + 1).map((run) => run.count)));
    const stride = (place: number | null) => (place === null ? 0 : strides[place]!);
    const [st, sy, sx] = [stride(grid.time), stride(grid.y), stride(grid.x)];
    let at = 0;
    for (let t = 0; t < count; t++) {
      for (let y = 0; y < window.rows.count; y++) {
        for (let x = 0; x < columns.count; x++) target[at++] = decoded[t * st + y * sy + x * sx]!;
      }
    }
    return target;
  }
}
