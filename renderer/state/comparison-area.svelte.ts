/** What a forecast says over a box or along a line of the map, beside the cell that is always probed. */
import type { Probe } from '#shared/domain/forecast.ts';
import type { GridCell, Transect } from '#shared/domain/place.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import type { App } from './app.svelte.ts';
import { formatPlace, type Place, type PlaceTool, parsePlace, usualPlace } from './place-choice.ts';

type Area = Exclude<Place, { tool: 'point' }>;
/** Of which forecast, and where in it. */
interface Subject {
  readonly forecast: string;
  readonly geometry: MapGeometry;
  readonly start: number;
  readonly channel: number;
  readonly lead: number;
  readonly cell: GridCell | null;
}

export class ComparisonArea {
  readonly #app: App;
  readonly #subject: () => Subject;
  #areas = $state.raw<Readonly<Partial<Record<PlaceTool, Area>>>>({});
  #tool = $state<PlaceTool>('point');
  /** With the box that they are of, which may have been left since. */
  #probe = $state.raw<{ area: Area; probe: Probe } | null>(null);
  #transect = $state.raw<{ area: Area; transect: Transect } | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  #reading = $state(false);
  #pointed = $state.raw<GridCell | null>(null);
  #stop: AbortController | null = null;
  #wanted = '';

  constructor(app: App, geometry: MapGeometry, subject: () => Subject) {
    this.#app = app;
    this.#subject = subject;
    const area = parsePlace(app.navigation.parameter('area'), geometry);
    if (!area || area.tool === 'point') return;
    this.#tool = area.tool;
    this.#areas = { [area.tool]: area };
  }

  get tool(): PlaceTool {
    return this.#tool;
  }
  /** The box or the line; null while a cell is probed. */
  get area(): Area | null {
    return this.#areaOf(this.#tool);
  }
  get probe() {
    return this.#probe;
  }
  get transect() {
    return this.#transect;
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  get reading(): boolean {
    return this.#reading;
  }
  /** The cell whose values are looked at in a chart. */
  get pointed(): GridCell | null {
    return this.#pointed;
  }

  point(cell: GridCell | null): void {
    this.#pointed = cell;
  }

  chooseTool(tool: PlaceTool): void {
    const area = this.#areaOf(tool);
    if (area) this.choose(area);
    else {
      this.#tool = tool;
      this.#app.navigation.set({ area: null });
    }
  }

  choose(area: Area): void {
    this.#tool = area.tool;
    this.#areas = { ...this.#areas, [area.tool]: area };
    this.#app.navigation.set({ area: formatPlace(area) });
  }

  /** Reads what the chosen area needs, once; what is being read of another one is given up. */
  load(): void {
    const { area } = this;
    const { forecast, start, channel, lead } = this.#subject();
    const at = area?.tool === 'line' ? lead : null;
    const wanted = area ? JSON.stringify([forecast, start, channel, at, area]) : '';
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#stop?.abort();
    this.#stop = null;
    this.#reading = false;
    if (area) void this.#read(area, { forecast, start, channel, lead });
  }

  async #read(area: Area, subject: Pick<Subject, 'forecast' | 'start' | 'channel' | 'lead'>): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    this.#failure = null;
    this.#reading = true;
    const { forecasts } = this.#app.client;
    const { lead, ...rest } = subject;
    try {
      if (area.tool === 'box') {
        const probe = await forecasts.probe({ ...rest, box: area.box }, { signal: stop.signal });
        if (this.#stop === stop) this.#probe = { area, probe };
      } else {
        const ends = { from: area.from, to: area.to };
        const transect = await forecasts.transect({ ...rest, lead, ...ends }, { signal: stop.signal });
        if (this.#stop === stop) this.#transect = { area, transect };
      }
    } catch (thrown) {
      if (this.#stop === stop) this.#failure = failureOf(thrown);
    }
    if (this.#stop !== stop) return;
    this.#stop = null;
    this.#reading = false;
  }

  #areaOf(tool: PlaceTool): Area | null {
    const { geometry, cell } = this.#subject();
    const area = this.#areas[tool] ?? usualPlace(tool, geometry, cell);
    return area.tool === 'point' ? null : area;
  }
}
