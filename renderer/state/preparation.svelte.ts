/** The choices that turn an opened file into a dataset, with the summary of what would result, kept live. */
import type { OpenFile } from '#shared/contract/index.ts';
import type {
  IrregularChoice,
  Normalisation,
  PreparationSummary,
  PrepareSettings,
} from '#shared/domain/dataset.ts';
import type { VariableSummary } from '#shared/domain/file.ts';
import type { CellBox } from '#shared/domain/place.ts';
import type { TrajectorySplits } from '#shared/domain/simulation.ts';
import type { ErrorData } from '#shared/errors.ts';
import { failureOf } from '../contract/failure.ts';
import type { MapGeometry } from '../scenes/map-geometry.ts';
import { dateParts, datePrefix, type Rhythm, rhythmOf } from '../text/dates.ts';
import type { App } from './app.svelte.ts';
import {
  companions,
  offeredMasks,
  suggestedByPreset,
  suggestedCounts,
  suggestedVariables,
  usualName,
} from './prepare-choices.ts';
import { toRegion, wholeGrid } from './region.ts';

/** Indices on the file's time axis; each end is exclusive: from ≤ train < trainEnd ≤ validation < validationEnd ≤ test < to. */
export interface Bounds {
  from: number;
  trainEnd: number;
  validationEnd: number;
  to: number;
}

type Choices = { box: CellBox; bounds: Bounds };
const previewDelay = 350;

export class Preparation {
  readonly #app: App;
  readonly file: OpenFile;
  readonly variable: VariableSummary;
  readonly geometry: MapGeometry;
  /** Of one trajectory, where there are several. */
  readonly dates: readonly string[];
  readonly rhythm: Rhythm;
  /** Number of trajectories that are split whole; null where times are split. */
  readonly trajectories: number | null;
  /** Those that can be forecast together with the variable. */
  readonly companions: readonly VariableSummary[];
  /** Static fields that can be inputs. */
  readonly offeredMasks: readonly string[];
  #choices = $state.raw<Choices>({
    box: { firstRow: 0, lastRow: 0, firstColumn: 0, lastColumn: 0 },
    bounds: { from: 0, trainEnd: 0, validationEnd: 0, to: 0 },
  });
  #past: Choices[] = [];
  #undoable = $state(false);
  #variables = $state.raw<readonly string[]>([]);
  masks = $state.raw<readonly string[]>([]);
  counts = $state.raw<TrajectorySplits>({ train: 1, validation: 0, test: 0 });
  stride = $state(1);
  name = $state('');
  horizon = $state(7);
  normalisation = $state<Normalisation>('seasonal-anomaly');
  season = $state(false);
  latitude = $state(false);
  maxGapFill = $state(2);
  landMask = $state(false);
  /** What to do about times that are irregular, and the step of the choices that take one. */
  irregular = $state<IrregularChoice['kind'] | null>(null);
  irregularStep = $state('');
  #summary = $state.raw<PreparationSummary | null>(null);
  #failure = $state.raw<ErrorData | null>(null);
  #busy = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;

  constructor(
    app: App,
    file: OpenFile,
    variable: VariableSummary,
    geometry: MapGeometry,
    dates: readonly string[],
  ) {
    this.#app = app;
    this.file = file;
    this.variable = variable;
    this.geometry = geometry;
    this.dates = dates;
    this.rhythm = rhythmOf(dates);
    const count = dates.length;
    this.#choices = {
      box: wholeGrid(geometry),
      bounds: {
        from: 0,
        trainEnd: Math.round(count * 0.7),
        validationEnd: Math.round(count * 0.85),
        to: count,
      },
    };
    const { summary } = file;
    const repeated = variable.axes.find((axis) => axis.role === 'trajectory')?.size ?? 0;
    this.trajectories = repeated > 1 ? repeated : null;
    this.counts = suggestedCounts(summary, repeated);
    this.companions = companions(summary, variable);
    this.offeredMasks = offeredMasks(summary);
    this.masks = this.offeredMasks;
    this.#variables = suggestedVariables(summary, variable);
    this.irregularStep = variable.times?.irregular?.suggestedStep ?? '';
    const preset = suggestedByPreset(summary, app.catalogue.presets);
    this.horizon = preset
      ? Math.max(2, Math.min(preset.horizon, Math.floor((count - 1) / 2)))
      : Math.max(2, Math.min(this.rhythm === 'month' ? 6 : 7, Math.floor(count / 10)));
    this.normalisation = preset?.normalisation ?? (this.hasCalendar ? 'seasonal-anomaly' : 'per-channel');
    this.name = this.#usualName();
  }

  /** In the order of the file. */
  get variables(): readonly string[] {
    return this.#variables;
  }
  get box(): CellBox {
    return this.#choices.box;
  }
  get bounds(): Bounds {
    return this.#choices.bounds;
  }
  get undoable(): boolean {
    return this.#undoable;
  }
  get summary(): PreparationSummary | null {
    return this.#summary;
  }
  get failure(): ErrorData | null {
    return this.#failure;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get hasCalendar(): boolean {
    return dateParts(this.dates[0] ?? '') !== null;
  }

  /** Whether these choices are about the variable, so that looking at it keeps them. */
  concerns(file: OpenFile, variable: string): boolean {
    return this.file.id === file.id && this.#variables.includes(variable);
  }

  /** One at least stays chosen. */
  toggleVariable(name: string): void {
    const chosen = new Set(this.#variables);
    if (chosen.has(name)) chosen.delete(name);
    else chosen.add(name);
    if (chosen.size === 0) return;
    const before = this.#usualName();
    this.#variables = this.companions.map((other) => other.name).filter((other) => chosen.has(other));
    if (this.name === before) this.name = this.#usualName();
  }

  toggleMask(name: string): void {
    const chosen = this.masks.includes(name);
    this.masks = this.offeredMasks.filter((other) => (other === name ? !chosen : this.masks.includes(other)));
  }

  setBox(box: CellBox): void {
    this.#change({ ...this.#choices, box });
  }

  /** Moves one end and keeps the order: every split has at least one time. */
  moveBound(name: keyof Bounds, to: number): void {
    const { from, trainEnd, validationEnd, to: end } = this.bounds;
    const limits: Record<keyof Bounds, [number, number]> = {
      from: [0, trainEnd - 1],
      trainEnd: [from + 1, validationEnd - 1],
      validationEnd: [trainEnd + 1, end - 1],
      to: [validationEnd + 1, this.dates.length],
    };
    const [low, high] = limits[name];
    const bounds = { ...this.bounds, [name]: Math.min(high, Math.max(low, Math.round(to))) };
    if (bounds[name] !== this.bounds[name]) this.#change({ ...this.#choices, bounds });
  }

  undo(): void {
    const before = this.#past.pop();
    if (before) this.#choices = before;
    this.#undoable = this.#past.length > 0;
  }

  get settings(): PrepareSettings {
    const { from, trainEnd, validationEnd, to } = this.bounds;
    const prefix = (at: number) => datePrefix(this.dates[at] ?? '', this.rhythm);
    const whole = {
      from: from === 0 ? null : prefix(from),
      to: to === this.dates.length ? null : prefix(to - 1),
    };
    const share = (first: number, end: number) => (end - first) / (to - from);
    return {
      variables: [...this.#variables],
      region: toRegion(this.box, this.geometry),
      period: this.hasCalendar ? whole : { from: null, to: null },
      split: this.trajectories
        ? { kind: 'trajectories', ...this.counts }
        : this.hasCalendar
          ? {
              kind: 'periods',
              train: { from: whole.from, to: prefix(trainEnd - 1) },
              validation: { from: prefix(trainEnd), to: prefix(validationEnd - 1) },
              test: { from: prefix(validationEnd), to: whole.to },
            }
          : {
              kind: 'fractions',
              train: share(from, trainEnd),
              validation: share(trainEnd, validationEnd),
              test: share(validationEnd, to),
            },
      horizon: this.horizon,
      normalisation: this.normalisation,
      maxGapFill: this.maxGapFill,
      extraChannels: [
        ...(this.season ? ['season' as const] : []),
        ...(this.latitude ? ['latitude' as const] : []),
        ...(this.landMask ? ['land-mask' as const] : []),
      ],
      ...(this.masks.length === this.offeredMasks.length ? {} : { masks: [...this.masks] }),
      ...this.#irregularSettings,
      ...(this.stride === 1 ? {} : { stride: this.stride }),
      slices: this.#slices,
    };
  }

  /**
   * Asks for the summary once the choices have been still for a moment; only the newest answer counts, and the reading for
   * the one before is given up.
   */
  askForSummary(settings: PrepareSettings): void {
    this.leave();
    const asking = new AbortController();
    this.#asking = asking;
    this.#busy = true;
    this.#timer = setTimeout(async () => {
      const { signal } = asking;
      try {
        const { datasets } = this.#app.client;
        const summary = await datasets.preview({ file: this.file.id, settings }, { signal });
        if (signal.aborted) return;
        this.#summary = summary;
        this.#failure = null;
      } catch (thrown) {
        if (signal.aborted) return;
        this.#summary = null;
        this.#failure = failureOf(thrown);
      }
      this.#busy = false;
    }, previewDelay);
  }

  /** Gives up what is still read for the summary, so that nothing else waits for it. */
  leave(): void {
    clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** Starts the preparation; answers the job and the dataset it makes, null when it was refused. */
  prepare(): Promise<{ job: string; dataset: string } | null> {
    return this.#app.attempt(
      this.#app.client.datasets.prepare({
        files: [this.file.id],
        name: this.name.trim() || this.#usualName(),
        settings: this.settings,
      }),
    );
  }

  get #irregularSettings(): Pick<PrepareSettings, 'irregular'> {
    const { irregular: kind, irregularStep } = this;
    if (kind === null) return {};
    const takesStep = kind === 'resample-mean' || kind === 'interpolate';
    return { irregular: takesStep ? { kind, step: irregularStep.trim() } : { kind } };
  }

  /** Trajectories are all taken; a single one is a time line like any other. */
  get #slices(): Record<string, number> {
    const fixed = this.variable.axes.filter(
      ({ role, size }) => role === 'other' || (role === 'trajectory' && size === 1),
    );
    const { opened } = this.#app;
    return Object.fromEntries(
      fixed.map((axis) => [axis.name, axis.role === 'other' ? opened.sliceOf(axis) : 0]),
    );
  }

  #usualName(): string {
    const all = this.#variables.length === this.companions.length;
    return usualName(this.file.summary, this.#variables, all);
  }

  #change(choices: Choices): void {
    this.#past = [...this.#past.slice(-49), this.#choices];
    this.#undoable = true;
    this.#choices = choices;
  }
}
