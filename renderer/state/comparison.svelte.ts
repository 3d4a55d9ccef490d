/** A forecast beside its truth: which panes, which start and lead, which place is probed, on which scales. */
import type { ForecastQuantity } from '#shared/contract/fields.ts';
import type { Channel } from '#shared/domain/dataset.ts';
import type { Forecast, Probe } from '#shared/domain/forecast.ts';
import { type ColourTable, colourTable, tableFor } from '../scenes/colour-tables.ts';
import { type Cell, MapGeometry } from '../scenes/map-geometry.ts';
import { formatLead } from '../text/dates.ts';
import { formatUnits, niceLimits } from '../text/numbers.ts';
import type { App } from './app.svelte.ts';
import { ColourChoice } from './colour-choice.svelte.ts';
import { MapWindow } from './map-window.svelte.ts';
import { Player } from './player.svelte.ts';
import { ShownField } from './shown-field.svelte.ts';

export const paneKinds = ['truth', 'mean', 'spread', 'error', 'initial', 'member'] as const;
export type PaneKind = (typeof paneKinds)[number];

export interface Scale {
  table: ColourTable;
  min: number;
  max: number;
  signed: boolean;
}

type ForecastChannel = Channel & { readonly valueRange: Forecast['valueRange'] };

export class Comparison {
  readonly #app: App;
  readonly forecast: Forecast;
  readonly geometry: MapGeometry;
  readonly step: string;
  /** Of the dataset, each with its own scale; one alone in forecasts that know of no other. */
  readonly channels: readonly ForecastChannel[];
  readonly view = new MapWindow();
  readonly colours: ColourChoice;
  readonly player: Player;
  readonly pictures: Readonly<Record<PaneKind, ShownField>>;
  #panes = $state.raw<readonly PaneKind[]>(['truth', 'mean', 'spread', 'error']);
  #start = $state(0);
  #channel = $state(0);
  #member = $state(0);
  #cell = $state.raw<Cell | null>(null);
  #probe = $state.raw<Probe | null>(null);

  constructor(app: App, forecast: Forecast) {
    this.#app = app;
    this.forecast = forecast;
    const known = app.catalogue.dataset(forecast.dataset)?.summary.channels ?? [];
    this.channels = (forecast.channels ?? [{ ...forecast, name: forecast.variable, longName: '' }]).map(
      ({ name, longName, units, valueRange }) => {
        const channel = known.find((other) => other.name === name);
        return {
          name,
          longName: channel?.longName || longName,
          standardName: channel?.standardName ?? '',
          units,
          valueRange,
        };
      },
    );
    this.step = app.catalogue.dataset(forecast.dataset)?.summary.step ?? '';
    const { height, width, latitudes, longitudes } = forecast;
    this.geometry = new MapGeometry({ height, width, latitudes, longitudes });
    this.colours = new ColourChoice(() => tableFor(this.channel));
    const make = () => new ShownField(app.fields);
    this.pictures = {
      truth: make(),
      mean: make(),
      spread: make(),
      error: make(),
      initial: make(),
      member: make(),
    };
    this.player = new Player({
      count: () => forecast.leads.length,
      speed: 2,
      ready: () => this.#panes.every((pane) => !this.pictures[pane].loading),
      moved: (lead) => app.navigation.set({ lead: String(lead) }),
    });
    this.#restore();
  }

  get panes(): readonly PaneKind[] {
    return this.#panes;
  }
  get channelIndex(): number {
    return this.#channel;
  }
  get channel(): ForecastChannel {
    const found = this.channels[this.#channel] ?? this.channels[0];
    if (!found) throw new Error('A forecast has one channel at least.');
    return found;
  }
  get units(): string {
    return formatUnits(this.channel.units);
  }
  /** What is measured, in words. */
  get quantity(): string {
    return this.channel.longName || this.channel.name;
  }
  get startIndex(): number {
    return this.#start;
  }
  get start(): Forecast['starts'][number] | null {
    return this.forecast.starts[this.#start] ?? null;
  }
  get member(): number {
    return this.#member;
  }
  get cell(): Cell | null {
    return this.#cell;
  }
  get probe(): Probe | null {
    return this.#probe;
  }
  get lead(): number {
    return this.forecast.leads[this.player.index] ?? 1;
  }
  get leadText(): string {
    return formatLead(this.lead, this.step);
  }
  get validDate(): string {
    return this.start?.validDates[this.player.index] ?? '';
  }

  togglePane(kind: PaneKind): void {
    const shown = this.#panes.includes(kind);
    if (shown && this.#panes.length === 1) return;
    this.#panes = paneKinds.filter((other) => (other === kind ? !shown : this.#panes.includes(other)));
    this.#app.navigation.set({ panes: this.#panes.map((pane) => paneKinds.indexOf(pane) + 1).join('') });
  }

  setStart(index: number): void {
    this.#start = Math.min(Math.max(0, index), this.forecast.starts.length - 1);
    this.#app.navigation.set({ start: String(this.#start) });
    void this.loadProbe();
  }

  setChannel(channel: number): void {
    this.#channel = Math.min(Math.max(0, channel), this.channels.length - 1);
    this.#app.navigation.set({ channel: this.#channel === 0 ? null : String(this.#channel) });
    void this.loadProbe();
  }

  setMember(member: number): void {
    this.#member = Math.min(Math.max(0, member), this.forecast.members - 1);
  }

  setCell(cell: Cell): void {
    this.#cell = cell;
    this.#app.navigation.set({ probe: `${cell.row},${cell.column}` });
    void this.loadProbe();
  }

  /** Fields of all panes for the present start and lead. */
  show(): void {
    for (const kind of paneKinds) {
      const wanted =
        this.#panes.includes(kind) && (this.start?.truth || (kind !== 'truth' && kind !== 'error'));
      void this.pictures[kind].show(wanted ? this.#address(kind, this.player.index) : null);
    }
  }

  /** The next lead's fields, so that playing does not wait for them. */
  prefetch(): void {
    const next = this.player.index + 1;
    if (next >= this.forecast.leads.length) return;
    for (const kind of this.#panes) {
      if (!this.start?.truth && (kind === 'truth' || kind === 'error')) continue;
      this.#app.fields.get(this.#address(kind, next)).catch(() => {});
    }
  }

  /** One scale for everything in the variable's own units, fixed over all leads. */
  scale(kind: PaneKind): Scale {
    const { min, max, spreadMax, errorMax } = this.channel.valueRange;
    if (kind === 'spread')
      return { table: colourTable('amp'), min: 0, max: niceLimits(0, spreadMax || 1).max, signed: false };
    if (kind === 'error') {
      const end = niceLimits(0, errorMax || 1).max;
      return { table: colourTable('balance'), min: -end, max: end, signed: true };
    }
    return { table: this.colours.table, ...this.colours.limits(min, max), signed: false };
  }

  /** Members and truth at the probed cell over all leads. */
  async loadProbe(): Promise<void> {
    const cell = this.#cell;
    const start = this.#start;
    const channel = this.#channel;
    if (!cell) return;
    const probe = await this.#app.attempt(
      this.#app.client.forecasts.probe({
        forecast: this.forecast.id,
        channel,
        start,
        row: cell.row,
        column: cell.column,
      }),
    );
    if (this.#cell === cell && this.#start === start && this.#channel === channel) this.#probe = probe;
  }

  /** Probes the observed cell nearest to the middle, until someone chooses another. */
  probeMiddle(): void {
    const field = this.pictures.mean.field ?? this.pictures.truth.field;
    if (this.#cell || !field) return;
    const middle = { row: field.height / 2 - 0.5, column: field.width / 2 - 0.5 };
    let nearest: Cell | null = null;
    let distance = Number.POSITIVE_INFINITY;
    for (let at = 0; at < field.data.length; at += 1) {
      if (Number.isNaN(field.data[at] ?? Number.NaN)) continue;
      const cell = { row: Math.floor(at / field.width), column: at % field.width };
      const away = Math.hypot(cell.row - middle.row, cell.column - middle.column);
      if (away < distance) {
        distance = away;
        nearest = cell;
      }
    }
    this.#cell = nearest;
    void this.loadProbe();
  }

  #address(kind: PaneKind, lead: number) {
    const quantity: ForecastQuantity = kind === 'member' ? `member-${this.#member}` : kind;
    return {
      kind: 'forecast' as const,
      forecast: this.forecast.id,
      quantity,
      channel: this.#channel,
      start: this.#start,
      lead,
    };
  }

  #restore(): void {
    const { navigation } = this.#app;
    this.#start = Math.min(navigation.index('start') ?? 0, this.forecast.starts.length - 1);
    this.#channel = Math.min(navigation.index('channel') ?? 0, this.channels.length - 1);
    this.player.goTo(navigation.index('lead') ?? 0);
    const chosen = paneKinds.filter((_, at) => navigation.parameter('panes')?.includes(String(at + 1)));
    if (chosen.length > 0) this.#panes = chosen;
    const [row, column] = (navigation.parameter('probe') ?? '').split(',').map(Number);
    const inside =
      row !== undefined && column !== undefined && row < this.geometry.height && column < this.geometry.width;
    if (inside && Number.isInteger(row) && Number.isInteger(column)) {
      this.#cell = { row, column };
      void this.loadProbe();
    }
  }
}
