/**
 * Large maps, coarse, kept while a file is read for its rhythm and its statistics: who then moves along the time line
 * finds in memory what was decoded a moment before (`shared/coarse.ts`).
 */
import { strideInPassing, thin } from '#shared/coarse.ts';
import type { Grid } from './cf/grid.ts';
import { sliceIndex } from './cf/slab.ts';
import { type DataFile, type DataVariable, product } from './formats/dataFile.ts';

type Slices = Readonly<Record<string, number>>;

/** Told of what is read. */
export interface FrameKeeper {
  /** One time of the whole map, decoded, [height, width]. */
  frame(time: number, values: Float32Array): void;
  /** A decoded block of the variable, row-major in the order of its own dimensions. */
  block(start: readonly number[], count: readonly number[], values: Float64Array): void;
}

export class CoarseFrames {
  readonly #mostBytes: number;
  /** A file that changed on disk is another one, so what was kept of it is never found again. */
  readonly #numbers = new WeakMap<DataFile, number>();
  #files = 0;
  /** By series: one variable of a file at chosen places of its further dimensions; the one read last is last. */
  readonly #series = new Map<string, Map<number, Float32Array>>();
  #bytes = 0;

  constructor(mostBytes = 64 * 1024 * 1024) {
    this.#mostBytes = mostBytes;
  }

  /** Null for maps that are not made coarse when they pass, and for those without rows, columns and times in this order. */
  keeper(file: DataFile, grid: Grid, slices: Slices = {}): FrameKeeper | null {
    const { time, y, x, height, width, variable } = grid;
    const stride = strideInPassing({ height, width });
    const { shape } = variable;
    if (stride === 1 || time === null || y !== shape.length - 2 || x !== shape.length - 1 || time > y)
      return null;
    const key = this.#key(file, variable, slices);
    const size = Math.ceil(height / stride) * Math.ceil(width / stride) * Float32Array.BYTES_PER_ELEMENT;
    const keep = (at: number, data: Float32Array | Float64Array) => {
      if (!this.#series.get(key)?.has(at) && this.#makeRoom(key, size))
        this.#keep(key, at, Float32Array.from(thin({ data, height, width }, stride).data));
    };
    return {
      frame: keep,
      block: (start, count, values) => {
        if (count[y] !== height || count[x] !== width) return;
        let first = 0;
        for (let place = 0; place < y; place++) {
          if (place === time) continue;
          const inside = sliceIndex(grid, place, slices) - start[place]!;
          if (inside < 0 || inside >= count[place]!) return;
          first += inside * product(count.slice(place + 1));
        }
        const step = product(count.slice(time + 1));
        for (let t = 0; t < count[time]!; t++)
          keep(start[time]! + t, values.subarray(first + t * step, first + t * step + height * width));
      },
    };
  }

  /** Every `stride`-th row and column of one time, if it is here: [⌈height / stride⌉, ⌈width / stride⌉]. */
  find(
    file: DataFile,
    variable: DataVariable,
    { time = 0, stride, slices = {} }: { time?: number; stride: number; slices?: Slices },
  ): Float32Array | undefined {
    const [height = 0, width = 0] = variable.shape.slice(-2);
    if (stride === 1 || stride !== strideInPassing({ height, width })) return undefined;
    return this.#series.get(this.#key(file, variable, slices))?.get(time);
  }

  #key(file: DataFile, variable: DataVariable, slices: Slices): string {
    let number = this.#numbers.get(file);
    if (number === undefined) {
      this.#files += 1;
      number = this.#files;
      this.#numbers.set(file, number);
    }
    const chosen = Object.entries(slices).filter(([, index]) => index !== 0);
    return JSON.stringify([number, variable.path, chosen.sort(([a], [b]) => (a < b ? -1 : 1))]);
  }

  /** The series read longest ago go; of a single one that is too long its first frames stay. */
  #makeRoom(key: string, bytes: number): boolean {
    for (const [other, frames] of this.#series) {
      if (this.#bytes + bytes <= this.#mostBytes) break;
      if (other === key) continue;
      for (const frame of frames.values()) this.#bytes -= frame.byteLength;
      this.#series.delete(other);
    }
    return this.#bytes + bytes <= this.#mostBytes;
  }

  #keep(key: string, time: number, data: Float32Array): void {
    const series = this.#series.get(key) ?? new Map<number, Float32Array>();
    this.#series.delete(key);
    this.#series.set(key, series.set(time, data));
    this.#bytes += data.byteLength;
  }
}
