/** What the workspace holds: datasets, runs, forecasts and presets, newest first. */
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { Run } from '#shared/domain/run.ts';
import type { Preset } from '#shared/domain/settings.ts';
import type { ContractClient } from '../contract/connection.svelte.ts';

export class Catalogue {
  readonly #client: ContractClient;
  #datasets = $state.raw<readonly Dataset[]>([]);
  #runs = $state.raw<readonly Run[]>([]);
  #forecasts = $state.raw<readonly Forecast[]>([]);
  #presets = $state.raw<readonly Preset[]>([]);
  #loaded = $state(false);
  /** Deleted in the window, not yet in the workspace: they can still be undone. */
  #hidden = $state.raw<ReadonlySet<string>>(new Set());

  constructor(client: ContractClient) {
    this.#client = client;
  }

  get loaded(): boolean {
    return this.#loaded;
  }
  get datasets(): readonly Dataset[] {
    return this.#datasets.filter(({ id }) => !this.#hidden.has(id));
  }
  get runs(): readonly Run[] {
    return this.#runs.filter(({ id }) => !this.#hidden.has(id));
  }
  get forecasts(): readonly Forecast[] {
    return this.#forecasts.filter(({ id }) => !this.#hidden.has(id));
  }
  get presets(): readonly Preset[] {
    return this.#presets;
  }

  dataset(id: string | null): Dataset | null {
    return this.datasets.find((entry) => entry.id === id) ?? null;
  }
  run(id: string | null): Run | null {
    return this.runs.find((entry) => entry.id === id) ?? null;
  }
  forecast(id: string | null): Forecast | null {
    return this.forecasts.find((entry) => entry.id === id) ?? null;
  }

  runsOf(dataset: string): readonly Run[] {
    return this.runs.filter((run) => run.dataset === dataset);
  }
  forecastsOf(run: string): readonly Forecast[] {
    return this.forecasts.filter((forecast) => forecast.run === run);
  }

  async refresh(): Promise<void> {
    const [datasets, runs, forecasts, presets] = await Promise.all([
      this.#client.datasets.list(),
      this.#client.runs.list(),
      this.#client.forecasts.list(),
      this.#client.presets.list(),
    ]);
    this.#datasets = newestFirst(datasets);
    this.#runs = newestFirst(runs);
    this.#forecasts = newestFirst(forecasts);
    this.#presets = presets;
    this.#loaded = true;
  }

  /** Takes over what an event stream says about a run, without asking for the whole list. */
  updateRun(run: Run): void {
    this.#runs = newestFirst([...this.#runs.filter(({ id }) => id !== run.id), run]);
  }

  hide(id: string): void {
    this.#hidden = new Set([...this.#hidden, id]);
  }

  reveal(id: string): void {
    this.#hidden = new Set([...this.#hidden].filter((other) => other !== id));
  }
}

function newestFirst<Entry extends { created: string }>(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => (a.created < b.created ? 1 : a.created > b.created ? -1 : 0));
}
