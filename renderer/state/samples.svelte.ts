/** The samples that come with Driftcast, and the way from a card to a first forecast. */
import type { OpenedSample, SampleListing } from '#shared/domain/sample.ts';
import type { App } from './app.svelte.ts';

export class Samples {
  readonly #app: App;
  #list = $state.raw<readonly SampleListing[]>([]);
  #opening = $state.raw<{ name: string; job: string | null } | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  get list(): readonly SampleListing[] {
    return this.#list;
  }
  /** The one that is being opened; one at a time. */
  get opening(): string | null {
    return this.#opening?.name ?? null;
  }
  /** 0–1; null while unknown. */
  get fraction(): number | null {
    const job = this.#opening?.job ?? null;
    return job === null ? null : (this.#app.jobs.find(job)?.fraction ?? null);
  }

  async load(): Promise<void> {
    const list = await this.#app.attempt(this.#app.client.samples.list());
    // Those with a model first: from them a forecast is one click away.
    if (list) this.#list = [...list].sort((a, b) => Number(b.model !== null) - Number(a.model !== null));
  }

  /** Opens a sample and goes where the next step is: to a forecast, or to its data where no model comes with it. */
  async open(name: string): Promise<void> {
    if (this.#opening !== null) return;
    this.#opening = { name, job: null };
    try {
      await this.#keep(name);
      const opened = await this.#finish(name);
      if (opened !== null) await this.#show(opened);
    } finally {
      this.#opening = null;
    }
  }

  /** What the sample was opened as before is opened again: then it must not be deleted under one's eyes. */
  async #keep(name: string): Promise<void> {
    const { client, deletions } = this.#app;
    const list = await this.#app.attempt(client.samples.list());
    const known = list?.find((sample) => sample.name === name);
    for (const id of [known?.dataset, known?.run]) if (id) deletions.undo(id);
  }

  async #finish(name: string): Promise<OpenedSample | null> {
    const { client, jobs } = this.#app;
    const started = await this.#app.attempt(client.samples.open({ name }));
    if (!started) return null;
    this.#opening = { name, job: started.job };
    const ended = await jobs.end(started.job);
    if (ended.status !== 'done') return null;
    return this.#app.attempt(client.samples.result({ job: started.job }));
  }

  async #show({ title, token, dataset, run, start, time, missing }: OpenedSample): Promise<void> {
    const { catalogue, navigation, notices, opened } = this.#app;
    await this.#app.attempt(catalogue.refresh());
    if (navigation.place !== 'data') return;
    if (run !== null) {
      const first = { initial: String(start), forecast: null, start: null, lead: null };
      navigation.go('forecast', { dataset, run, ...first });
      // For whoever looks into the Data place later.
      void opened.openToken(token, title, time);
      return;
    }
    navigation.set({ dataset, run: null, forecast: null });
    await opened.openToken(token, title, time);
    if (missing !== null) notices.tell(missing);
  }
}
