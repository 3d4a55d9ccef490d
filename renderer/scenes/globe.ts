/**
 * The globe as numbers: an orthographic projection from far away (Snyder 1987, Map Projections: A Working Manual, chapter
 * 20). The disc has its middle at 0, 0 and the radius 1; x to the right, y upwards. Angles in degrees.
 */
export interface GlobeCentre {
  readonly longitude: number;
  readonly latitude: number;
}

const radians = Math.PI / 180;

/** Null outside the disc. */
export function placeOnGlobe(
  x: number,
  y: number,
  centre: GlobeCentre,
): { longitude: number; latitude: number } | null {
  const square = x * x + y * y;
  if (square > 1) return null;
  const towards = Math.sqrt(1 - square);
  const [s, c] = [Math.sin(centre.latitude * radians), Math.cos(centre.latitude * radians)];
  return {
    latitude: Math.asin(Math.min(1, Math.max(-1, y * c + towards * s))) / radians,
    longitude: centre.longitude + Math.atan2(x, towards * c - y * s) / radians,
  };
}

/** Null on the far side. */
export function pointOnDisc(
  longitude: number,
  latitude: number,
  centre: GlobeCentre,
): { x: number; y: number } | null {
  const away = (longitude - centre.longitude) * radians;
  const phi = latitude * radians;
  const [s, c] = [Math.sin(centre.latitude * radians), Math.cos(centre.latitude * radians)];
  if (s * Math.sin(phi) + c * Math.cos(phi) * Math.cos(away) < 0) return null;
  return {
    x: Math.cos(phi) * Math.sin(away),
    y: c * Math.sin(phi) - s * Math.cos(phi) * Math.cos(away),
  };
}

/** The middle of the data, near enough to see them; a whole world from somewhat north of the equator. */
export function usualLook(
  { west, east, south, north }: { west: number; east: number; south: number; north: number },
  nearest: number,
): { centre: GlobeCentre; zoom: number } {
  const whole = east - west > 300;
  const reach = Math.max(north - south, Math.min(180, east - west));
  return {
    centre: { longitude: (west + east) / 2, latitude: whole ? 15 : (south + north) / 2 },
    zoom: whole ? 1 : Math.min(nearest, Math.max(1, 100 / reach)),
  };
}

type Line = readonly (readonly [number, number])[];

/** Segments of lines of longitude and latitude on the near side, as [x, y, 0, x, y, 0, …]. */
export function linesOnDisc(lines: readonly Line[], centre: GlobeCentre): Float32Array {
  const points: number[] = [];
  for (const line of lines) {
    let before: { x: number; y: number } | null = null;
    for (const [longitude, latitude] of line) {
      const here = pointOnDisc(longitude, latitude, centre);
      if (before && here) points.push(before.x, before.y, 0, here.x, here.y, 0);
      before = here;
    }
  }
  return Float32Array.from(points);
}

/** Meridians and parallels every 30 degrees. */
export const graticule: readonly Line[] = (() => {
  const steps = (from: number, to: number, by: number) =>
    Array.from({ length: (to - from) / by + 1 }, (_, i) => from + i * by);
  const meridians = steps(-180, 150, 30).map((longitude) =>
    steps(-90, 90, 2).map((latitude) => [longitude, latitude] as const),
  );
  const parallels = steps(-60, 60, 30).map((latitude) =>
    steps(-180, 180, 2).map((longitude) => [longitude, latitude] as const),
  );
  return [...meridians, ...parallels];
})();
