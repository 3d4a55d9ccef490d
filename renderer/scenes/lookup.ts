/** The map of a curvilinear grid's cells on the graphics card, shared by all pictures that show it. */
import { DataTexture, FloatType, RedFormat } from 'three';
import type { MapGeometry } from './map-geometry.ts';
import { texture } from './textures.ts';

interface Shared {
  texture: DataTexture;
  users: number;
}
const shared = new WeakMap<MapGeometry, Shared>();

/** The lookup of one picture, which may show one grid after another. */
export class Lookup {
  #geometry: MapGeometry | null = null;

  /** Null where cells lie on the picture in the order of the file. */
  use(geometry: MapGeometry): DataTexture | null {
    const { lookup } = geometry;
    if (geometry !== this.#geometry) {
      this.release();
      if (!lookup) return null;
      this.#geometry = geometry;
      const made = shared.get(geometry) ?? {
        texture: texture(new DataTexture(lookup.data, lookup.width, lookup.height, RedFormat, FloatType)),
        users: 0,
      };
      made.users += 1;
      shared.set(geometry, made);
    }
    return lookup ? (shared.get(geometry)?.texture ?? null) : null;
  }

  release(): void {
    const used = this.#geometry && shared.get(this.#geometry);
    if (used) {
      used.users -= 1;
      if (used.users === 0 && this.#geometry) {
        used.texture.dispose();
        shared.delete(this.#geometry);
      }
    }
    this.#geometry = null;
  }
}
