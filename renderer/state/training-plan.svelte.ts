/** What would be trained: the preset, the changes to it, and what it would cost on this machine. */
import type { Dataset } from '#shared/domain/dataset.ts';
import { isTrainable, methodFacts, settingsFor } from '#shared/domain/methods.ts';
import type { Run } from '#shared/domain/run.ts';
import type { Preset, TrainSettings } from '#shared/domain/settings.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import { methodTitle, presetOrder, presetTitle } from '../text/names.ts';
import type { App } from './app.svelte.ts';
import { changed, readPath, writePath } from './setting-paths.ts';

export interface Estimate {
  seconds: number;
  memoryBytes: number;
  parameters: number;
  stepSeconds: number;
}
type Measured =
  | { status: 'measuring' }
  | { status: 'done'; estimate: Estimate }
  | { status: 'failed'; failure: ErrorData };

const measureDelay = 600;

export class TrainingPlan {
  readonly #app: App;
  readonly dataset: Dataset;
  #preset = $state<string>('');
  #settings = $state.raw<TrainSettings | null>(null);
  #measured = $state.raw<Readonly<Record<string, Measured>>>({});
  #parent = $state.raw<Run | null>(null);
  name = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App, dataset: Dataset, wanted: string | null) {
    this.#app = app;
    this.dataset = dataset;
    const names = this.presets.map(({ name }) => name);
    const first =
      names.find((name) => name === wanted) ?? names.find((name) => /small/.test(name)) ?? names[0];
    if (first) this.choose(first);
  }

  /** The system's own; where it has none, those for any grid. */
  get presets(): readonly Preset[] {
    const { presets } = this.#app.catalogue;
    const own = presets.filter(({ system }) => system === this.dataset.system);
    const fitting = own.length > 0 ? own : presets.filter(({ system }) => system === 'other');
    return [...fitting].sort(presetOrder);
  }
  get preset(): Preset | null {
    return this.presets.find(({ name }) => name === this.#preset) ?? null;
  }
  /** The published settings of the same system, to compare with. */
  get paper(): Preset | null {
    const all = this.#app.catalogue.presets;
    const system = this.dataset.system === 'other' ? 'sst' : this.dataset.system;
    return all.find((preset) => preset.system === system && /paper/.test(preset.name)) ?? null;
  }
  /** Its values for the chosen method. */
  get published(): TrainSettings | null {
    return this.paper && this.#settings ? settingsFor(this.paper, this.#settings.method) : null;
  }
  get settings(): TrainSettings | null {
    return this.#settings;
  }
  get changed(): boolean {
    const { own } = this;
    return own !== null && this.#settings !== null && changed(own, this.#settings);
  }
  /** The preset's settings for this dataset's grid. */
  get own(): TrainSettings | null {
    const { preset } = this;
    return preset && settingsFor(preset, preset.settings.method, this.dataset.summary);
  }

  /** Runs whose weights fit this dataset: as many channels, over as many steps. */
  get parents(): readonly Run[] {
    const { catalogue } = this.#app;
    return catalogue.runs.filter(({ dataset, bestValidationCrps }) => {
      const trained = catalogue.dataset(dataset);
      return (
        bestValidationCrps !== null &&
        trained?.summary.channels.length === this.dataset.summary.channels.length &&
        trained.settings.horizon === this.dataset.settings.horizon
      );
    });
  }
  /** The run whose weights are trained on; null: training starts from random ones. */
  get parent(): Run | null {
    return this.#parent;
  }

  /** Its settings come with it: other networks could not take its weights. */
  startFrom(id: string): void {
    this.#parent = this.parents.find((run) => run.id === id) ?? null;
    this.#settings = this.#parent?.settings ?? this.own;
    this.#measureSoon();
  }

  measured(preset: string): Measured | null {
    return this.#measured[this.#key(preset)] ?? null;
  }

  choose(name: string): void {
    this.#preset = name;
    this.#parent = null;
    this.#settings = this.own;
    this.#measureSoon();
  }

  value(path: string): unknown {
    return this.#settings === null ? undefined : readPath(this.#settings, path);
  }

  change(path: string, value: unknown): void {
    if (this.#settings === null) return;
    // Another method starts from what the preset gives it: values tuned for the one before mean little to it.
    if (path === 'method' && this.preset)
      this.#settings = settingsFor(this.preset, value as TrainSettings['method'], this.dataset.summary);
    else this.#settings = writePath(this.#settings, path, value);
    this.#measureSoon();
  }

  reset(): void {
    this.#parent = null;
    this.#settings = this.own;
    this.#measureSoon();
  }

  /** Answers the run that was started, null when it was refused. */
  async start(): Promise<string | null> {
    clearTimeout(this.#timer);
    const started = await this.#app.attempt(
      this.#app.client.runs.start({
        dataset: this.dataset.id,
        preset: this.#preset,
        name: this.name.trim() || this.#freeName(),
        settings: this.changed ? this.#settings : null,
        init: this.#parent?.id ?? null,
      }),
    );
    return started?.run ?? null;
  }

  dispose(): void {
    clearTimeout(this.#timer);
  }

  /** "DYffusion small", numbered when the dataset already has one of that name. */
  #freeName(): string {
    const method = this.#settings?.method ?? 'dyffusion';
    const title = isTrainable(method) ? methodTitle(methodFacts[method].title) : method;
    const base = this.#parent
      ? `${this.#parent.name}, fine-tuned`
      : `${title} ${this.preset ? presetTitle(this.preset).toLowerCase() : ''}`.trim();
    const taken = new Set(this.#app.catalogue.runsOf(this.dataset.id).map(({ name }) => name));
    let name = base;
    for (let number = 2; taken.has(name); number += 1) name = `${base} ${number}`;
    return name;
  }

  #key(preset: string): string {
    return preset === this.#preset && this.changed ? JSON.stringify(this.#settings) : preset;
  }

  #measureSoon(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#measure(), measureDelay);
  }

  /** One measurement at a time: two at once would slow each other down and both be wrong. */
  async #measure(): Promise<void> {
    if (this.#app.jobs.running.some((job) => job.kind === 'train')) return;
    const preset = this.#preset;
    const key = this.#key(preset);
    if (this.#measured[key] || Object.values(this.#measured).some(({ status }) => status === 'measuring'))
      return;
    this.#note(key, { status: 'measuring' });
    try {
      const estimate = await this.#app.client.runs.estimate({
        dataset: this.dataset.id,
        preset,
        settings: this.changed ? this.#settings : null,
      });
      this.#note(key, { status: 'done', estimate });
    } catch (thrown) {
      this.#note(key, { status: 'failed', failure: failureOf(thrown) });
    }
    if (this.#key(this.#preset) !== key) this.#measureSoon();
  }

  #note(key: string, measured: Measured): void {
    this.#measured = { ...this.#measured, [key]: measured };
  }
}
