/** How a mesh is looked at: from where, how near, and how strong a strain has the end of the colour scale. */
import type { Mesh } from '#shared/domain/simulations/mesh.ts';
import {
  distances,
  extremes,
  type Orbit,
  type Positions,
  strainLimit,
  strains,
  strainTable,
  type ViewBox,
  viewOf,
} from '../scenes/mesh-view.ts';
import { heightFactor } from './mesh-extras.ts';

const nearest = 12;
const quarter = Math.PI / 2;
/** From where heights over a plane are seen, and the plane too. */
const aslant: Orbit = { yaw: 0.35, pitch: -1 };

export class MeshLook {
  readonly dimensions: 2 | 3;
  /** Of the colour scale that pictures of this mesh have. */
  readonly table = strainTable;
  readonly #mesh: Mesh;
  readonly #usual: Orbit;
  /** Null: the usual one. */
  #orbit = $state.raw<Orbit | null>(null);
  #zoom = $state(1);
  #raised = $state(false);
  #start = $state.raw<Positions | null>(null);

  constructor({ mesh, dimensions }: { mesh: Mesh; dimensions: 2 | 3 }) {
    this.#mesh = mesh;
    this.dimensions = dimensions;
    const lattice = mesh.layers > 1;
    if (dimensions === 2) this.#usual = { yaw: 0, pitch: 0 };
    else this.#usual = lattice ? { yaw: 0.6, pitch: -1.15 } : { yaw: 0.5, pitch: 0.3 };
  }

  get orbit(): Orbit {
    return this.#orbit ?? (this.height > 0 ? aslant : this.#usual);
  }
  /** Whether it can be looked at from elsewhere. */
  get turns(): boolean {
    return this.dimensions === 3 || this.height > 0;
  }
  /** How many times as large as they are displacements are drawn as heights, at all times; 0: they are not. */
  get height(): number {
    return this.#raised && this.dimensions === 2 ? this.heightFactor : 0;
  }
  /** What `height` is where it is wanted; 0 until the start is known. */
  readonly heightFactor = $derived.by(() => {
    if (!this.#start) return 0;
    const { columns, rows, rest } = this.#mesh;
    return heightFactor(extremes(distances(this.#start, rest)).max, Math.max(columns, rows));
  });
  get moved(): boolean {
    return this.#zoom !== 1 || this.#orbit !== null;
  }
  /** Strain at the ends of the colour scale: of the start, because drag only ever takes energy out of the mesh. */
  get limit(): number {
    return this.#start ? strainLimit(strains(this.#mesh, this.#start)) : 0.5;
  }
  /** What is to be seen; it does not follow the motion, which would hide it. */
  get view(): ViewBox {
    const box = viewOf(this.#mesh, this.#start ?? this.#mesh.rest, this.orbit, this.height);
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

  /** Whether displacements in the plane are wanted as heights over it. */
  raise(wanted: boolean): void {
    if (wanted === this.#raised) return;
    this.#raised = wanted;
    this.#orbit = null;
  }

  /** In radians; a mesh that lies flat is not turned. */
  turn(yaw: number, pitch: number): void {
    if (!this.turns) return;
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
