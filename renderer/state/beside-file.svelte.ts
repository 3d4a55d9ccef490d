/** A file that is laid beside something else: which variable of it, and which of its times belongs to a date. */
import type { FieldAddress, FieldOnto, StoredField } from '#shared/contract/fields.ts';
import type { OpenFile } from '#shared/contract/index.ts';
import type { AxisSummary, VariableSummary } from '#shared/domain/file.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import { fileTokens } from '../contract/upload.ts';
import { formatDate, type Rhythm } from '../text/dates.ts';
import type { App } from './app.svelte.ts';
import { matchingTime } from './matching-time.ts';
import type { PaneKind } from './panes.ts';

type ForecastField = Extract<StoredField, { kind: 'forecast' }>;

/** What it is laid beside. */
export interface Beside {
  /** A field on the grid to take. */
  readonly like: StoredField;
  readonly variable: string;
  readonly standardName: string;
  readonly units: string;
  readonly rhythm: Rhythm;
}

export class BesideFile {
  readonly #app: App;
  readonly #beside: () => Beside;
  /** Under which name the address keeps it. */
  readonly #parameter: 'beside' | 'with';
  #file = $state.raw<OpenFile | null>(null);
  #token = '';
  #variable = $state<string | null>(null);
  #chosen = $state.raw<Readonly<Record<string, number>>>({});
  #dates = $state.raw<readonly string[] | null>(null);
  /** Of the variable over all times, once asked for. */
  #range = $state.raw<{ min: number; max: number } | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  #opening = $state<number | null | undefined>(undefined);
  #stop: AbortController | null = null;

  constructor(app: App, parameter: 'beside' | 'with', beside: () => Beside) {
    this.#app = app;
    this.#parameter = parameter;
    this.#beside = beside;
    void this.#restore();
  }

  get file(): OpenFile | null {
    return this.#file;
  }
  /** Those that are maps. */
  get variables(): readonly VariableSummary[] {
    return (this.#file?.summary.variables ?? []).filter(({ axes }) => axes.filter(isSpace).length === 2);
  }
  get variable(): VariableSummary | null {
    return this.variables.find(({ name }) => name === this.#variable) ?? null;
  }
  /** Levels, members, trajectories: one of each is shown. */
  get sliced(): readonly AxisSummary[] {
    return (this.variable?.axes ?? []).filter(({ role, size }) => size > 1 && isSliced(role));
  }
  sliceOf({ name, size }: AxisSummary): number {
    return Math.min(this.#chosen[name] ?? 0, size - 1);
  }
  get range(): { min: number; max: number } | null {
    return this.#range;
  }
  /** As that of a forecast, for a scale of its own: values in other units have none in common. */
  get valueRange(): Forecast['valueRange'] {
    return { ...(this.#range ?? { min: 0, max: 1 }), spreadMax: 0, errorMax: 0 };
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  /** Share that has been sent; undefined while nothing is being opened. */
  get opening(): number | null | undefined {
    return this.#opening;
  }
  /** "ocean.nc: sst"; empty without one. */
  get name(): string {
    return this.#file && this.#variable ? `${this.#file.summary.name}: ${this.#variable}` : '';
  }

  async openFiles(files: readonly File[]): Promise<void> {
    await this.#open((signal) => fileTokens(files, signal, (sent) => (this.#opening = sent)));
  }

  async openTokens(tokens: readonly string[]): Promise<void> {
    await this.#open(() => Promise.resolve(tokens));
  }

  choose(variable: string): void {
    this.#variable = variable;
    this.#dates = null;
    this.#range = null;
    this.#remember();
    void this.#loadTimes();
  }

  chooseSlice(name: string, index: number): void {
    this.#chosen = { ...this.#chosen, [name]: index };
    this.#remember();
  }

  /** Why there is nothing at a date, in a sentence; null where there is something. */
  lackingAt(date: string): string | null {
    if (!this.#file || !this.variable) return 'Choose a file first.';
    if (this.#dates === null) return `Reading the times of ${this.#file.summary.name}…`;
    const { rhythm } = this.#beside();
    if (matchingTime(this.#dates, date, rhythm) !== null) return null;
    const [first, last] = [this.#dates[0] ?? '', this.#dates.at(-1) ?? ''].map((each) =>
      formatDate(each, rhythm),
    );
    return `${this.name} has no single time that is ${formatDate(date, rhythm)}; its times run from ${first} to ${last}.`;
  }

  /** Its field at a date on the grid that it is laid beside; null where there is none. */
  at(date: string): FieldOnto | null {
    const { like, rhythm } = this.#beside();
    const time = this.#dates && matchingTime(this.#dates, date, rhythm);
    if (!this.#file || !this.variable || time === null) return null;
    const slices = Object.fromEntries(this.sliced.map((axis) => [axis.name, this.sliceOf(axis)]));
    const { name } = this.variable;
    return { kind: 'onto', field: { kind: 'file', file: this.#file.id, variable: name, time, slices }, like };
  }

  /** What a pane of Compare shows: the file's field, or its difference from the forecast's mean or truth. */
  shownIn(kind: PaneKind, date: string, own: Omit<ForecastField, 'quantity'>): FieldAddress | null {
    const file = this.at(date);
    if (!file || kind === 'file') return file;
    if (kind === 'file-difference') return minusFile({ ...own, quantity: 'mean' }, file);
    return { kind: 'difference', first: file, second: { ...own, quantity: 'truth' } };
  }

  /** The range over all times, which only values in other units need: the others share a scale. */
  async measure(): Promise<void> {
    const [file, variable] = [this.#file?.id, this.#variable];
    if (!file || !variable || this.#range) return;
    const found = await this.#app.attempt(this.#app.client.files.statistics({ file, variable }));
    if (this.#file?.id !== file || this.#variable !== variable) return;
    if (found && found.min !== null && found.max !== null) this.#range = { min: found.min, max: found.max };
  }

  async #open(resolve: (signal: AbortSignal) => Promise<readonly string[]>): Promise<void> {
    this.#stop?.abort();
    const stop = new AbortController();
    this.#stop = stop;
    this.#failure = null;
    this.#opening = null;
    try {
      const tokens = [...(await resolve(stop.signal))];
      const events = await this.#app.client.files.openSeries({ tokens }, { signal: stop.signal });
      for await (const event of events) {
        if (event.kind === 'progress') this.#opening = event.fraction;
        else this.#take(event.file, event.token);
      }
    } catch (thrown) {
      if (!stop.signal.aborted) this.#failure = failureOf(thrown);
    }
    if (this.#stop !== stop) return;
    this.#stop = null;
    this.#opening = undefined;
  }

  #take(file: OpenFile, token: string): void {
    this.#file = file;
    this.#token = token;
    this.#chosen = {};
    const { variable, standardName, units } = this.#beside();
    const likely = [
      (each: VariableSummary) => each.name === variable,
      (each: VariableSummary) => standardName !== '' && each.standardName === standardName,
      (each: VariableSummary) => each.units === units,
      () => true,
    ];
    const found = likely.flatMap((test) => this.variables.find(test) ?? [])[0];
    if (found) this.choose(found.name);
    else {
      this.#file = null;
      this.#failure = {
        code: 'bad-input',
        message: `${file.summary.name} holds no map: no variable has rows and columns.`,
        hint: 'Choose another file.',
      };
    }
  }

  async #loadTimes(): Promise<void> {
    const [file, variable] = [this.#file?.id, this.#variable];
    if (!file || !variable) return;
    try {
      const { dates } = await this.#app.client.files.times({ file, variable });
      if (this.#file?.id === file && this.#variable === variable) this.#dates = dates;
    } catch (thrown) {
      this.#failure = failureOf(thrown);
    }
  }

  #remember(): void {
    const chosen = Object.entries(this.#chosen).map(([name, index]) => [`.${name}`, String(index)] as const);
    const named = [['file', this.#token], ['variable', this.#variable ?? ''], ...chosen];
    this.#app.navigation.set({ [this.#parameter]: new URLSearchParams(named as string[][]).toString() });
  }

  /** The file that the address names; the service remembers it as long as it runs. */
  async #restore(): Promise<void> {
    const given = new URLSearchParams(this.#app.navigation.parameter(this.#parameter) ?? '');
    const [token, variable] = [given.get('file'), given.get('variable')];
    if (!token || !variable) return;
    try {
      const file = await this.#app.client.files.openToken({ token });
      if (this.#file) return;
      this.#file = file;
      this.#token = token;
      this.#chosen = Object.fromEntries(
        [...given].flatMap(([name, index]) => (name.startsWith('.') ? [[name.slice(1), Number(index)]] : [])),
      );
      this.#variable = variable;
      void this.#loadTimes();
    } catch {
      this.#app.navigation.set({ [this.#parameter]: null });
    }
  }
}

const isSpace = ({ role }: AxisSummary) => ['latitude', 'longitude', 'y', 'x'].includes(role);
const isSliced = (role: AxisSummary['role']) => role === 'other' || role === 'trajectory';

/** A field minus that of a file. */
export function minusFile(field: StoredField, file: FieldOnto): FieldAddress {
  return { kind: 'difference', first: field, second: file };
}
