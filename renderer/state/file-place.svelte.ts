/** The place of the opened file's map that numbers are asked of, and what the file holds there over time. */
import type { CellBox, GridCell, PlaceSeries } from '#shared/domain/place.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import type { App } from './app.svelte.ts';
import { cellsOf, formatPlace, type Place, type PlaceTool, parsePlace, usualPlace } from './place-choice.ts';

/** A series with the place that it is of, which may have been left since. */
interface Found {
  place: Place;
  series: PlaceSeries;
}

export class FilePlace {
  readonly #app: App;
  readonly geometry: MapGeometry;
  #places = $state.raw<Readonly<Partial<Record<PlaceTool, Place>>>>({});
  #tool = $state<PlaceTool>('point');
  #found = $state.raw<Found | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  /** Share of the values read so far; undefined while nothing is read. */
  #reading = $state<number | null | undefined>(undefined);
  #pointed = $state.raw<GridCell | null>(null);
  #stop: AbortController | null = null;
  #wanted = '';

  constructor(app: App, geometry: MapGeometry) {
    this.#app = app;
    this.geometry = geometry;
    const place = parsePlace(app.navigation.parameter('place'), geometry);
    if (place) {
      this.#tool = place.tool;
      this.#places = { [place.tool]: place };
    }
  }

  get tool(): PlaceTool {
    return this.#tool;
  }
  get place(): Place {
    return this.#placeOf(this.#tool);
  }
  get found(): Found | null {
    return this.#found;
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  /** The cell whose value is looked at in a chart. */
  get pointed(): GridCell | null {
    return this.#pointed;
  }
  get reading(): number | null | undefined {
    return this.#reading;
  }

  chooseTool(tool: PlaceTool): void {
    this.choose(this.#placeOf(tool));
  }

  choose(place: Place): void {
    this.#tool = place.tool;
    this.#places = { ...this.#places, [place.tool]: place };
    this.#app.navigation.set({ place: formatPlace(place) });
  }

  point(cell: GridCell | null): void {
    this.#pointed = cell;
  }

  /** Reads the series of the place, once; what is being read of another one is given up. */
  load(): void {
    const { file, variable, slices } = this.#app.opened;
    const { place } = this;
    if (place.tool === 'line' || !file || !variable) {
      this.leave();
      return;
    }
    const box = cellsOf(place);
    const wanted = JSON.stringify([file.id, variable.name, slices, box]);
    if (wanted === this.#wanted) return;
    this.leave();
    this.#wanted = wanted;
    void this.#read({ file: file.id, variable: variable.name, slices, box }, place);
  }

  /** Gives up what is being read. */
  leave(): void {
    if (this.#reading !== undefined) this.#wanted = '';
    this.#stop?.abort();
    this.#stop = null;
    this.#reading = undefined;
  }

  async #read(
    input: { file: string; variable: string; slices: Record<string, number>; box: CellBox },
    place: Place,
  ): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#failure = null;
    this.#reading = null;
    try {
      for await (const event of await this.#app.client.files.series(input, { signal: stop.signal })) {
        if (stop.signal.aborted) return;
        if (event.kind === 'progress') this.#reading = event.fraction;
        else this.#found = { place, series: event.series };
      }
    } catch (thrown) {
      if (stop.signal.aborted) return;
      this.#found = null;
      this.#failure = failureOf(thrown);
    }
    if (this.#stop !== stop) return;
    this.#stop = null;
    this.#reading = undefined;
  }

  /** As it was left, or around the cell that was looked at last. */
  #placeOf(tool: PlaceTool): Place {
    const { point } = this.#places;
    return this.#places[tool] ?? usualPlace(tool, this.geometry, point?.tool === 'point' ? point.cell : null);
  }
}
