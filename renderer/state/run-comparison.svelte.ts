/** Several runs of one dataset in one table, and their report. */
import type { Comparison } from '#shared/domain/comparison.ts';
import type { EvaluationSettings } from '#shared/domain/scores.ts';
import type { App } from './app.svelte.ts';

export class RunComparison {
  readonly #app: App;
  #comparison = $state.raw<Comparison | null>(null);
  #finished = $state<string | null>(null);
  #job = $state<string | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  get comparison(): Comparison | null {
    return this.#comparison;
  }
  /** The job whose report can be downloaded. */
  get finished(): string | null {
    return this.#finished;
  }
  get job(): string | null {
    return this.#job;
  }

  /** Scores the runs as those of `settings` were, or in the usual way, using stored scores where they fit. */
  async compare(runs: readonly string[], settings: EvaluationSettings | null): Promise<void> {
    this.#finished = null;
    const started = await this.#app.attempt(
      this.#app.client.comparisons.start({
        runs: [...runs],
        ...(settings && chosenOf(settings)),
      }),
    );
    if (!started) return;
    this.#job = started.job;
    const ended = await this.#app.jobs.end(started.job);
    this.#job = null;
    if (ended.status !== 'done') return;
    this.#comparison = await this.#app.attempt(this.#app.client.comparisons.result({ job: started.job }));
    this.#finished = started.job;
  }
}

/** What a comparison is asked for, of all that scores rest on. */
function chosenOf({ split, members, starts, horizon, seed, units, dataset, schedule }: EvaluationSettings) {
  return { split, members, starts, horizon, seed, units, dataset, schedule };
}
