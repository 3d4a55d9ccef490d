/** The scores of a run over its test split: what is stored, and how to compute them anew. */
import type { Evaluation } from '#shared/domain/scores.ts';
import type { App } from './app.svelte.ts';

export class Scoring {
  readonly #app: App;
  readonly run: string;
  #scores = $state.raw<Evaluation | null>(null);
  #loaded = $state(false);
  #job = $state<string | null>(null);

  constructor(app: App, run: string) {
    this.#app = app;
    this.run = run;
    void this.#load();
  }

  get scores(): Evaluation | null {
    return this.#scores;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  /** The scoring job while it runs. */
  get job(): string | null {
    return this.#job;
  }

  /** Forecasts every start of the test split and scores them beside the references. */
  async score(members: number, schedule: string | null): Promise<void> {
    const started = await this.#app.attempt(
      this.#app.client.verification.run({ run: this.run, split: 'test', members, schedule }),
    );
    if (!started) return;
    this.#job = started.job;
    const ended = await this.#app.jobs.end(started.job);
    this.#job = null;
    if (ended.status === 'done') await this.#load();
  }

  async #load(): Promise<void> {
    this.#scores = await this.#app.attempt(this.#app.client.verification.ofRun({ run: this.run }));
    this.#loaded = true;
  }
}
