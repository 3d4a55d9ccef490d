/** The simulation under way: started, watched, cancelled; its file is opened as soon as it is there. */
import type { Job } from '#shared/domain/job.ts';
import {
  completeSettings,
  type Recipe,
  type SimulationPreview,
  type SimulationResult,
  simulatorNamed,
} from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import type { App } from './app.svelte.ts';
import { SimulationPlan } from './simulation-plan.svelte.ts';

export class Simulation {
  readonly #app: App;
  readonly plan = new SimulationPlan();
  #recipes = $state.raw<readonly Recipe[]>([]);
  #job = $state<string | null>(null);
  #preview = $state.raw<SimulationPreview | null>(null);
  /** Settings of the run that is watched: those of the form may have changed since. */
  #shown = $state.raw<{
    simulator: string;
    settings: Readonly<Record<string, unknown>>;
    seed: number;
  } | null>(null);

  constructor(app: App) {
    this.#app = app;
  }

  get recipes(): readonly Recipe[] {
    return this.#recipes;
  }
  get running(): boolean {
    return this.#job !== null;
  }
  /** Null before the service has told of it. */
  get job(): Job | null {
    return this.#job === null ? null : this.#app.jobs.find(this.#job);
  }
  get preview(): SimulationPreview | null {
    return this.#preview;
  }
  get shown(): { simulator: string; settings: Readonly<Record<string, unknown>>; seed: number } | null {
    return this.#shown;
  }

  async loadRecipes(): Promise<void> {
    const recipes = await this.#app.attempt(this.#app.client.simulations.recipes());
    if (recipes) this.#recipes = recipes;
  }

  async start(): Promise<void> {
    const { client, jobs } = this.#app;
    const { recipe, request, checked, simulator, seed } = this.plan;
    const started = await this.#app.attempt(
      recipe
        ? client.simulations.startRecipe({ recipe: recipe.name })
        : client.simulations.start({ request, name: simulator.title }),
    );
    if (!started) return;
    const { job } = started;
    this.#job = job;
    this.#preview = null;
    const entry = simulatorNamed(simulatorEntries, simulator.name);
    this.#shown = {
      simulator: simulator.name,
      settings: recipe ? completeSettings(entry, recipe.files[0]?.settings ?? {}) : (checked.settings ?? {}),
      seed: recipe?.files[0]?.seed ?? seed,
    };
    const stop = new AbortController();
    void this.#watch(job, stop.signal);
    const ended = await jobs.end(job);
    stop.abort();
    this.#job = null;
    this.#preview = null;
    if (ended.status !== 'done') return;
    const result = await this.#app.attempt(client.simulations.result({ job }));
    if (result) await this.#hand(result, recipe);
  }

  async cancel(): Promise<void> {
    if (this.#job !== null) await this.#app.attempt(this.#app.jobs.cancel(this.#job));
  }

  /** A line that breaks ends the pictures, not the simulation. */
  async #watch(job: string, signal: AbortSignal): Promise<void> {
    try {
      for await (const preview of await this.#app.client.simulations.watch({ job }, { signal })) {
        if (signal.aborted) return;
        this.#preview = preview;
      }
    } catch {
      this.#preview = null;
    }
  }

  /** Opens the first file, unless someone has gone on to something else meanwhile; then it is offered. */
  async #hand({ files }: SimulationResult, recipe: Recipe | null): Promise<void> {
    const { navigation, opened, notices } = this.#app;
    const [first] = files;
    if (!first) return;
    const open = async () => {
      await opened.openToken(first.token, first.name);
      navigation.go('data', { simulate: null });
    };
    if (navigation.place === 'data' && navigation.parameter('simulate') !== null) await open();
    else notices.tell(`The simulation ${first.name} is ready.`, { label: 'Open', run: () => void open() });
    if (recipe === null || files.length === 1) return;
    // What is opened once is remembered among the recent files.
    for (const { token } of files.slice(1))
      await this.#app.attempt(this.#app.client.files.openToken({ token }));
    const others = files.slice(1).map(({ name }) => name);
    notices.tell(`${recipe.title}: ${others.join(', ')} wait among the recent files.`);
  }
}
