/** How a mesh is looked at: from where, how near, and how strong a strain has the end of the colour scale. */
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import {
  type Orbit,
  type Positions,
  strainLimit,
  strains,
  strainTable,
  type ViewBox,
  viewOf,
} from '../scenes/mesh-view.ts';

const nearest = 12;
const quarter = Math.PI / 2;

export class MeshLook {
  readonly dimensions: 2 | 3;
  /** Of the colour scale that pictures of this mesh have. */
  readonly table = strainTable;
  readonly #mesh: Mesh;
  readonly #usual: Orbit;
  /** Null: the usual one. */
  #orbit = $state.raw<Orbit | null>(null);
  #zoom = $state(1);
  #start = $state.raw<Positions | null>(null);

  constructor({ mesh, dimensions }: { mesh: Mesh; dimensions: 2 | 3 }) {
    this.#mesh = mesh;
    this.dimensions = dimensions;
    const lattice = mesh.layers > 1;
    if (dimensions === 2) this.#usual = { yaw: 0, pitch: 0 };
    else this.#usual = lattice ? { yaw: 0.6, pitch: -1.15 } : { yaw: 0.5, pitch: 0.3 };
  }

  get orbit(): Orbit {
    return this.#orbit ?? this.#usual;
  }
  get moved(): boolean {
    return this.#zoom !== 1 || this.#orbit !== null;
  }
  /** Strain at the ends of the colour scale: of the start, because drag only ever takes energy out of the mesh. */
  get limit(): number {
    return this.#start ? strainLimit(strains(this.#mesh, this.#start)) : 0.5;
  }
  /** What is to be seen; it does not follow the motion, which would hide it. */
  get view(): ViewBox {
    const box = viewOf(this.#mesh, this.#start ?? this.#mesh.rest, this.orbit);
    const [width, height] = [box.width / this.#zoom, box.height / this.#zoom];
    return {
      left: box.left + (box.width - width) / 2,
      top: box.top + (box.height - height) / 2,
      width,
      height,
    };
  }

  /** The positions that the scales are made for. */
  setStart(start: Positions | null): void {
    this.#start = start;
  }

  /** In radians; a mesh in the plane is not turned. */
  turn(yaw: number, pitch: number): void {
    if (this.dimensions === 2) return;
    const within = (angle: number) => Math.min(quarter, Math.max(-quarter, angle));
    this.#orbit = { yaw: this.orbit.yaw + yaw, pitch: within(this.orbit.pitch + pitch) };
  }

  zoom(factor: number): void {
    this.#zoom = Math.min(nearest, Math.max(1, this.#zoom * factor));
  }

  reset(): void {
    this.#zoom = 1;
    this.#orbit = null;
  }
}
