/** What the forecast that is laid beside another says at the place that is probed. */
import type { Probe } from '#shared/domain/forecast.ts';
import type { CellBox } from '#shared/domain/place.ts';
import type { App } from './app.svelte.ts';

export interface ProbedPlace {
  readonly forecast: string;
  readonly start: number;
  readonly channel: number;
  readonly box: CellBox;
}

export class SecondProbe {
  readonly #app: App;
  #probe = $state.raw<Probe | null>(null);
  #stop: AbortController | null = null;
  #wanted = '';

  constructor(app: App) {
    this.#app = app;
  }

  get probe(): Probe | null {
    return this.#probe;
  }

  /** Once for each place; what is being read of another one is given up. */
  load(place: ProbedPlace | null): void {
    const wanted = place ? JSON.stringify(place) : '';
    if (wanted === this.#wanted) return;
    this.#wanted = wanted;
    this.#stop?.abort();
    this.#probe = null;
    if (place) void this.#read(place);
  }

  async #read(place: ProbedPlace): Promise<void> {
    const stop = new AbortController();
    this.#stop = stop;
    try {
      const probe = await this.#app.client.forecasts.probe(place, { signal: stop.signal });
      if (!stop.signal.aborted) this.#probe = probe;
    } catch (thrown) {
      if (!stop.signal.aborted) this.#app.notices.fail(thrown);
    }
  }
}
