/** The part of the map that is shown. One of these is shared by all panes, so that they zoom and pan together. */
import type { PicturePoint } from '../scenes/map-geometry.ts';
import type { Window } from '../scenes/picture.ts';

const closest = 16;

export class MapWindow {
  #part = $state.raw<Window>({ left: 0, top: 0, width: 1, height: 1 });

  get part(): Window {
    return this.#part;
  }
  get zoomed(): boolean {
    return this.#part.width < 1;
  }

  /** Where a point of the whole picture lies in the part shown, 0–1 inside. */
  inside(point: PicturePoint): PicturePoint {
    const { left, top, width, height } = this.#part;
    return { u: (point.u - left) / width, v: (point.v - top) / height };
  }

  /** The inverse of {@link inside}. */
  outside(point: PicturePoint): PicturePoint {
    const { left, top, width, height } = this.#part;
    return { u: left + point.u * width, v: top + point.v * height };
  }

  /** Zooms by a factor while the place under `at` (in the part shown) stays where it is. */
  zoom(factor: number, at: PicturePoint = { u: 0.5, v: 0.5 }): void {
    const size = Math.min(1, Math.max(1 / closest, this.#part.width / factor));
    const fixed = this.outside(at);
    this.#move(fixed.u - at.u * size, fixed.v - at.v * size, size);
  }

  /** In shares of the part shown. */
  pan(right: number, down: number): void {
    const { left, top, width } = this.#part;
    this.#move(left + right * width, top + down * width, width);
  }

  reset(): void {
    this.#move(0, 0, 1);
  }

  #move(left: number, top: number, size: number): void {
    const within = (value: number) => Math.min(1 - size, Math.max(0, value));
    this.#part = { left: within(left), top: within(top), width: size, height: size };
  }
}
