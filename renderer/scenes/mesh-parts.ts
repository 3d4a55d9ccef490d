/** What pictures of meshes are made of: thick lines and many spheres, and the numbers that they are drawn from. */
import {
  type Color,
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  Scene,
  type SphereGeometry,
} from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import { colourIndex } from './colour-tables.ts';
import { type Positions, strainTable } from './mesh-view.ts';

/** Room is made for this many spheres more than are shown, so that it is seldom made anew. */
const spare = 64;

/** Spheres of one opacity at the nodes of any number of states. */
export class Spheres {
  readonly group = new Scene();
  readonly #geometry: SphereGeometry;
  readonly #material: MeshBasicMaterial;
  #spheres: InstancedMesh | null = null;

  constructor(geometry: SphereGeometry, opacity: number) {
    this.#geometry = geometry;
    this.#material = new MeshBasicMaterial({ transparent: opacity < 1, opacity, depthWrite: opacity === 1 });
  }

  /** @param radius one for all, or the semi-axes of each node's ellipsoid along x, y and z */
  set(states: readonly Positions[], radius: number | Positions, colour: (node: number) => Color): void {
    const count = states.reduce((sum, [x]) => sum + x.length, 0);
    const spheres = this.#room(count);
    if (!spheres) return;
    const place = new Matrix4();
    let at = 0;
    for (const [x, y, z] of states) {
      for (let node = 0; node < x.length; node += 1) {
        if (typeof radius === 'number') place.makeScale(radius, radius, radius);
        else place.makeScale(...semiAxes(radius, node));
        place.setPosition(x[node] ?? 0, y[node] ?? 0, z[node] ?? 0);
        spheres.setMatrixAt(at, place);
        spheres.setColorAt(at, colour(node));
        at += 1;
      }
    }
    spheres.count = count;
    spheres.instanceMatrix.needsUpdate = true;
    if (spheres.instanceColor) spheres.instanceColor.needsUpdate = true;
  }

  dispose(): void {
    this.#spheres?.dispose();
    this.#material.dispose();
  }

  #room(count: number): InstancedMesh | null {
    if (count > (this.#spheres?.instanceMatrix.count ?? 0)) {
      if (this.#spheres) this.group.remove(this.#spheres);
      this.#spheres?.dispose();
      this.#spheres = new InstancedMesh(this.#geometry, this.#material, count + spare);
      this.#spheres.instanceMatrix.setUsage(DynamicDrawUsage);
      this.#spheres.frustumCulled = false;
      this.group.add(this.#spheres);
    }
    if (this.#spheres) this.#spheres.count = count;
    return this.#spheres;
  }
}

/** In the plane as deep as it is wide, so that it lies before the springs and not among them. */
function semiAxes([x, y, z]: Positions, node: number): [number, number, number] {
  const [along, across] = [x[node] ?? 0, y[node] ?? 0];
  return [along, across, (z[node] ?? 0) || (along + across) / 2];
}

interface LineLook {
  /** In CSS pixels. */
  readonly width: number;
  /** Whether each end has its own colour. */
  readonly coloured: boolean;
  readonly opacity?: number;
  /** Whether lines that are not opaque lie over the springs and not under them. */
  readonly over?: boolean;
}

/** Lines between pairs of points. */
export class Lines {
  readonly lines: LineSegments2;
  readonly #material: LineMaterial;

  constructor({ width, coloured, opacity = 1, over = false }: LineLook) {
    this.#material = new LineMaterial({
      linewidth: width,
      vertexColors: coloured,
      transparent: opacity < 1,
      opacity,
      depthWrite: opacity === 1,
      polygonOffset: opacity < 1,
      polygonOffsetFactor: over ? -2 : 2,
      polygonOffsetUnits: over ? -8 : 8,
    });
    this.lines = new LineSegments2(new LineSegmentsGeometry(), this.#material);
    this.lines.frustumCulled = false;
    this.lines.visible = false;
  }

  /** Where ends have no colours of their own. */
  get colour(): Color {
    return this.#material.color;
  }

  /**
   * @param points x, y and z of both ends of each line; null: none are shown
   * @param colours red, green and blue of both ends, 0–1
   */
  set(points: Float32Array | null, colours: Float32Array | null = null): void {
    this.lines.visible = points !== null && points.length > 0;
    // A geometry that takes other points keeps the buffers of before on the graphics card.
    this.lines.geometry.dispose();
    this.lines.geometry = new LineSegmentsGeometry();
    if (!points || points.length === 0) return;
    this.lines.geometry.setPositions(points);
    if (colours) this.lines.geometry.setColors(colours);
  }

  dispose(): void {
    this.lines.geometry.dispose();
    this.#material.dispose();
  }
}

/** x, y and z of both ends of every spring. */
export function springPoints({ edges }: Mesh, positions: Positions): Float32Array {
  const points = new Float32Array(edges.length * 3);
  for (const [end, node] of edges.entries())
    for (const c of [0, 1, 2] as const) points[end * 3 + c] = positions[c][node] ?? 0;
  return points;
}

/** Red, green and blue of both ends of every spring, 0–1. */
export function springColours(strain: Float64Array, limit: number): Float32Array {
  const colours = new Float32Array(strain.length * 6);
  for (const [spring, value] of strain.entries()) {
    const at = 4 * colourIndex(value, -limit, limit);
    for (let c = 0; c < 6; c += 1) colours[spring * 6 + c] = (strainTable.rgba[at + (c % 3)] ?? 0) / 255;
  }
  return colours;
}

/** x, y and z of both ends of every piece of the nodes' ways through states; of nodes that stay, there is none. */
export function trailPoints(way: readonly Positions[]): Float32Array {
  const nodes = way[0]?.[0].length ?? 0;
  const points = new Float32Array(Math.max(0, way.length - 1) * nodes * 6);
  let at = 0;
  for (const [piece, to] of way.entries()) {
    const from = way[piece - 1];
    if (!from) continue;
    for (let node = 0; node < nodes; node += 1) {
      if (from.every((values, c) => values[node] === to[c as 0 | 1 | 2][node])) continue;
      for (const end of [from, to]) for (const values of end) points[at++] = values[node] ?? 0;
    }
  }
  return points.subarray(0, at);
}

/** One of so many equally long parts of a way, each of which begins where the one before ends. */
export function partOfWay<State>(way: readonly State[], part: number, parts: number): readonly State[] {
  const at = (end: number) => Math.floor((Math.max(0, way.length - 1) * end) / parts);
  return way.slice(at(part), at(part + 1) + 1);
}
