/** A prepared dataset in time: its regional mean and its splits, loaded once for whoever shows its time line. */
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Span } from '../components/time-line.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import { type Rhythm, rhythmOf } from '../text/dates.ts';
import type { App } from './app.svelte.ts';
import { PlacedGrid } from './placed-grid.svelte.ts';

export class DatasetSeries {
  readonly dataset: Dataset;
  readonly #grid: PlacedGrid;
  /** Once the times are there, or have failed to come. */
  readonly loaded: Promise<void>;
  #dates = $state.raw<readonly string[]>([]);
  #means = $state.raw<readonly (number | null)[]>([]);

  constructor(app: App, dataset: Dataset) {
    this.dataset = dataset;
    const first = { kind: 'dataset', dataset: dataset.id, channel: 0, time: 0 } as const;
    this.#grid = new PlacedGrid(app, dataset.summary, first);
    this.loaded = app
      .attempt(app.client.datasets.rhythm({ dataset: dataset.id, channel: 0 }))
      .then((series) => {
        if (!series) return;
        this.#dates = series.dates;
        this.#means = series.means;
      });
  }

  get geometry(): MapGeometry {
    return this.#grid.geometry;
  }
  get dates(): readonly string[] {
    return this.#dates;
  }
  get means(): readonly (number | null)[] {
    return this.#means;
  }
  get rhythm(): Rhythm {
    return rhythmOf(this.#dates);
  }

  get spans(): Span[] {
    const { train, validation, test } = this.dataset.summary.splits;
    const parts: Span[] = [
      { kind: 'train', first: train.firstTime, end: train.endTime },
      { kind: 'validation', first: validation.firstTime, end: validation.endTime },
      { kind: 'test', first: test.firstTime, end: test.endTime },
    ];
    const all: Span[] = [];
    let at = 0;
    for (const part of parts.filter(({ first, end }) => end > first).sort((a, b) => a.first - b.first)) {
      if (part.first > at) all.push({ kind: 'outside', first: at, end: part.first });
      all.push(part);
      at = Math.max(at, part.end);
    }
    if (at < this.#dates.length) all.push({ kind: 'outside', first: at, end: this.#dates.length });
    return all;
  }
}
