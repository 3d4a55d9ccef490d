/** The grid of a dataset or a forecast: in the order of the file until the places of a curvilinear one have come. */
import type { StoredField } from '#shared/contract/fields.ts';
import { type Grid, MapGeometry } from '../scenes/map-geometry.ts';
import type { App } from './app.svelte.ts';
import { gridGeometry } from './grid-geometry.ts';

export class PlacedGrid {
  #geometry: MapGeometry;

  /** @param placed is told of the places once they are known, at once where they are with the grid */
  constructor(
    app: App,
    grid: Grid & { curvilinear?: boolean | undefined },
    of: StoredField,
    placed: (geometry: MapGeometry) => void = () => {},
  ) {
    this.#geometry = $state.raw(new MapGeometry(grid));
    if (!grid.curvilinear) {
      placed(this.#geometry);
      return;
    }
    void app.attempt(gridGeometry(app.fields, grid, of)).then((geometry) => {
      if (!geometry) return;
      this.#geometry = geometry;
      placed(geometry);
    });
  }

  get geometry(): MapGeometry {
    return this.#geometry;
  }
}
