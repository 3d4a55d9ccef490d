/** A run as it happens: its curves, its place in the epoch and the time left, from the service's event stream. */
import type { RunEvent } from '#shared/contract/index.ts';
import type { EpochMetrics, Run } from '#shared/domain/run.ts';
import type { App } from './app.svelte.ts';

export type RunProgress = Extract<RunEvent, { kind: 'progress' }>;

export class RunWatch {
  readonly #app: App;
  readonly run: string;
  #state = $state.raw<Run | null>(null);
  #epochs = $state.raw<readonly EpochMetrics[]>([]);
  #progress = $state.raw<RunProgress | null>(null);
  #notes = $state.raw<readonly string[]>([]);
  #stop = new AbortController();
  readonly #forget: () => void;

  constructor(app: App, run: string) {
    this.#app = app;
    this.run = run;
    this.#forget = app.connection.onReopened(() => this.#follow());
    this.#follow();
  }

  get state(): Run | null {
    return this.#state;
  }
  get progress(): RunProgress | null {
    return this.#progress;
  }
  get notes(): readonly string[] {
    return this.#notes;
  }

  of(stage: EpochMetrics['stage']): readonly EpochMetrics[] {
    return this.#epochs.filter((metrics) => metrics.stage === stage);
  }

  /** Follows the run from the start again, for instance after it was resumed. */
  again(): void {
    this.#follow();
  }

  dispose(): void {
    this.#forget();
    this.#stop.abort();
  }

  #follow(): void {
    this.#stop.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.#read(stop.signal).catch((thrown: unknown) => {
      if (!stop.signal.aborted && this.#app.connection.status === 'open') this.#app.notices.fail(thrown);
    });
  }

  async #read(signal: AbortSignal): Promise<void> {
    const events = await this.#app.client.runs.watch({ run: this.run }, { signal });
    let first = true;
    for await (const event of events) {
      if (signal.aborted) return;
      // The stream starts with the whole history, so what came before is dropped only when it is there.
      if (first) this.#clear();
      first = false;
      this.#take(event);
    }
  }

  #clear(): void {
    this.#epochs = [];
    this.#progress = null;
    this.#notes = [];
  }

  #take(event: RunEvent): void {
    switch (event.kind) {
      case 'run':
        this.#state = event.run;
        if (event.run.status !== 'training') this.#progress = null;
        this.#app.catalogue.updateRun(event.run);
        return;
      case 'epoch':
        this.#epochs = [...this.#epochs.filter((other) => !same(other, event.metrics)), event.metrics];
        return;
      case 'progress':
        this.#progress = event;
        return;
      case 'note':
        this.#notes = [...this.#notes, event.message];
    }
  }
}

/** A resumed run repeats the epochs after its last checkpoint: the newer line replaces the older. */
function same(a: EpochMetrics, b: EpochMetrics): boolean {
  return a.stage === b.stage && a.epoch === b.epoch;
}
