/**
 * Which cell of a curvilinear grid lies at each place of an equirectangular map: made once for a grid, so that a picture
 * of it changes with its values alone. Around the poles, where quadrilaterals make no sense in longitude and latitude,
 * they are painted on planes that touch the poles (azimuthal equidistant; Snyder 1987, chapter 25).
 */
import { thin } from '#shared/coarse.ts';
import { aspectOf, type Extent } from '../map-geometry.ts';
import { type CellPlaces, CellQuads, hasPlace } from './cell-quads.ts';
import { Raster } from './raster.ts';

export interface CellMap {
  readonly extent: Extent;
  /** From the north-west corner; rows are of equal latitude, columns of equal longitude. */
  readonly raster: Raster;
  /** Of a grid too large to be painted whole, every n-th row and column is, n times as large; else 1. */
  readonly stride: number;
}

const degrees = 180 / Math.PI;
/** Beyond this latitude the planes at the poles take over; they reach a bit farther. */
const capLatitude = 70;
const capReach = 90 - capLatitude + 1;
const poleFrom = 85;
/** Points for every cell, along each of its sides, within what memory allows. */
const pointsPerCell = 6;
const [fewestPoints, mostPoints] = [2 ** 18, 2 ** 23];
const longestSide = 4096;
/** Painted in about half a second on one processor core. */
const mostCells = 2 ** 20;

/** Null where no cell has a place. */
export function mapCells(places: CellPlaces): CellMap | null {
  const extent = extentOf(places);
  if (!extent) return null;
  const stride = Math.ceil(Math.sqrt((places.height * places.width) / mostCells));
  const quads = new CellQuads(thinned(places, stride));
  const raster = emptyRaster(extent, places.height * places.width);
  const scale = raster.height / (extent.north - extent.south);
  const caps = [1, -1].map((sign) => ({
    sign,
    needed: sign > 0 ? extent.north > capLatitude : extent.south < -capLatitude,
    raster: new Raster(1, 1),
  }));
  const capScale = Math.min(1.5 * scale, 1024 / capReach);
  for (const cap of caps)
    if (cap.needed)
      cap.raster = new Raster(Math.ceil(2 * capReach * capScale), Math.ceil(2 * capReach * capScale));
  paintAll(quads, (row, column) => stride * (row * places.width + column), {
    extent,
    raster,
    caps,
    capScale,
  });
  for (const cap of caps) {
    if (!cap.needed) continue;
    cap.raster.close();
    transfer(cap, capScale, extent, raster);
  }
  raster.close();
  return { extent, raster, stride };
}

function thinned(places: CellPlaces, stride: number): CellPlaces {
  if (stride === 1) return places;
  const every = (data: Float32Array) => thin({ ...places, data }, stride);
  const { data: latitudes, height, width } = every(places.latitudes);
  return { latitudes, longitudes: every(places.longitudes).data, height, width };
}

interface Cap {
  readonly sign: number;
  readonly needed: boolean;
  raster: Raster;
}

interface Canvas {
  readonly extent: Extent;
  readonly raster: Raster;
  readonly caps: readonly Cap[];
  readonly capScale: number;
}

function paintAll(
  quads: CellQuads,
  numberOf: (row: number, column: number) => number,
  { extent, raster, caps, capScale }: Canvas,
): void {
  const { height, width } = quads;
  const corners = new Float64Array(12);
  const [xs, ys] = [new Float64Array(4), new Float64Array(4)];
  const [latitudes, longitudes] = [new Float64Array(4), new Float64Array(4)];
  const right = raster.width / (extent.east - extent.west);
  const down = raster.height / (extent.north - extent.south);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      if (!quads.has(row * width + column)) continue;
      const cell = numberOf(row, column);
      quads.corners(row, column, corners);
      let [lowest, highest] = [90, -90];
      for (let i = 0; i < 4; i++) {
        const latitude = Math.asin(Math.min(1, Math.max(-1, corners[3 * i + 2]!))) * degrees;
        latitudes[i] = latitude;
        longitudes[i] = Math.atan2(corners[3 * i + 1]!, corners[3 * i]!) * degrees;
        lowest = Math.min(lowest, latitude);
        highest = Math.max(highest, latitude);
      }
      for (const { sign, needed, raster: plane } of caps) {
        if (!needed || (sign > 0 ? highest : -lowest) < capLatitude) continue;
        for (let i = 0; i < 4; i++) {
          const [x, y] = onCap(longitudes[i]!, latitudes[i]!, sign);
          xs[i] = (x + capReach) * capScale;
          ys[i] = (y + capReach) * capScale;
        }
        plane.paint(xs, ys, 0, cell);
      }
      if (lowest > capLatitude || highest < -capLatitude) continue;
      // Sides go the short way round; a cell around which they do not come back holds a pole.
      let turned = 0;
      for (let i = 0; i < 4; i++) {
        const before = longitudes[(i + 3) & 3]!;
        const step = longitudes[i]! - before - 360 * Math.round((longitudes[i]! - before) / 360);
        turned += step;
        xs[i] = i === 0 ? longitudes[0]! - extent.west : xs[i - 1]! / right + step;
        xs[i] = xs[i]! * right;
        ys[i] = (extent.north - latitudes[i]!) * down;
      }
      if (Math.abs(turned) > 180) continue;
      const first = Math.min(xs[0]!, xs[1]!, xs[2]!, xs[3]!);
      const last = Math.max(xs[0]!, xs[1]!, xs[2]!, xs[3]!);
      const turn = 360 * right;
      for (let k = Math.ceil(-last / turn); k * turn + first <= raster.width; k++)
        raster.paint(xs, ys, k * turn, cell);
    }
}

function onCap(longitude: number, latitude: number, sign: number): [number, number] {
  const away = 90 - sign * latitude;
  return [away * Math.cos(longitude / degrees), away * Math.sin(longitude / degrees)];
}

/** Fills the map beyond the caps' latitude from the plane at a pole. */
function transfer({ sign, raster: plane }: Cap, scale: number, extent: Extent, map: Raster): void {
  const { data, width, height } = map;
  for (let row = 0; row < height; row++) {
    const latitude = extent.north - ((row + 0.5) / height) * (extent.north - extent.south);
    if (sign * latitude < capLatitude) continue;
    for (let column = 0; column < width; column++) {
      const longitude = extent.west + ((column + 0.5) / width) * (extent.east - extent.west);
      const [x, y] = onCap(longitude, latitude, sign);
      data[row * width + column] = plane.at((x + capReach) * scale, (y + capReach) * scale);
    }
  }
}

function emptyRaster(extent: Extent, cells: number): Raster {
  const aspect = aspectOf(extent) ?? 1;
  const points = Math.min(mostPoints, Math.max(fewestPoints, pointsPerCell ** 2 * cells));
  const width = Math.min(longestSide, Math.max(1, Math.round(Math.sqrt(points * aspect))));
  return new Raster(width, Math.min(longestSide, Math.max(1, Math.round(width / aspect))));
}

/** All cells with half a cell around them; the whole turn where no gap in longitude is wider than cells are. */
function extentOf({ latitudes, longitudes, width }: CellPlaces): Extent | null {
  const binsPerDegree = 10;
  const bins = new Uint8Array(360 * binsPerDegree);
  let [south, north] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const steps = { north: [] as number[], east: [] as number[] };
  const stride = Math.max(1, Math.floor(latitudes.length / 20_000));
  for (let cell = 0; cell < latitudes.length; cell++) {
    const [latitude, longitude] = [latitudes[cell]!, longitudes[cell]!];
    if (!hasPlace(latitude, longitude)) continue;
    south = Math.min(south, latitude);
    north = Math.max(north, latitude);
    bins[Math.floor(positive(longitude) * binsPerDegree) % bins.length] = 1;
    if (cell % stride !== 0) continue;
    for (const other of [cell + 1, cell + width]) {
      if (!hasPlace(latitudes[other] ?? Number.NaN, longitudes[other] ?? Number.NaN)) continue;
      steps.north.push(Math.abs(latitudes[other]! - latitude));
      const east = positive(longitudes[other]! - longitude);
      steps.east.push(Math.min(east, 360 - east));
    }
  }
  if (!(south <= north)) return null;
  // Half of the steps are along rows, half along columns: the larger half is what cells measure.
  const usual = (values: number[]) => values.sort((a, b) => a - b)[Math.floor(values.length * 0.75)] || 1;
  const [tall, wide] = [usual(steps.north), usual(steps.east)];
  const found = filledArc(bins);
  const [from, to] = [found.first / binsPerDegree, found.end / binsPerDegree];
  const isWhole = to - from + wide >= 360 - Math.max(3, 2 * wide);
  const rows = { south: Math.max(-90, south - tall / 2), north: Math.min(90, north + tall / 2) };
  if (isWhole) {
    // Cells all around a pole reach it, or what is empty around it belongs to the picture.
    if (rows.north > poleFrom) rows.north = 90;
    if (rows.south < -poleFrom) rows.south = -90;
    return { ...rows, west: -180, east: 180 };
  }
  const west = from - wide / 2;
  const turn = 360 * Math.floor((west + 180) / 360);
  return { ...rows, west: west - turn, east: to + wide / 2 - turn };
}

const positive = (longitude: number) => ((longitude % 360) + 360) % 360;

/** What is left of the circle without its longest run of empty bins; `end` may lie beyond the first turn. */
function filledArc(bins: Uint8Array): { first: number; end: number } {
  const origin = bins.indexOf(1);
  let best = { first: origin, end: origin + bins.length };
  let before = origin;
  for (let at = origin + 1; at <= origin + bins.length; at++) {
    if (bins[at % bins.length] === 0) continue;
    const end = before + 1 + bins.length;
    if (end - at < best.end - best.first) best = { first: at, end };
    before = at;
  }
  return best;
}
