/**
 * Where a grid's cells lie on the picture. A picture shows the grid cell by cell (equirectangular, true to
 * scale at its middle latitude); coastlines, graticule and probes are brought into the same space through the
 * cells' edges, so that uneven grids stay correct. Picture coordinates: u from the left, v from the top, 0–1.
 */

export interface Grid {
  height: number;
  width: number;
  /** Of the cell centres, degrees north; ascending or descending; null: index coordinates. */
  latitudes: readonly number[] | null;
  /** Of the cell centres, degrees east; may wrap; null: index coordinates. */
  longitudes: readonly number[] | null;
}

export interface Cell {
  row: number;
  column: number;
}

export interface PicturePoint {
  u: number;
  v: number;
}

/** Degrees; `east` may exceed 180 or 360. */
export interface Extent {
  south: number;
  north: number;
  west: number;
  east: number;
}

export interface GraticuleLine {
  /** Degrees. */
  value: number;
  /** u for a meridian, v for a parallel. */
  at: number;
}

export class MapGeometry {
  readonly height: number;
  readonly width: number;
  readonly geographic: boolean;
  /** Whether rows are latitudes and columns longitudes, so that a box of cells is one in degrees. */
  readonly rectilinear: boolean;
  /** Whether row 0 is the picture's top row. Index grids count upwards, as ocean models do. */
  readonly rowZeroOnTop: boolean;
  readonly columnZeroOnLeft: boolean;
  /** Width over height of the whole picture. */
  readonly aspect: number;
  /** Unwrapped, west to east and north to south as drawn; null without geography. */
  readonly #rowEdges: number[] | null;
  readonly #columnEdges: number[] | null;
  readonly #latitudes: readonly number[] | null;
  readonly #longitudes: readonly number[] | null;

  constructor(grid: Grid) {
    this.height = grid.height;
    this.width = grid.width;
    this.#latitudes = grid.latitudes;
    this.#longitudes = grid.longitudes === null ? null : unwrap(grid.longitudes);
    this.geographic = this.#latitudes !== null && this.#longitudes !== null;
    this.rectilinear = this.geographic;
    this.rowZeroOnTop = (this.#latitudes?.[0] ?? 0) > (this.#latitudes?.at(-1) ?? 0);
    this.columnZeroOnLeft = (this.#longitudes?.[0] ?? 0) <= (this.#longitudes?.at(-1) ?? 0);
    const rows = this.#latitudes ? edges(this.#latitudes).map((edge) => clamp(edge, -90, 90)) : null;
    const columns = this.#longitudes ? edges(this.#longitudes) : null;
    this.#rowEdges = rows && !this.rowZeroOnTop ? rows.reverse() : rows;
    this.#columnEdges = columns && !this.columnZeroOnLeft ? columns.reverse() : columns;
    const extent = this.#edgesOfAll();
    this.aspect = (extent && aspectOf(extent)) ?? this.width / this.height;
  }

  /** Degrees; null without geography. `east` may exceed 180 or 360. */
  get extent(): Extent | null {
    return this.#edgesOfAll();
  }

  #edgesOfAll(): Extent | null {
    const rows = this.#rowEdges;
    const columns = this.#columnEdges;
    if (!rows || !columns) return null;
    return {
      north: rows[0] ?? 90,
      south: rows.at(-1) ?? -90,
      west: columns[0] ?? 0,
      east: columns.at(-1) ?? 360,
    };
  }

  /** Of curvilinear grids the number of the cell at each point of the picture, from its upper left corner; null where cells fill it in their order. */
  get lookup(): { readonly data: Float32Array; readonly width: number; readonly height: number } | null {
    return null;
  }

  cellAt(point: PicturePoint): Cell | null {
    if (!(point.u >= 0 && point.u < 1 && point.v >= 0 && point.v < 1)) return null;
    const down = Math.floor(point.v * this.height);
    const right = Math.floor(point.u * this.width);
    return {
      row: this.rowZeroOnTop ? down : this.height - 1 - down,
      column: this.columnZeroOnLeft ? right : this.width - 1 - right,
    };
  }

  /** The cell's centre. */
  pointOf(cell: Cell): PicturePoint {
    const down = this.rowZeroOnTop ? cell.row : this.height - 1 - cell.row;
    const right = this.columnZeroOnLeft ? cell.column : this.width - 1 - cell.column;
    return { u: (right + 0.5) / this.width, v: (down + 0.5) / this.height };
  }

  positionOf(cell: Cell): { latitude: number; longitude: number } | null {
    const latitude = this.#latitudes?.[cell.row];
    const longitude = this.#longitudes?.[cell.column];
    return latitude === undefined || longitude === undefined ? null : { latitude, longitude };
  }

  /** Longitude has to be in the picture's own turn; a place beyond the edges is continued straight on. */
  project(longitude: number, latitude: number): PicturePoint | null {
    if (!this.#rowEdges || !this.#columnEdges) return null;
    return {
      u: position(this.#columnEdges, longitude) / this.width,
      v: position(this.#rowEdges, latitude) / this.height,
    };
  }

  /** The inverse of {@link project}. Null off the picture and without geography. */
  placeAt({ u, v }: PicturePoint): { latitude: number; longitude: number } | null {
    const inside = u >= 0 && u <= 1 && v >= 0 && v <= 1;
    if (!inside || !this.#rowEdges || !this.#columnEdges) return null;
    return {
      longitude: valueAt(this.#columnEdges, u * this.width),
      latitude: valueAt(this.#rowEdges, v * this.height),
    };
  }

  /** Whether the last column has the first one as its neighbour, all around the earth. */
  get periodic(): boolean {
    const { extent } = this;
    return extent !== null && Math.abs(extent.east - extent.west - 360) < 180 / this.width;
  }

  /** The cell whose centre is nearest to a place; null when it lies off the grid or there is no geography. */
  cellNear(longitude: number, latitude: number): Cell | null {
    const extent = this.extent;
    if (!extent) return null;
    const turned = extent.west + ((((longitude - extent.west) % 360) + 360) % 360);
    const point = this.project(turned, latitude);
    return point && this.cellAt(point);
  }

  parallels(): GraticuleLine[] {
    const extent = this.extent;
    if (!extent) return [];
    return ticks(extent.south, extent.north, 5)
      .map((value) => ({ value, at: this.project(extent.west, value)?.v ?? -1 }))
      .filter((line) => line.at > 0 && line.at < 1);
  }

  meridians(): GraticuleLine[] {
    const extent = this.extent;
    if (!extent) return [];
    return ticks(extent.west, extent.east, 7)
      .map((value) => ({ value, at: this.project(value, 0)?.u ?? -1 }))
      .filter((line) => line.at > 0 && line.at < 1);
  }
}

/** Width over height, true to scale at the middle latitude; null where that is no number. */
export function aspectOf({ south, north, west, east }: Extent): number | null {
  const middle = ((north + south) / 2) * (Math.PI / 180);
  const aspect = ((east - west) * Math.cos(middle)) / (north - south);
  return Number.isFinite(aspect) && aspect > 0 ? clamp(aspect, 0.05, 20) : null;
}

/** Adds whole turns so that neighbours differ by less than half a turn. */
export function unwrap(longitudes: readonly number[]): number[] {
  const result: number[] = [];
  let before = longitudes[0] ?? 0;
  for (const longitude of longitudes) {
    const here = longitude + 360 * Math.round((before - longitude) / 360);
    result.push(here);
    before = here;
  }
  return result;
}

/** n centres → n + 1 edges halfway between; the outer cells are as wide as their neighbours. */
export function edges(centres: readonly number[]): number[] {
  const first = centres[0] ?? 0;
  if (centres.length < 2) return [first - 0.5, first + 0.5];
  const inner = centres.slice(1).map((centre, at) => (centre + (centres[at] ?? centre)) / 2);
  const last = centres.at(-1) ?? first;
  return [2 * first - (inner[0] ?? first), ...inner, 2 * last - (inner.at(-1) ?? last)];
}

/** Fractional index of a value among monotone edges. */
function position(values: readonly number[], value: number): number {
  const rising = (values.at(-1) ?? 0) > (values[0] ?? 0);
  let low = 0;
  let high = values.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((values[middle] ?? 0) <= value === rising) low = middle;
    else high = middle;
  }
  const from = values[low] ?? 0;
  const to = values[high] ?? 1;
  return to === from ? low : low + (value - from) / (to - from);
}

/** The inverse of {@link position}. */
function valueAt(values: readonly number[], index: number): number {
  const low = Math.min(values.length - 2, Math.floor(index));
  const from = values[low] ?? 0;
  return from + (index - low) * ((values[low + 1] ?? from) - from);
}

function ticks(from: number, to: number, most: number): number[] {
  const step =
    [0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 90].find((size) => (to - from) / size <= most) ?? 90;
  const result: number[] = [];
  for (let at = Math.ceil(from / step); at * step <= to; at += 1) result.push(Number((at * step).toFixed(6)));
  return result;
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
