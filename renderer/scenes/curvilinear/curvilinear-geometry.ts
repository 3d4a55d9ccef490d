/**
 * Where the cells of a curvilinear grid lie on the picture: an equirectangular map on which each is a quadrilateral. What
 * is drawn at a place and what a pointer finds there are read from the same map of cells.
 */
import { greatCircle } from '#shared/transect.ts';
import { aspectOf, type Cell, type Extent, MapGeometry, type PicturePoint } from '../map-geometry.ts';
import { type CellMap, mapCells } from './cell-map.ts';
import { type CellPlaces, hasPlace } from './cell-quads.ts';
import type { Raster } from './raster.ts';

export class CurvilinearGeometry extends MapGeometry {
  override readonly geographic = true;
  override readonly rectilinear = false;
  override readonly rowZeroOnTop: boolean;
  override readonly columnZeroOnLeft: boolean;
  override readonly aspect: number;
  readonly #places: CellPlaces;
  readonly #map: CellMap;

  constructor(places: CellPlaces, map: CellMap) {
    super({ height: places.height, width: places.width, latitudes: null, longitudes: null });
    this.#places = places;
    this.#map = map;
    this.aspect = aspectOf(map.extent) ?? 1;
    const [above, below, before, after] = this.#aroundMiddle();
    this.rowZeroOnTop = (above?.latitude ?? 0) > (below?.latitude ?? 0);
    const eastwards = (after?.longitude ?? 0) - (before?.longitude ?? 0);
    this.columnZeroOnLeft = eastwards - 360 * Math.round(eastwards / 360) >= 0;
  }

  override get extent(): Extent {
    return this.#map.extent;
  }

  /** The number of the cell at every point of the picture, row · width + column. */
  override get lookup(): Raster {
    return this.#map.raster;
  }

  override cellAt({ u, v }: PicturePoint): Cell | null {
    const { raster } = this.#map;
    const cell = raster.at(u * raster.width, v * raster.height);
    if (cell < 0) return null;
    const found = { row: Math.floor(cell / this.width), column: cell % this.width };
    if (this.#map.stride === 1) return found;
    // Not every cell is painted.
    const { west, east, north, south } = this.extent;
    return this.#nearestAround(found, north - v * (north - south), west + u * (east - west));
  }

  /** Outside of the picture where the cell has no place. */
  override pointOf(cell: Cell): PicturePoint {
    const position = this.positionOf(cell);
    if (!position) return { u: Number.NaN, v: Number.NaN };
    return this.project(this.#turned(position.longitude), position.latitude);
  }

  override positionOf({ row, column }: Cell): { latitude: number; longitude: number } | null {
    const cell = row * this.width + column;
    const [latitude, longitude] = [this.#places.latitudes[cell]!, this.#places.longitudes[cell]!];
    return hasPlace(latitude, longitude) ? { latitude, longitude } : null;
  }

  override project(longitude: number, latitude: number): PicturePoint {
    const { west, east, north, south } = this.extent;
    return { u: (longitude - west) / (east - west), v: (north - latitude) / (north - south) };
  }

  override cellNear(longitude: number, latitude: number): Cell | null {
    const { u, v } = this.project(this.#turned(longitude), latitude);
    // The southern rim belongs to the last row.
    const found = this.cellAt({ u, v: v === 1 ? 1 - 1e-9 : v });
    // Cells may be as small as the points of the map.
    return found && this.#nearestAround(found, latitude, longitude);
  }

  /** Places of the cells above and below, before and behind the one in the middle of the grid. */
  #aroundMiddle() {
    const [row, column] = [this.height >> 1, this.width >> 1];
    return [
      { row: row - 1, column },
      { row: Math.min(row + 1, this.height - 1), column },
      { row, column: column - 1 },
      { row, column: Math.min(column + 1, this.width - 1) },
    ].map((cell) => this.positionOf(cell));
  }

  #turned(longitude: number): number {
    const { west } = this.extent;
    return west + ((((longitude - west) % 360) + 360) % 360);
  }

  /** The cell whose centre is the nearest along a great circle, among those around the one that is painted. */
  #nearestAround(cell: Cell, latitude: number, longitude: number): Cell {
    const { stride } = this.#map;
    let best = cell;
    let least = Number.POSITIVE_INFINITY;
    for (let row = cell.row - stride; row <= cell.row + stride; row++)
      for (let right = -stride; right <= stride; right++) {
        const column = (cell.column + right + this.width) % this.width;
        if (row < 0 || row >= this.height) continue;
        const position = this.positionOf({ row, column });
        const away = position ? greatCircle(position, { latitude, longitude }) : Number.POSITIVE_INFINITY;
        if (away < least) [best, least] = [{ row, column }, away];
      }
    return best;
  }
}

/** The latest, newest last: variables of a file, its dataset and forecasts from that share a grid. */
const made: { places: CellPlaces; geometry: MapGeometry }[] = [];
const kept = 3;

/** Cells in the order of the file where none has a place. */
export function geometryOf(places: CellPlaces): MapGeometry {
  const known = made.find((each) => isSame(each.places, places));
  if (known) return known.geometry;
  const map = mapCells(places);
  const geometry = map
    ? new CurvilinearGeometry(places, map)
    : new MapGeometry({ ...places, latitudes: null, longitudes: null });
  made.push({ places, geometry });
  if (made.length > kept) made.shift();
  return geometry;
}

function isSame(a: CellPlaces, b: CellPlaces): boolean {
  if (a.height !== b.height || a.width !== b.width) return false;
  const equal = (one: Float32Array, other: Float32Array) => {
    // NaN differs from itself; places that are missing are the same.
    for (let i = 0; i < one.length; i++) if (!Object.is(one[i], other[i])) return false;
    return true;
  };
  return equal(a.latitudes, b.latitudes) && equal(a.longitudes, b.longitudes);
}
