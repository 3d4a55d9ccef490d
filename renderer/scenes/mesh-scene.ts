/**
 * A mesh of springs on the stage: springs coloured by strain, nodes as spheres, and, fainter, another state of the same
 * mesh (what really happened), the nodes of members or their spread, and the ways that nodes have come. Seen from far away, so that lengths can be compared.
 */
import { Color, NoColorSpace, OrthographicCamera, Scene, SphereGeometry, Vector3 } from 'three';
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import { Lines, partOfWay, Spheres, springColours, springPoints, trailPoints } from './mesh-parts.ts';
import { type Orbit, type Positions, raised, screenAxes, strains, type ViewBox } from './mesh-view.ts';
import type { PictureSize, SceneColours, StagePicture } from './stage-picture.ts';

export interface MeshState {
  readonly mesh: Mesh;
  readonly positions: Positions;
  /** The same mesh as it really was; null where it is not shown. */
  readonly ghost: Positions | null;
  /** Of members: their nodes alone. */
  readonly members: readonly Positions[];
  /** Where the nodes were before, the earliest first; lines that fade lead from there to where they are. */
  readonly trail: readonly Positions[];
  /** Of the members; null where it is not shown. */
  readonly spread: Spread | null;
}

/** Standard deviation of each coordinate of each node, drawn as an ellipsoid around it, so many times as large. */
export interface Spread {
  readonly deviations: Positions;
  readonly factor: number;
}

/** What lies beside a mesh that is shown alone. */
export const alone = { ghost: null, members: [], trail: [], spread: null } as const;

/** Opacities of the parts of a trail, the earliest first. */
const fading = [0.2, 0.4, 0.6, 0.85];
/** How far the camera stands away, in units of the mesh: beyond every mesh that there is. */
const distance = 500;

export class MeshScene implements StagePicture {
  readonly element: HTMLElement;
  readonly scene = new Scene();
  readonly camera = new OrthographicCamera(-1, 1, 1, -1, 1, 2 * distance);
  readonly #changed: () => void;
  readonly #sphere = new SphereGeometry(1, 20, 14);
  readonly #springs = new Lines({ width: 2.2, coloured: true });
  readonly #ghostSprings = new Lines({ width: 1.2, coloured: false, opacity: 0.4 });
  readonly #trails = fading.map((opacity) => new Lines({ width: 1.8, coloured: false, opacity, over: true }));
  readonly #nodes = new Spheres(this.#sphere, 1);
  readonly #ghostNodes = new Spheres(this.#sphere, 0.55);
  readonly #memberNodes = new Spheres(this.#sphere, 0.28);
  readonly #spreads = new Spheres(this.#sphere, 0.45);
  readonly #free = new Color();
  readonly #fixed = new Color();
  readonly #ghost = new Color();
  #state: MeshState | null = null;
  #limit = 1;
  #height = 0;
  #view: ViewBox = { left: -1, top: -1, width: 2, height: 2 };

  constructor(element: HTMLElement, changed: () => void) {
    this.element = element;
    this.#changed = changed;
    this.camera.matrixAutoUpdate = false;
    this.scene.add(
      ...[this.#ghostSprings, this.#springs, ...this.#trails].map(({ lines }) => lines),
      ...[this.#spreads, this.#memberNodes, this.#ghostNodes, this.#nodes].map(({ group }) => group),
    );
  }

  get shown(): boolean {
    return this.#state !== null;
  }

  /**
   * @param limit strain at the ends of the colour scale
   * @param height how many times as large as they are displacements are drawn as heights; 0: the mesh is flat, or fills space itself
   */
  show(state: MeshState | null, limit: number, height: number): void {
    this.#state = state;
    this.#limit = limit;
    this.#height = height;
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
    for (const lines of [...this.#trails, this.#springs, this.#ghostSprings]) lines.dispose();
    for (const spheres of [this.#nodes, this.#ghostNodes, this.#memberNodes, this.#spreads])
      spheres.dispose();
    this.#sphere.dispose();
  }

  #fill(): void {
    const state = this.#state;
    if (state) {
      const { mesh, spread } = state;
      const place = (nodes: Positions) => raised(mesh, nodes, this.#height);
      const positions = place(state.positions);
      const ghost = state.ghost && place(state.ghost);
      const members = state.members.map(place);
      const trail = state.trail.map(place);
      const radius = Math.min(0.17, Math.max(0.09, Math.max(mesh.columns, mesh.rows, mesh.layers) / 110));
      const colours = springColours(strains(mesh, state.positions), this.#limit);
      this.#springs.set(springPoints(mesh, positions), colours);
      this.#nodes.set([positions], radius, (node) => (mesh.fixed[node] === 1 ? this.#fixed : this.#free));
      this.#ghostSprings.set(ghost && springPoints(mesh, ghost));
      this.#ghostSprings.colour.copy(this.#ghost);
      this.#ghostNodes.set(ghost ? [ghost] : [], 0.6 * radius, () => this.#ghost);
      this.#memberNodes.set(members, 0.6 * radius, () => this.#free);
      this.#spreads.set(spread ? [positions] : [], spread ? magnified(spread) : 0, () => this.#free);
      const way = trail.length > 0 ? [...trail, positions] : [];
      for (const [part, lines] of this.#trails.entries()) {
        lines.set(trailPoints(partOfWay(way, part, fading.length)));
        lines.colour.copy(this.#free);
      }
    }
    this.#changed();
  }
}

function magnified({ deviations, factor }: Spread): Positions {
  const times = (values: ArrayLike<number>) => Float64Array.from(values, (value) => factor * value);
  return [times(deviations[0]), times(deviations[1]), times(deviations[2])];
}
