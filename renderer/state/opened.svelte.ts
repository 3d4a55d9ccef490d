/** The file that the Data place shows: its variables, the chosen one's grid, statistics and rhythm in time. */
import type { OpenFile } from '#shared/contract/index.ts';
import type { AxisSummary, VariableSummary } from '#shared/domain/file.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import { fileTokens } from '../contract/upload.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import type { App } from './app.svelte.ts';
import { gridGeometry } from './grid-geometry.ts';

type Recent = { token: string; name: string; folder: string; opened: string };
export type TimeSeries = { dates: string[]; means: (number | null)[] };

export class Opened {
  readonly #app: App;
  #file = $state.raw<OpenFile | null>(null);
  /** What the address calls the file. */
  #token: string | null = null;
  #recent = $state.raw<readonly Recent[]>([]);
  #variable = $state<string | null>(null);
  /** Of those that are shown one at a time. */
  #trajectory = $state(0);
  #statistics = $state.raw<Readonly<Record<string, VariableSummary>>>({});
  #geometry = $state.raw<MapGeometry | null>(null);
  #series = $state.raw<TimeSeries | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  /** What is being opened, and how much of it has been sent. */
  #opening = $state.raw<{ name: string; sent: number | null } | null>(null);
  #stop: AbortController | null = null;
  /** Aborted when the shown variable is left. */
  #left = new AbortController();
  /** By dimension; the first entry where nothing was chosen. */
  #chosen = $state.raw<Readonly<Record<string, number>>>({});

  constructor(app: App) {
    this.#app = app;
  }

  get file(): OpenFile | null {
    return this.#file;
  }
  get recent(): readonly Recent[] {
    return this.#recent;
  }
  get geometry(): MapGeometry | null {
    return this.#geometry;
  }
  get series(): TimeSeries | null {
    return this.#series;
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  get opening(): { name: string; sent: number | null } | null {
    return this.#opening;
  }

  /** Whether the address names a file that has not come yet. */
  get restoring(): boolean {
    return this.#file === null && this.#app.navigation.parameter('file') !== null;
  }

  get variables(): readonly VariableSummary[] {
    return (this.#file?.summary.variables ?? []).map((entry) => this.#statistics[entry.name] ?? entry);
  }
  get variable(): VariableSummary | null {
    return this.variables.find(({ name }) => name === this.#variable) ?? null;
  }

  /** Those to choose from: what can be forecast, or, where nothing can be, what can be looked at. */
  get shownVariables(): readonly VariableSummary[] {
    const usable = this.variables.filter(({ forecastable }) => forecastable);
    return usable.length > 0 ? usable : this.variables.filter(({ viewable }) => viewable);
  }

  /** How many there are; 0 where the variable is one time line. */
  get trajectories(): number {
    return this.#repeated?.size ?? 0;
  }
  /** The one that is shown, from 0. */
  get trajectory(): number {
    return Math.min(this.#trajectory, Math.max(0, this.trajectories - 1));
  }

  /** Indices of the dimensions that are neither time nor space: the first of each, until another is chosen. */
  get slices(): Record<string, number> {
    const others = this.#others;
    const shown = this.#repeated ? [[this.#repeated.name, this.trajectory] as const] : [];
    return Object.fromEntries([...others.map((axis) => [axis.name, this.sliceOf(axis)] as const), ...shown]);
  }

  get #others(): readonly AxisSummary[] {
    return this.variable?.axes.filter((axis) => axis.role === 'other') ?? [];
  }
  /** Dimensions in which one entry has to be chosen: levels, members. */
  get sliced(): readonly AxisSummary[] {
    return this.#others.filter((axis) => axis.size > 1);
  }
  sliceOf({ name, size }: AxisSummary): number {
    return Math.min(this.#chosen[name] ?? 0, size - 1);
  }

  chooseSlice(name: string, index: number): void {
    if (!this.#file || !this.#variable) return;
    this.#chosen = { ...this.#chosen, [name]: index };
    void this.#loadSeries(this.#file.id, this.#variable);
  }

  get #repeated() {
    return this.variable?.axes.find((axis) => axis.role === 'trajectory') ?? null;
  }

  chooseTrajectory(trajectory: number): void {
    if (!this.#file || !this.#variable || trajectory === this.trajectory) return;
    this.#trajectory = Math.max(0, Math.round(trajectory));
    void this.#loadSeries(this.#file.id, this.#variable);
  }

  /** Several files are one series. */
  async openFiles(files: readonly File[]): Promise<void> {
    const [first] = files;
    if (!first) return;
    const name = files.length === 1 ? first.name : `${files.length} files`;
    this.#opening = { name, sent: 0 };
    await this.#open(name, (signal) =>
      fileTokens(files, signal, (sent) => {
        this.#opening = { name, sent };
      }),
    );
  }

  async openTokens(tokens: readonly string[], name: string): Promise<void> {
    await this.#open(name, () => Promise.resolve(tokens));
  }

  /** Gives up what is being opened. */
  cancelOpening(): void {
    this.#stop?.abort();
  }

  /** @param time the one that is shown first */
  async openToken(token: string, name: string, time = 0): Promise<void> {
    await this.#open(name, () => Promise.resolve([token]), time);
  }

  /**
   * Shows what the address names, as after a reload or with the back button; the service remembers files as long as it
   * runs.
   */
  async restore(): Promise<void> {
    const { navigation } = this.#app;
    const token = navigation.parameter('file');
    if (this.#opening !== null) return;
    if (token === null) {
      if (this.#file) this.close();
      return;
    }
    const wanted = navigation.parameter('variable');
    if (token === this.#token) {
      if (this.shownVariables.some(({ name }) => name === wanted)) this.choose(wanted as string);
      return;
    }
    this.#opening = { name: 'the file', sent: null };
    try {
      this.#take(await this.#app.client.files.openToken({ token }), token, wanted);
    } catch {
      navigation.set({ file: this.#token, variable: this.#variable, time: null });
    }
    this.#opening = null;
  }

  async loadRecent(): Promise<void> {
    const recent = await this.#app.attempt(this.#app.client.files.recent());
    if (recent) this.#recent = recent;
  }

  close(): void {
    this.#left.abort();
    this.#file = null;
    this.#token = null;
    this.#variable = null;
    this.#geometry = null;
    this.#series = null;
    this.#app.navigation.set({ file: null, variable: null, time: null });
    void this.loadRecent();
  }

  dismissFailure(): void {
    this.#failure = null;
  }

  choose(variable: string): void {
    if (variable === this.#variable || !this.#file) return;
    this.#variable = variable;
    this.#geometry = null;
    this.#series = null;
    this.#app.navigation.set({ variable });
    void this.#load(this.#file.id, variable);
  }

  async #open(
    name: string,
    resolve: (signal: AbortSignal) => Promise<readonly string[]>,
    time = 0,
  ): Promise<void> {
    const stop = new AbortController();
    const { signal } = stop;
    this.#stop?.abort();
    this.#stop = stop;
    this.#failure = null;
    this.#opening ??= { name, sent: null };
    try {
      const tokens = [...(await resolve(signal))];
      this.#opening = { name, sent: null };
      const events = await this.#app.client.files.openSeries({ tokens }, { signal });
      for await (const event of events) {
        if (event.kind === 'progress') {
          this.#opening = { name, sent: event.fraction };
          continue;
        }
        this.#app.navigation.set({ variable: null, time: time === 0 ? null : String(time) });
        this.#take(event.file, event.token, null);
      }
    } catch (thrown) {
      if (!signal.aborted) this.#failure = failureOf(thrown);
    }
    if (this.#stop !== stop) return;
    this.#stop = null;
    this.#opening = null;
  }

  #take(file: OpenFile, token: string, wanted: string | null): void {
    this.#file = file;
    this.#token = token;
    this.#statistics = {};
    this.#trajectory = 0;
    this.#chosen = {};
    this.#variable = null;
    this.#app.navigation.set({ file: token });
    const variables = this.shownVariables;
    const first = variables.find(({ name }) => name === wanted) ?? variables[0];
    if (first) this.choose(first.name);
  }

  /** The one of before is shown until it has come, so that the line keeps its length. */
  async #loadSeries(file: string, variable: string): Promise<void> {
    const { slices, trajectory } = this;
    const { files } = this.#app.client;
    const series = await this.#read((options) => files.rhythm({ file, variable, slices }, options));
    const current = this.#file?.id === file && this.#variable === variable && this.trajectory === trajectory;
    const same = JSON.stringify(this.slices) === JSON.stringify(slices);
    if (current && same && series) this.#series = series;
  }

  async #load(file: string, variable: string): Promise<void> {
    const { fields, navigation } = this.#app;
    const { files } = this.#app.client;
    this.#left.abort();
    this.#left = new AbortController();
    const current = () => this.#file?.id === file && this.#variable === variable;
    // The map that is about to be shown is asked for first: behind the time line it would wait for much reading.
    const time = navigation.index('time') ?? 0;
    const map = fields
      .get({ kind: 'file', file, variable, time, slices: this.slices })
      // Whoever shows it tells of its failure.
      .catch(() => null);
    const geometry = await this.#read(async (options) => {
      const grid = await files.grid({ file, variable }, options);
      const of = { kind: 'file', file, variable, time: 0, slices: this.slices } as const;
      return gridGeometry(fields, grid, of);
    });
    if (!current() || !geometry) return;
    this.#geometry = geometry;
    await map;
    if (!current()) return;
    await this.#loadSeries(file, variable);
    if (!current()) return;
    const statistics = await this.#read((options) => files.statistics({ file, variable }, options));
    if (this.#file?.id === file && statistics)
      this.#statistics = { ...this.#statistics, [variable]: statistics };
  }

  /** Reads for the variable that is shown: given up, without a word, once another one is. */
  async #read<Result>(call: (options: { signal: AbortSignal }) => Promise<Result>): Promise<Result | null> {
    const { signal } = this.#left;
    try {
      return await call({ signal });
    } catch (thrown) {
      if (!signal.aborted) this.#app.notices.fail(thrown);
      return null;
    }
  }
}
