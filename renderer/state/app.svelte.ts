/** Everything the window knows outside of a single place, and how a component gets hold of it. */
import { createContext } from 'svelte';
import type { AppSettings } from '#shared/contract/index.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { Job } from '#shared/domain/job.ts';
import type { Run } from '#shared/domain/run.ts';
import type { Doctor } from '#shared/domain/system.ts';
import { Connection, type ContractClient, desktopBridge } from '../contract/connection.svelte.ts';
import { FieldStore } from '../contract/fields.ts';
import { Catalogue } from './catalogue.svelte.ts';
import { Deletions } from './deletions.svelte.ts';
import { Jobs } from './jobs.svelte.ts';
import { Navigation } from './navigation.svelte.ts';
import { Notices } from './notices.svelte.ts';
import { Opened } from './opened.svelte.ts';
import { TopBarActions } from './place-actions.svelte.ts';
import { Simulation } from './simulation.svelte.ts';
import { Theme } from './theme.svelte.ts';

export class App {
  readonly connection = new Connection();
  readonly client: ContractClient = this.connection.client;
  readonly fields = new FieldStore();
  readonly navigation = new Navigation();
  readonly notices = new Notices();
  readonly catalogue = new Catalogue(this.client);
  readonly deletions = new Deletions(this);
  readonly jobs = new Jobs(this.client, (job) => this.#jobEnded(job));
  readonly theme = new Theme((theme) => {
    void desktopBridge()?.setTheme(theme);
    void this.changeSettings({ theme });
  });
  readonly topBar = new TopBarActions();
  readonly opened = new Opened(this);
  readonly simulation = new Simulation(this);
  #doctor = $state.raw<Doctor | null>(null);
  #settings = $state.raw<AppSettings | null>(null);

  get doctor(): Doctor | null {
    return this.#doctor;
  }
  get settings(): AppSettings | null {
    return this.#settings;
  }

  /** Whether they were kept. */
  async changeSettings(changes: Partial<AppSettings>): Promise<boolean> {
    const settings = await this.attempt(this.client.system.changeSettings(changes));
    if (settings) this.#settings = settings;
    return settings !== null;
  }
  /** What is named below decides where nothing is named above: a forecast knows its run, a run its dataset. */
  get dataset(): Dataset | null {
    return this.catalogue.dataset(this.navigation.parameter('dataset') ?? this.run?.dataset ?? null);
  }
  get run(): Run | null {
    return this.catalogue.run(this.navigation.parameter('run') ?? this.forecast?.run ?? null);
  }
  get forecast(): Forecast | null {
    return this.catalogue.forecast(this.navigation.parameter('forecast'));
  }

  start(): void {
    this.connection.onReopened(() => this.#load());
    this.#load();
  }

  /** Waits for a call and shows its failure as a notice; null when it failed. */
  async attempt<Result>(call: Promise<Result>): Promise<Result | null> {
    try {
      return await call;
    } catch (thrown) {
      this.notices.fail(thrown);
      return null;
    }
  }

  chooseDataset(id: string): void {
    const run = this.catalogue.runsOf(id)[0]?.id ?? null;
    this.navigation.set({ dataset: id, run, initial: null, ...this.#newestForecast(run) });
  }

  chooseRun(id: string): void {
    const run = this.catalogue.run(id);
    this.navigation.set({ dataset: run?.dataset ?? null, run: id, ...this.#newestForecast(id) });
  }

  chooseForecast(id: string): void {
    const forecast = this.catalogue.forecast(id);
    if (!forecast) return;
    this.navigation.set({
      dataset: forecast.dataset,
      run: forecast.run,
      forecast: id,
      start: null,
      lead: null,
    });
  }

  /** After a deletion: what is gone must not stay open. */
  forget(id: string): void {
    for (const name of ['dataset', 'run', 'forecast'] as const)
      if (this.navigation.parameter(name) === id) this.navigation.set({ [name]: null });
  }

  #newestForecast(run: string | null) {
    const forecast = run === null ? undefined : this.catalogue.forecastsOf(run)[0];
    return { forecast: forecast?.id ?? null, start: null, lead: null };
  }

  #load(): void {
    void this.attempt(this.#loadAll());
    // The stream ends when the line breaks; the line's return starts it anew.
    this.jobs.start().catch((thrown: unknown) => {
      if (this.connection.status === 'open') this.notices.fail(thrown);
    });
  }

  async #loadAll(): Promise<void> {
    const [settings] = await Promise.all([this.client.system.settings(), this.catalogue.refresh()]);
    this.#settings = settings;
    this.theme.take(settings.theme);
    this.#doctor = await this.client.system.doctor();
  }

  #jobEnded(job: Job): void {
    if (job.status === 'failed' && job.error) this.notices.fail(job.error);
    void this.attempt(this.catalogue.refresh());
  }
}

const [getApp, setApp] = createContext<App>();

export { getApp, setApp };
