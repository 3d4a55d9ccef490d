/** How the globe is looked at. One of these is shared by all panes, so that they turn together. */
import { type GlobeCentre, usualLook } from '../scenes/globe.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';

const nearest = 24;

export class GlobeLook {
  #usual: GlobeCentre = { longitude: 0, latitude: 0 };
  #usualZoom = 1;
  #centre = $state.raw<GlobeCentre>({ longitude: 0, latitude: 0 });
  #zoom = $state(1);

  get centre(): GlobeCentre {
    return this.#centre;
  }
  get zoom(): number {
    return this.#zoom;
  }
  get moved(): boolean {
    return this.#zoom !== this.#usualZoom || this.#centre !== this.#usual;
  }

  /** Begins over the middle of the data, near enough to see them. */
  begin({ extent }: MapGeometry): void {
    if (!extent) return;
    const usual = usualLook(extent, nearest / 2);
    this.#usual = usual.centre;
    this.#usualZoom = usual.zoom;
    this.reset();
  }

  /** In degrees. */
  turn(longitude: number, latitude: number): void {
    this.#centre = {
      longitude: this.#centre.longitude + longitude,
      latitude: Math.min(90, Math.max(-90, this.#centre.latitude + latitude)),
    };
  }

  zoomBy(factor: number): void {
    this.#zoom = Math.min(nearest, Math.max(1, this.#zoom * factor));
  }

  reset(): void {
    this.#centre = this.#usual;
    this.#zoom = this.#usualZoom;
  }
}
