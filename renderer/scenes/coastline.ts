/**
 * Coastlines from Natural Earth (world-atlas) as line segments in a map's picture space. A segment is turned
 * by whole turns to wherever the map shows it, and what lies off the map is left out.
 */
import { mesh } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import type { MapGeometry } from './map-geometry.ts';

type LandTopology = Topology<{ land: GeometryCollection }>;

const regionalDegrees = 120;

type Coast = readonly (readonly [number, number])[];
const coasts = new Map<'fine' | 'coarse', Promise<readonly Coast[]>>();
const drawn = new WeakMap<MapGeometry, Promise<Float32Array | null>>();

/** Joined once: the finer one takes about as long as a frame may, and several where processors are short. */
function coastsOf(detail: 'fine' | 'coarse'): Promise<readonly Coast[]> {
  const coming = coasts.get(detail) ?? loadCoasts(detail);
  coasts.set(detail, coming);
  // What could not be loaded is tried again with the next map.
  coming.catch(() => coasts.delete(detail));
  return coming;
}

async function loadCoasts(detail: 'fine' | 'coarse'): Promise<readonly Coast[]> {
  const module =
    detail === 'fine'
      ? await import('world-atlas/land-50m.json')
      : await import('world-atlas/land-110m.json');
  await breath();
  const topology = module.default as unknown as LandTopology;
  return mesh(topology, topology.objects.land).coordinates as unknown as Coast[];
}

/** Lets whatever waits for the interface's thread go first. */
const breath = () => new Promise<void>((resolve) => setTimeout(resolve));

/** Once for all pictures of a grid. @returns pairs of points as [x, y, 0, x, y, 0, …], x to the right and y upwards, 0–1; null without geography */
export function coastlineSegments(geometry: MapGeometry): Promise<Float32Array | null> {
  const coming = drawn.get(geometry) ?? drawCoasts(geometry);
  drawn.set(geometry, coming);
  coming.catch(() => drawn.delete(geometry));
  return coming;
}

async function drawCoasts(geometry: MapGeometry): Promise<Float32Array | null> {
  const { extent } = geometry;
  if (!extent) return null;
  // The finer coastline is worth its size only where a degree fills many pixels.
  const lines = await coastsOf(extent.east - extent.west < regionalDegrees ? 'fine' : 'coarse');
  await breath();
  return segmentsOf(lines, geometry);
}

/** Every coast of the world in degrees, for a globe; the seams of polygons left out. */
export async function worldCoastlines(): Promise<(readonly [number, number])[][]> {
  const lines = await coastsOf('coarse');
  return lines.flatMap((line) => {
    const parts: (readonly [number, number])[][] = [[]];
    for (const [at, point] of line.entries()) {
      const before = line[at - 1];
      if (before && isSeam(before, point)) parts.push([]);
      parts.at(-1)?.push(point);
    }
    return parts;
  });
}

/** @param lines longitudes and latitudes in degrees */
export function segmentsOf(
  lines: readonly (readonly (readonly [number, number])[])[],
  geometry: MapGeometry,
): Float32Array {
  const extent = geometry.extent;
  const points: number[] = [];
  if (!extent) return new Float32Array();
  for (const line of lines) {
    for (let at = 1; at < line.length; at += 1) {
      const from = line[at - 1] ?? [0, 0];
      const to = line[at] ?? [0, 0];
      if (isSeam(from, to)) continue;
      if (Math.max(from[1], to[1]) < extent.south || Math.min(from[1], to[1]) > extent.north) continue;
      const end = to[0] + 360 * Math.round((from[0] - to[0]) / 360);
      const firstTurn = Math.ceil((extent.west - Math.max(from[0], end)) / 360);
      const lastTurn = Math.floor((extent.east - Math.min(from[0], end)) / 360);
      for (let turn = firstTurn; turn <= lastTurn; turn += 1) {
        const a = geometry.project(from[0] + 360 * turn, from[1]);
        const b = geometry.project(end + 360 * turn, to[1]);
        if (a && b) points.push(a.u, 1 - a.v, 0, b.u, 1 - b.v, 0);
      }
    }
  }
  return Float32Array.from(points);
}

/** Polygons are closed along the date line and the south pole, where there is no coast. */
function isSeam(from: readonly [number, number], to: readonly [number, number]): boolean {
  const dateLine = Math.abs(from[0]) > 179.98 && Math.abs(to[0]) > 179.98;
  return dateLine || (from[1] < -89.9 && to[1] < -89.9);
}
