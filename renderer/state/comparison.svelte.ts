/** A forecast beside its truth and beside another: which panes, which start and lead, which place is probed. */
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { Forecast, Probe } from '#shared/domain/forecast.ts';
import type { Field } from '../contract/fields.ts';
import { tableFor } from '../scenes/colour-tables.ts';
import type { Cell, MapGeometry } from '../scenes/map-geometry.ts';
import { formatLead, rhythmOf } from '../text/dates.ts';
import { formatUnits } from '../text/numbers.ts';
import type { App } from './app.svelte.ts';
import { BesideFile } from './beside-file.svelte.ts';
import { ColourChoice } from './colour-choice.svelte.ts';
import { ComparisonArea } from './comparison-area.svelte.ts';
import { ComparisonMesh } from './comparison-mesh.svelte.ts';
import { middleCell, probeOf } from './comparison-probe.ts';
import { channelsOf, type ForecastChannel } from './forecast-channels.ts';
import { GlobeLook } from './globe-look.svelte.ts';
import { MapWindow } from './map-window.svelte.ts';
import { comparableWith, sameTimeIn } from './other-forecast.ts';
import { paneAddress } from './pane-address.ts';
import { lackingIn } from './pane-lacking.ts';
import { PaneScales, type Scale } from './pane-scales.svelte.ts';
import {
  formatPane,
  mostPanes,
  needsFile,
  needsOther,
  type Pane,
  parsePanes,
  scaleKindOf,
  withCount,
} from './panes.ts';
import { drawnAs } from './picture-kind.ts';
import { PlacedGrid } from './placed-grid.svelte.ts';
import { Player } from './player.svelte.ts';
import { boxBetween } from './region.ts';
import { SecondProbe } from './second-probe.svelte.ts';
import { ShownField } from './shown-field.svelte.ts';

/** A pane at its place, with the field that it shows. */
export interface Slot {
  readonly pane: Pane;
  readonly shown: ShownField;
  /** Why it can show nothing; null when it can. */
  readonly lacking: string | null;
}

/** A pane that shows the quantity itself, as every member has it. */
const sampleOfValues: Pane = { kind: 'member', member: 1 };
const usual: readonly Pane[] = [{ kind: 'truth' }, { kind: 'mean' }, { kind: 'spread' }, { kind: 'error' }];

export class Comparison {
  readonly #app: App;
  readonly forecast: Forecast;
  readonly #grid: PlacedGrid;
  readonly step: string;
  /** Of the dataset, each with its own scale; one alone in forecasts that know of no other. */
  readonly channels: readonly ForecastChannel[];
  readonly view = new MapWindow();
  readonly globe = new GlobeLook();
  readonly colours: ColourChoice;
  readonly player: Player;
  /** Of a forecast of a mesh of springs; null for all others. */
  readonly mesh: ComparisonMesh | null;
  /** A box or a line that is looked at instead of the probed cell. */
  readonly places: ComparisonArea;
  /** Of the second forecast, where the first one is probed. */
  readonly second: SecondProbe;
  /** Another file whose fields are laid beside this forecast. */
  readonly beside: BesideFile;
  readonly #scales: PaneScales;
  /** One a place, kept when the pane there becomes another. */
  readonly #pictures: readonly ShownField[];
  #panes = $state.raw<readonly Pane[]>(usual);
  #start = $state(0);
  #channel = $state(0);
  #cell = $state.raw<Cell | null>(null);
  #probe = $state.raw<Probe | null>(null);

  constructor(app: App, forecast: Forecast) {
    this.#app = app;
    this.forecast = forecast;
    const dataset = app.catalogue.dataset(forecast.dataset);
    this.channels = channelsOf(forecast, dataset?.summary.channels ?? []);
    this.step = dataset?.summary.step ?? '';
    const first = { kind: 'forecast', forecast: forecast.id, quantity: 'mean', start: 0, lead: 0 } as const;
    this.#grid = new PlacedGrid(app, forecast, first, (geometry) => this.globe.begin(geometry));
    this.colours = new ColourChoice(app.navigation, () => ({
      table: tableFor(this.channel),
      name: this.channel.name,
    }));
    this.mesh = ComparisonMesh.of(forecast, app.fields);
    this.places = new ComparisonArea(app, this.geometry, () => ({
      forecast: forecast.id,
      geometry: this.geometry,
      start: this.#start,
      channel: this.#channel,
      lead: this.player.index,
      cell: this.#cell,
    }));
    this.second = new SecondProbe(app);
    this.beside = new BesideFile(app, 'beside', () => ({
      like: { kind: 'forecast', forecast: forecast.id, quantity: 'truth', start: 0, lead: 0 },
      variable: this.channel.name,
      standardName: this.channel.standardName,
      units: this.channel.units,
      rhythm: rhythmOf([this.start?.date ?? '', ...(this.start?.validDates ?? [])]),
    }));
    this.#scales = new PaneScales(app.fields, this.colours);
    this.#pictures = Array.from({ length: mostPanes }, () => new ShownField(app.fields));
    this.player = new Player({
      count: () => forecast.leads.length,
      speed: 2,
      ready: () => this.settled,
      moved: (lead) => app.navigation.set({ lead: String(lead) }),
    });
    this.#restore();
  }

  get geometry(): MapGeometry {
    return this.#grid.geometry;
  }
  get panes(): readonly Pane[] {
    return this.#panes;
  }
  get slots(): readonly Slot[] {
    return this.#panes.map((pane, at) => ({ pane, shown: this.#picture(at), lacking: this.#lacking(pane) }));
  }
  /** Whether every pane shows what it should. */
  get settled(): boolean {
    return this.#panes.every((_, at) => !this.#picture(at).loading);
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
    return formatUnits(this.channel.units || this.#scales.unitsOf(this.#scaleKey(sampleOfValues)));
  }
  /** What is measured, in words. */
  get quantity(): string {
    return this.channel.longName || this.channel.name;
  }
  /** What a pane's values measure. */
  quantityIn(pane: Pane): string {
    const variable = pane.kind === 'file' ? this.beside.variable : null;
    return variable ? variable.longName || variable.name : this.quantity;
  }
  get startIndex(): number {
    return this.#start;
  }
  get start(): Forecast['starts'][number] | null {
    return this.forecast.starts[this.#start] ?? null;
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
  /** Forecasts of the same data from a common start. */
  get candidates(): readonly Forecast[] {
    return comparableWith(this.forecast, this.#app.catalogue.forecasts);
  }
  /** The one beside which this one is laid; null: none. */
  get other(): Forecast | null {
    const id = this.#app.navigation.parameter('against');
    return this.candidates.find((candidate) => candidate.id === id) ?? null;
  }

  get onGlobe(): boolean {
    return this.geometry.geographic && drawnAs(this.#app.navigation, 'globe');
  }

  /** The mesh that a pane shows; null where it shows values on the grid. */
  meshIn(pane: Pane): ComparisonMesh | null {
    const wanted = !drawnAs(this.#app.navigation, 'grid');
    return wanted && this.mesh?.shows(pane) ? this.mesh : null;
  }

  /** Forecast, start and lead of what lies beside this one at the present lead; null where there is none. */
  get otherPlace(): { forecast: string; place: readonly [start: number, lead: number] } | null {
    const at = this.#otherAt(this.player.index);
    return at && this.other && { forecast: this.other.id, place: [at.start, at.lead] };
  }

  unitsOf(pane: Pane): string {
    if (pane.kind === 'file' && this.beside.variable) return formatUnits(this.beside.variable.units);
    return pane.kind === 'exceedance' ? '%' : this.units;
  }

  setPane(at: number, pane: Pane): void {
    this.#setPanes(this.#panes.map((before, place) => (place === at ? pane : before)));
  }

  setCount(count: number): void {
    const known = { truth: this.start?.truth ?? false, other: this.other !== null };
    this.#setPanes(withCount(this.#panes, count, known));
  }

  /** Lays another forecast beside this one; the first time, a pane shows their difference. */
  setOther(id: string | null): void {
    this.#app.navigation.set({ against: id });
    if (this.other === null || this.#panes.some(needsOther)) return;
    const difference: Pane = { kind: 'difference' };
    if (this.#panes.length < mostPanes) this.#setPanes([...this.#panes, difference]);
    else this.setPane(mostPanes - 1, difference);
  }

  /** A threshold that some members are above of and others below: their median at the probed place. */
  get usualThreshold(): number {
    const { min, max } = this.channel.valueRange ?? { min: 0, max: 0 };
    const median = this.#probe?.quantiles[this.player.index]?.[2] ?? (min + max) / 2;
    return Number(median.toPrecision(3));
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

  setCell(cell: Cell): void {
    this.#cell = cell;
    this.#app.navigation.set({ probe: `${cell.row},${cell.column}` });
    void this.loadProbe();
  }

  /** Fields of all panes for the present start and lead. */
  show(): void {
    for (const [at, picture] of this.#pictures.entries()) {
      const pane = this.#panes[at];
      picture.show(pane && this.#lacking(pane) === null ? this.#address(pane, this.player.index) : null);
    }
  }

  /** The next lead's fields, so that playing does not wait for them. */
  prefetch(): void {
    const next = this.player.index + 1;
    if (next >= this.forecast.leads.length) return;
    for (const pane of this.#panes) {
      const address = this.#lacking(pane) === null ? this.#address(pane, next) : null;
      if (address) this.#app.fields.get(address).catch(() => {});
    }
  }

  /** Ranges of what no description knows the range of. */
  measure(): void {
    if (this.#panes.some(({ kind }) => kind === 'file') && this.unitsOf({ kind: 'file' }) !== this.units)
      void this.beside.measure();
    const { flow } = this.channel;
    if (flow) this.#measure(sampleOfValues, ...(this.start?.truth ? [{ kind: 'truth' } as const] : []));
    for (const pane of this.#panes) {
      const kind = scaleKindOf(pane);
      const known = flow
        ? kind === 'value' || kind === 'probability'
        : kind !== 'anomaly' && kind !== 'difference';
      if (!known && this.#lacking(pane) === null) this.#measure(pane);
    }
  }

  /** Of panes with one scale. */
  #measure(first: Pane, ...alike: readonly Pane[]): void {
    const addresses = [first, ...alike].flatMap((pane) =>
      this.forecast.leads.flatMap((_, lead) => this.#address(pane, lead) ?? []),
    );
    void this.#scales.measure(this.#scaleKey(first), addresses, this.channel.flow !== null);
  }

  scale(pane: Pane): Scale {
    if (pane.kind === 'file' && this.unitsOf(pane) !== this.units)
      return this.#scales.scale('value', [this.beside.valueRange], '');
    const { name, valueRange, flow } = this.channel;
    if (flow) return this.#flowScale(pane) ?? this.#scales.scale('probability', [], '');
    const other = this.other?.channels?.find((channel) => channel.name === name)?.valueRange;
    const ranges = [...(valueRange ? [valueRange] : []), ...(other ? [other] : [])];
    return this.#scales.scale(scaleKindOf(pane), ranges, this.#scaleKey(pane));
  }

  /** The field of a pane; null as long as it is not there, or nobody knows its scale, which must not jump. */
  fieldIn({ pane, shown }: Slot): Field | null {
    return this.channel.flow && !this.#flowScale(pane) ? null : shown.field;
  }

  #flowScale(pane: Pane): Scale | null {
    const { flow } = this.channel;
    return flow && this.#scales.flowScale(scaleKindOf(pane), flow, this.#scaleKey(pane));
  }

  /** Members and truth at the probed cell over all leads. */
  async loadProbe(): Promise<void> {
    const [cell, start, channel] = [this.#cell, this.#start, this.#channel];
    if (!cell) return;
    const probe = await probeOf(this.#app, this.forecast.id, { channel, start, cell });
    if (this.#cell === cell && this.#start === start && this.#channel === channel) this.#probe = probe;
  }

  /** The second forecast at the cell or over the box that is probed. */
  loadSecond(): void {
    const { other } = this;
    const { area } = this.places;
    const cell = area ? null : this.#cell;
    const box = area?.tool === 'box' ? area.box : cell && boxBetween(cell, cell);
    const start = other?.starts.findIndex(({ timeIndex }) => timeIndex === this.start?.timeIndex) ?? -1;
    this.second.load(
      other && box && start >= 0 ? { forecast: other.id, start, channel: this.#channel, box } : null,
    );
  }

  /** Probes the observed cell nearest to the middle, until someone chooses another. */
  probeMiddle(): void {
    if (this.#cell) return;
    // Between the data's steps there is no truth: its pane has no cell to take, the others have.
    for (const { shown } of this.slots) this.#cell ??= shown.field && middleCell(shown.field);
    if (this.#cell) void this.loadProbe();
  }

  #picture(at: number): ShownField {
    const found = this.#pictures[at];
    if (!found) throw new Error(`There is no pane ${at + 1}.`);
    return found;
  }

  #setPanes(panes: readonly Pane[]): void {
    this.#panes = panes;
    this.#app.navigation.set({ panes: panes.map(formatPane).join(',') });
  }

  #lacking(pane: Pane): string | null {
    const { other, candidates } = this;
    const none = candidates.length > 0 ? 'to be chosen' : 'none';
    return lackingIn(pane, {
      truth: this.start?.truth ?? false,
      flow: this.channel.flow,
      file: needsFile(pane) ? this.beside.lackingAt(this.validDate) : null,
      other: other === null ? none : this.#otherAt(this.player.index) ? 'there' : 'elsewhere',
    });
  }

  /** Start and lead of the other forecast. */
  #otherAt(lead: number) {
    const { other, start } = this;
    if (!other || !start) return null;
    return sameTimeIn(other, start.timeIndex, this.forecast.leads[lead] ?? Number.NaN);
  }

  #address(pane: Pane, lead: number): FieldAddress | null {
    const channel = this.#channel;
    const own = { kind: 'forecast', forecast: this.forecast.id, channel, start: this.#start, lead } as const;
    const date = this.start?.validDates[lead] ?? '';
    if (needsFile(pane)) return this.beside.shownIn(pane.kind, date, own);
    const { other } = this;
    const same = other && needsOther(pane) ? this.#otherAt(lead) : null;
    return paneAddress(pane, own, other && same && { ...own, forecast: other.id, ...same });
  }

  #scaleKey(pane: Pane): string {
    const against =
      pane.kind === 'difference' ? (this.other?.id ?? '') : needsFile(pane) ? this.beside.name : '';
    return [scaleKindOf(pane), this.#channel, this.#start, against].join(' ');
  }

  #restore(): void {
    const { navigation } = this.#app;
    this.#start = Math.min(navigation.index('start') ?? 0, this.forecast.starts.length - 1);
    this.#channel = Math.min(navigation.index('channel') ?? 0, this.channels.length - 1);
    this.player.goTo(navigation.index('lead') ?? 0);
    const chosen = parsePanes(navigation.parameter('panes'), this.forecast.members);
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
