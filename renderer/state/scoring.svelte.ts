/** The scores of a run: what is stored, which of it is shown, and how to compute more. */
import type { SplitName } from '#shared/domain/dataset.ts';
import type { Evaluation, EvaluationSettings } from '#shared/domain/scores.ts';
import type { App } from './app.svelte.ts';

export interface StoredEntry {
  evaluation: string;
  created: string;
  settings: EvaluationSettings;
}

export interface ScoreChoice {
  members: number;
  /** Null: all starts of the split. */
  starts: number | null;
  split: SplitName;
  /** Null: the one that the run was trained on. */
  dataset: string | null;
  /** Null: as trained. */
  horizon: number | null;
  schedule: string | null;
}

export class Scoring {
  readonly #app: App;
  readonly run: string;
  #scores = $state.raw<Evaluation | null>(null);
  #entries = $state.raw<readonly StoredEntry[]>([]);
  #chosen = $state<string | null>(null);
  #loaded = $state(false);
  #job = $state<string | null>(null);

  constructor(app: App, run: string) {
    this.#app = app;
    this.run = run;
    void this.#load();
  }

  /** Those that are shown: chosen, or the newest on the run's own test split. */
  get scores(): Evaluation | null {
    return this.#scores;
  }
  /** Everything the run was scored on, newest first. */
  get entries(): readonly StoredEntry[] {
    return this.#entries;
  }
  get chosen(): string | null {
    return this.#chosen;
  }
  get loaded(): boolean {
    return this.#loaded;
  }
  /** The scoring job while it runs. */
  get job(): string | null {
    return this.#job;
  }

  async choose(evaluation: string): Promise<void> {
    this.#chosen = evaluation;
    const stored = await this.#app.attempt(
      this.#app.client.verification.stored({ run: this.run, evaluation }),
    );
    if (stored && this.#chosen === evaluation) this.#scores = stored;
  }

  /** Forecasts the starts of a split, scores them beside the references, and shows the scores. */
  async score(choice: ScoreChoice): Promise<void> {
    const started = await this.#app.attempt(this.#app.client.verification.run({ run: this.run, ...choice }));
    if (!started) return;
    this.#job = started.job;
    const ended = await this.#app.jobs.end(started.job);
    this.#job = null;
    if (ended.status !== 'done') return;
    await this.#load();
    const [newest] = this.#entries;
    if (newest) await this.choose(newest.evaluation);
  }

  async #load(): Promise<void> {
    const { verification } = this.#app.client;
    const [scores, entries] = await Promise.all([
      this.#app.attempt(verification.ofRun({ run: this.run })),
      this.#app.attempt(verification.list({ run: this.run })),
    ]);
    this.#entries = entries ?? [];
    this.#scores = scores;
    const [newest] = this.#entries;
    const shown = this.#entries.find(({ created }) => created === scores?.created);
    this.#chosen = shown?.evaluation ?? null;
    if (scores === null && newest) await this.choose(newest.evaluation);
    this.#loaded = true;
  }
}
