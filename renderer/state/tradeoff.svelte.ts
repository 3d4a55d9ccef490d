/** What a run's forecasts cost and how good they are by sampling schedule: what was measured, and measuring it. */
import type { Tradeoff } from '#shared/domain/comparison.ts';
import type { App } from './app.svelte.ts';

export class SpeedSkill {
  readonly #app: App;
  readonly run: string;
  #measured = $state.raw<Tradeoff | null>(null);
  #job = $state<string | null>(null);

  constructor(app: App, run: string) {
    this.#app = app;
    this.run = run;
    void this.#load();
  }

  /** The newest measurement; null before the first. */
  get measured(): Tradeoff | null {
    return this.#measured;
  }
  get job(): string | null {
    return this.#job;
  }

  /** Times and scores the schedules worth trying on a few validation starts. */
  async measure(members: number, starts: number): Promise<void> {
    const started = await this.#app.attempt(
      this.#app.client.tradeoffs.start({ run: this.run, members, starts }),
    );
    if (!started) return;
    this.#job = started.job;
    const ended = await this.#app.jobs.end(started.job);
    this.#job = null;
    if (ended.status === 'done') await this.#load();
  }

  async #load(): Promise<void> {
    this.#measured = await this.#app.attempt(this.#app.client.tradeoffs.ofRun({ run: this.run }));
  }
}
