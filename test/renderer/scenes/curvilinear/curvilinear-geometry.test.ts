import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { greatCircle } from '#shared/transect.ts';
import type { CellPlaces } from '../../../../renderer/scenes/curvilinear/cell-quads.ts';
import { geometryOf } from '../../../../renderer/scenes/curvilinear/curvilinear-geometry.ts';
import type { MapGeometry } from '../../../../renderer/scenes/map-geometry.ts';
import { sharedFolder } from '../../../shared-folder.ts';

const shared = sharedFolder();
const radians = Math.PI / 180;
type Degrees = { latitude: number; longitude: number };

function grid(
  height: number,
  width: number,
  at: (row: number, column: number) => Degrees | null,
): CellPlaces {
  const places = {
    height,
    width,
    latitudes: new Float32Array(height * width).fill(Number.NaN),
    longitudes: new Float32Array(height * width).fill(Number.NaN),
  };
  for (let cell = 0; cell < height * width; cell++) {
    const found = at(Math.floor(cell / width), cell % width);
    if (found) [places.latitudes[cell], places.longitudes[cell]] = [found.latitude, found.longitude];
  }
  return places;
}

/** The whole sphere in latitudes and longitudes around a pole at 75° N 40° W, as models put it on Greenland. */
function displaced(height: number, width: number): CellPlaces {
  const tilt = 15 * radians;
  return grid(height, width, (row, column) => {
    const phi = (-90 + ((row + 0.5) * 180) / height) * radians;
    const lambda = ((column + 0.5) * 360 * radians) / width;
    const [x, y, z] = [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
    const [a, c] = [x * Math.cos(tilt) + z * Math.sin(tilt), z * Math.cos(tilt) - x * Math.sin(tilt)];
    return { latitude: Math.asin(c) / radians, longitude: Math.atan2(y, a) / radians - 40 };
  });
}

/** Around the north pole between two poles on land, as confocal ellipses: the last row is folded onto itself. */
function folded(height: number, width: number): CellPlaces {
  const focus = 20;
  return grid(height, width, (row, column) => {
    const [mu, nu] = [((height - row - 0.5) * 1.2) / height, ((column + 0.5) * 2 * Math.PI) / width];
    const x = focus * Math.cosh(mu) * Math.cos(nu);
    const y = focus * Math.sinh(mu) * Math.sin(nu);
    return { latitude: 90 - Math.hypot(x, y), longitude: Math.atan2(y, x) / radians + 70 };
  });
}

function nearest(places: CellPlaces, to: Degrees): { cell: number; away: number } {
  let best = { cell: -1, away: Number.POSITIVE_INFINITY };
  for (let cell = 0; cell < places.latitudes.length; cell++) {
    const [latitude, longitude] = [places.latitudes[cell]!, places.longitudes[cell]!];
    const away = greatCircle(to, { latitude, longitude });
    if (away < best.away) best = { cell, away };
  }
  return best;
}

/** Every place of a sample is drawn as the nearest cell, or as a neighbour that is hardly farther away. */
function agrees(places: CellPlaces, geometry: MapGeometry, where: Iterable<Degrees>): number {
  let [count, same] = [0, 0];
  for (const place of where) {
    const cell = geometry.cellNear(place.longitude, place.latitude);
    expect(cell, `${place.latitude} ${place.longitude}`).not.toBeNull();
    const wanted = nearest(places, place);
    const away = greatCircle(place, geometry.positionOf(cell!)!);
    expect(away, `${place.latitude} ${place.longitude}`).toBeLessThan(1.6 * wanted.away + 40);
    count++;
    if (cell!.row * places.width + cell!.column === wanted.cell) same++;
  }
  return same / count;
}

function* around(south: number, north: number): Generator<Degrees> {
  for (let i = 0; i < 250; i++)
    yield { latitude: south + ((i * 0.754877) % 1) * (north - south), longitude: ((i * 0.56984) % 1) * 360 };
}

describe('the geometry of a curvilinear grid', () => {
  it('finds every place of a sphere whose pole is displaced, also at the poles and across the seam', () => {
    const places = displaced(90, 180);
    const geometry = geometryOf(places);
    expect(geometry.extent).toMatchObject({ west: -180, east: 180, north: 90, south: -90 });
    expect(geometry.aspect).toBeCloseTo(2, 1);
    expect(agrees(places, geometry, around(-90, 90))).toBeGreaterThan(0.97);
    expect(agrees(places, geometry, around(80, 90))).toBeGreaterThan(0.97);
    const points = geometry.lookup!;
    expect(points.data.filter((cell) => cell < 0).length).toBe(0);
  });

  it('closes the fold at the pole and leaves no streak', () => {
    const places = folded(40, 120);
    const geometry = geometryOf(places);
    expect(geometry.extent).toMatchObject({ west: -180, east: 180, north: 90 });
    agrees(places, geometry, around(72, 90));
    const { data, width, height } = geometry.lookup!;
    const { north, south } = geometry.extent!;
    // Every painted point is of a cell that is near.
    for (let i = 0; i < data.length; i += 97) {
      if (data[i]! < 0) continue;
      const point = {
        latitude: north - ((Math.floor(i / width) + 0.5) / height) * (north - south),
        longitude: -180 + (((i % width) + 0.5) / width) * 360,
      };
      const [latitude, longitude] = [places.latitudes[data[i]!]!, places.longitudes[data[i]!]!];
      expect(greatCircle(point, { latitude, longitude })).toBeLessThan(250);
    }
  });

  it('draws a region across the date line in one piece, and names each of its cells at its centre', () => {
    // A box turned by 20 degrees around 178° E.
    const places = grid(30, 40, (row, column) => {
      const [x, y] = [(column - 19.5) * 0.4, (row - 14.5) * 0.3];
      const [c, s] = [Math.cos(20 * radians), Math.sin(20 * radians)];
      const longitude = 178 + x * c - y * s;
      return { latitude: 5 + x * s + y * c, longitude: longitude > 180 ? longitude - 360 : longitude };
    });
    const geometry = geometryOf(places);
    const { west, east, south, north } = geometry.extent!;
    expect(east).toBeGreaterThan(180);
    expect(east - west).toBeLessThan(22);
    expect([south, north].map(Math.round)).toEqual([-2, 12]);
    for (let row = 0; row < 30; row++)
      for (let column = 0; column < 40; column++) {
        const point = geometry.pointOf({ row, column });
        expect(geometry.cellAt(point)).toEqual({ row, column });
      }
    // The corners of the picture lie outside of the turned box.
    expect(geometry.cellAt({ u: 0.01, v: 0.01 })).toBeNull();
    expect(geometry.cellNear(0, 5)).toBeNull();
  });

  it('leaves out cells without coordinates, however the file marks them', () => {
    for (const mark of [Number.NaN, 1e20]) {
      const places = displaced(60, 120);
      for (let row = 20; row < 30; row++)
        for (let column = 40; column < 60; column++) {
          places.latitudes[row * 120 + column] = mark;
          places.longitudes[row * 120 + column] = mark;
        }
      const geometry = geometryOf(places);
      const whole = displaced(60, 120);
      const at = (row: number, column: number) =>
        geometry.cellNear(whole.longitudes[row * 120 + column]!, whole.latitudes[row * 120 + column]!);
      expect(at(25, 50)).toBeNull();
      expect(at(21, 42)).toBeNull();
      expect(at(25, 39)).toEqual({ row: 25, column: 39 });
      expect(geometry.positionOf({ row: 25, column: 50 })).toBeNull();
      expect(geometry.pointOf({ row: 25, column: 50 }).u).toBeNaN();
    }
  });

  it('is an index grid where no cell has a place', () => {
    const geometry = geometryOf(grid(4, 5, () => null));
    expect(geometry.geographic).toBe(false);
    expect(geometry.cellAt({ u: 0.5, v: 0.5 })).toEqual({ row: 1, column: 2 });
  });

  it('makes one geometry for equal grids', () => {
    expect(geometryOf(displaced(30, 60))).toBe(geometryOf(displaced(30, 60)));
  });

  it('thins out a grid that is too large and still finds its nearest cells', () => {
    const places = displaced(800, 1600);
    const geometry = geometryOf(places);
    for (const [row, column] of [
      [600, 1001],
      [301, 1500],
      [555, 7],
    ] as const) {
      const cell = row * 1600 + column;
      expect(geometry.cellNear(places.longitudes[cell]!, places.latitudes[cell]!)).toEqual({ row, column });
    }
  });
});

describe.skipIf(shared === null)('a climate model’s own grid', () => {
  it('has every cell with coordinates at its place', async () => {
    const field = await readField(join(shared!, 'data', 'tos_cesm2_curvilinear_200001.nc'), 'tos');
    const { height, width, cellLatitudes, cellLongitudes } = field;
    const places = { height, width, latitudes: cellLatitudes!, longitudes: cellLongitudes! };
    const geometry = geometryOf(places);
    let [found, missed] = [0, 0];
    for (let cell = 0; cell < height * width; cell++) {
      const position = geometry.positionOf({ row: Math.floor(cell / width), column: cell % width });
      if (!position) continue;
      const at = geometry.cellNear(position.longitude, position.latitude);
      if (at && at.row * width + at.column === cell) found++;
      else missed++;
    }
    expect(found + missed).toBe(height * width - 16016);
    expect(missed / found).toBe(0);
    expect(agrees(places, geometry, [...around(85, 90)].slice(0, 100))).toBeGreaterThan(0.97);
  });
});
