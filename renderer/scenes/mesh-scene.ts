/**
 * A mesh of springs on the stage: springs coloured by strain, nodes as spheres, and, fainter, another state of the same
 * mesh (what really happened) and the nodes of members. Seen from far away, so that lengths can be compared.
 */
import {
  Color,
  DynamicDrawUsage,
  InstancedMesh,
  Matrix4,
  MeshBasicMaterial,
  NoColorSpace,
  OrthographicCamera,
  Scene,
  SphereGeometry,
  Vector3,
} from 'three';
import { LineMaterial } from 'three/addons/lines/LineMaterial.js';
import { LineSegments2 } from 'three/addons/lines/LineSegments2.js';
import { LineSegmentsGeometry } from 'three/addons/lines/LineSegmentsGeometry.js';
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import { colourIndex } from './colour-tables.ts';
import { type Orbit, type Positions, screenAxes, strains, strainTable, type ViewBox } from './mesh-view.ts';
import type { PictureSize, SceneColours, StagePicture } from './stage-picture.ts';

export interface MeshState {
  readonly mesh: Mesh;
  readonly positions: Positions;
  /** The same mesh as it really was; null where it is not shown. */
  readonly ghost: Positions | null;
  /** Of members: their nodes alone. */
  readonly members: readonly Positions[];
}

/** How far the camera stands away, in units of the mesh: beyond every mesh that there is. */
const distance = 500;
/** Room for a sphere is made for this many more than are shown, so that it is seldom made anew. */
const spare = 64;

export class MeshScene implements StagePicture {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new OrthographicCamera(-1, 1, 1, -1, 1, 2 * distance);
  readonly #changed: () => void;
  readonly #sphere = new SphereGeometry(1, 20, 14);
  readonly #springs = springLines(2.2, true);
  readonly #ghostSprings = springLines(1.2, false);
  readonly #nodes = new Spheres(this.#sphere, 1);
  readonly #ghostNodes = new Spheres(this.#sphere, 0.55);
  readonly #memberNodes = new Spheres(this.#sphere, 0.28);
  readonly #free = new Color();
  readonly #fixed = new Color();
  readonly #ghost = new Color();
  #state: MeshState | null = null;
  #limit = 1;
  #view: ViewBox = { left: -1, top: -1, width: 2, height: 2 };

  constructor(element: HTMLElement, changed: () => void) {
    this.element = element;
    this.#changed = changed;
    this.camera.matrixAutoUpdate = false;
    this.scene.add(
      this.#ghostSprings,
      this.#springs,
      ...[this.#memberNodes, this.#ghostNodes, this.#nodes].map((all) => all.group),
    );
  }

  get shown(): boolean {
    return this.#state !== null;
  }

  /** @param limit strain at the ends of the colour scale */
  show(state: MeshState | null, limit: number): void {
    this.#state = state;
    this.#limit = limit;
    this.#fill();
  }

  /** @param view what is to be seen at least, in the coordinates of `projectNodes` */
  look(orbit: Orbit, view: ViewBox): void {
    const { right, up } = screenAxes(orbit);
    const [x, y] = [new Vector3(...right), new Vector3(...up)];
    const towards = x.clone().cross(y);
    this.camera.matrix.makeBasis(x, y, towards).setPosition(towards.multiplyScalar(distance));
    this.camera.updateMatrixWorld(true);
    this.#view = view;
    this.#changed();
  }

  setColours({ accent, soft, ink }: SceneColours): void {
    this.#free.setStyle(accent, NoColorSpace);
    this.#fixed.setStyle(soft, NoColorSpace);
    this.#ghost.setStyle(ink, NoColorSpace);
    this.#fill();
  }

  prepare({ width, height }: PictureSize): boolean {
    const scale = Math.max(this.#view.width / width, this.#view.height / height);
    const [x, y] = [this.#view.left + this.#view.width / 2, -(this.#view.top + this.#view.height / 2)];
    const { camera } = this;
    [camera.left, camera.right] = [x - (scale * width) / 2, x + (scale * width) / 2];
    [camera.bottom, camera.top] = [y - (scale * height) / 2, y + (scale * height) / 2];
    camera.updateProjectionMatrix();
    return false;
  }

  dispose(): void {
    for (const lines of [this.#springs, this.#ghostSprings]) {
      lines.geometry.dispose();
      lines.material.dispose();
    }
    for (const spheres of [this.#nodes, this.#ghostNodes, this.#memberNodes]) spheres.dispose();
    this.#sphere.dispose();
  }

  #fill(): void {
    const state = this.#state;
    if (state) {
      const { mesh, positions, ghost, members } = state;
      const radius = Math.min(0.17, Math.max(0.09, Math.max(mesh.columns, mesh.rows, mesh.layers) / 110));
      setSprings(this.#springs, mesh, positions, springColours(strains(mesh, positions), this.#limit));
      this.#nodes.set([positions], radius, (node) => (mesh.fixed[node] === 1 ? this.#fixed : this.#free));
      this.#ghostSprings.visible = ghost !== null;
      if (ghost) setSprings(this.#ghostSprings, mesh, ghost, null);
      this.#ghostSprings.material.color.copy(this.#ghost);
      this.#ghostNodes.set(ghost ? [ghost] : [], 0.6 * radius, () => this.#ghost);
      this.#memberNodes.set(members, 0.6 * radius, () => this.#free);
    }
    this.#changed();
  }
}

/** Spheres of one opacity at the nodes of any number of states. */
class Spheres {
  readonly group = new Scene();
  readonly #geometry: SphereGeometry;
  readonly #material: MeshBasicMaterial;
  #spheres: InstancedMesh | null = null;

  constructor(geometry: SphereGeometry, opacity: number) {
    this.#geometry = geometry;
    this.#material = new MeshBasicMaterial({ transparent: opacity < 1, opacity, depthWrite: opacity === 1 });
  }

  set(states: readonly Positions[], radius: number, colour: (node: number) => Color): void {
    const count = states.reduce((sum, [x]) => sum + x.length, 0);
    const spheres = this.#room(count);
    if (!spheres) return;
    const place = new Matrix4().makeScale(radius, radius, radius);
    let at = 0;
    for (const [x, y, z] of states) {
      for (let node = 0; node < x.length; node += 1) {
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

/** @param width in CSS pixels */
function springLines(width: number, coloured: boolean): LineSegments2 {
  const material = new LineMaterial({
    linewidth: width,
    vertexColors: coloured,
    transparent: !coloured,
    opacity: coloured ? 1 : 0.4,
    depthWrite: coloured,
    // Behind the springs that it lies under.
    polygonOffset: !coloured,
    polygonOffsetFactor: 2,
    polygonOffsetUnits: 8,
  });
  const lines = new LineSegments2(new LineSegmentsGeometry(), material);
  lines.frustumCulled = false;
  return lines;
}

function setSprings(
  lines: LineSegments2,
  { edges }: Mesh,
  positions: Positions,
  colours: Float32Array | null,
): void {
  const points = new Float32Array(edges.length * 3);
  for (const [end, node] of edges.entries())
    for (const c of [0, 1, 2] as const) points[end * 3 + c] = positions[c][node] ?? 0;
  // A geometry that takes other points keeps the buffers of before on the graphics card.
  lines.geometry.dispose();
  lines.geometry = new LineSegmentsGeometry().setPositions(points);
  if (colours) lines.geometry.setColors(colours);
}

/** Red, green and blue of both ends of every spring, 0–1. */
function springColours(strain: Float64Array, limit: number): Float32Array {
  const colours = new Float32Array(strain.length * 6);
  for (const [spring, value] of strain.entries()) {
    const at = 4 * colourIndex(value, -limit, limit);
    for (let c = 0; c < 6; c += 1) colours[spring * 6 + c] = (strainTable.rgba[at + (c % 3)] ?? 0) / 255;
  }
  return colours;
}
