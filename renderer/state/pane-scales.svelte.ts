/**
 * The colour scales of Compare's panes: one for each kind of quantity, the same for all leads, so that colours never
 * change their meaning while one plays. What a forecast's description does not know the range of (anomalies,
 * differences, what follows from a velocity) is measured once over some of its leads.
 */
import type { FieldAddress, FlowQuantity } from '#shared/contract/fields.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { Field, FieldStore } from '../contract/fields.ts';
import { type ColourTable, colourTable } from '../scenes/colour-tables.ts';
import { usualSize } from '../scenes/preview-fields.ts';
import { niceLimits } from '../text/numbers.ts';
import type { ColourChoice } from './colour-choice.svelte.ts';
import type { ScaleKind } from './panes.ts';

export interface Scale {
  table: ColourTable;
  min: number;
  max: number;
  signed: boolean;
  /** Whether values may lie beyond the ends. */
  open?: boolean;
}

type Range = Forecast['valueRange'];

/** Leads whose fields are read to know a range: enough to see how it grows. */
const sampledLeads = 6;

export class PaneScales {
  readonly #fields: FieldStore;
  readonly #colours: ColourChoice;
  #sizes = $state.raw<Readonly<Record<string, number>>>({});
  #units = $state.raw<Readonly<Record<string, string>>>({});
  readonly #asked = new Set<string>();

  constructor(fields: FieldStore, colours: ColourChoice) {
    this.#fields = fields;
    this.#colours = colours;
  }

  /** @param ranges of the forecasts that are shown @param key of what is measured, as given to {@link measure} */
  scale(kind: ScaleKind, ranges: readonly Range[], key: string): Scale {
    const most = (of: (range: Range) => number) => Math.max(...ranges.map(of));
    switch (kind) {
      case 'value': {
        const min = Math.min(...ranges.map((range) => range.min));
        const limits = this.#colours.limits(
          min,
          most(({ max }) => max),
        );
        return { table: this.#colours.table, ...limits, signed: false, open: this.#colours.open };
      }
      case 'spread': {
        const { max } = niceLimits(0, most(({ spreadMax }) => spreadMax) || 1);
        return { table: colourTable('amp'), min: 0, max, signed: false };
      }
      case 'probability':
        return { table: colourTable('tempo'), min: 0, max: 100, signed: false };
      case 'error':
        return symmetric(most(({ errorMax }) => errorMax));
      default:
        return symmetric(this.#sizes[key] ?? most(({ errorMax }) => errorMax));
    }
  }

  /** Of what follows from a velocity, by what {@link measure} knows of the key; null as long as that is nothing. */
  flowScale(kind: ScaleKind, quantity: FlowQuantity, key: string): Scale | null {
    if (kind === 'probability') return this.scale(kind, [], key);
    const size = this.#sizes[key];
    if (size === undefined) return null;
    if (kind === 'value') {
      const limits = this.#colours.limits(quantity === 'speed' ? 0 : -size, size);
      return { table: this.#colours.table, ...limits, signed: quantity === 'vorticity' };
    }
    if (kind !== 'spread') return symmetric(size);
    return this.scale(kind, [{ min: 0, max: size, spreadMax: size, errorMax: size }], key);
  }

  /** What {@link measure} knows of the key. */
  sizeOf(key: string): number | null {
    return this.#sizes[key] ?? null;
  }

  /** Of what was measured under the key, as the fields have them; empty before. */
  unitsOf(key: string): string {
    return this.#units[key] ?? '';
  }

  /**
   * Reads some of the fields once, and keeps their largest size under the key. `usual`: the size that all but a hundredth
   * of the cells stay below, because a few cells beside walls turn far more than all others.
   */
  async measure(key: string, addresses: readonly FieldAddress[], usual = false): Promise<void> {
    if (this.#asked.has(key) || addresses.length === 0) return;
    this.#asked.add(key);
    const step = Math.max(1, (addresses.length - 1) / (sampledLeads - 1));
    const chosen = new Set(addresses.filter((_, at) => Math.round(Math.round(at / step) * step) === at));
    const fields = await Promise.all(
      [...chosen].map((address) => this.#fields.get(address).catch(() => null)),
    );
    const sizeOf = (field: Field) =>
      usual ? usualSize(field.data) : field.range ? Math.max(-field.range.min, field.range.max) : 0;
    const size = Math.max(0, ...fields.map((field) => (field ? sizeOf(field) : 0)));
    const units = fields.find((field) => field !== null)?.units;
    if (units !== undefined) this.#units = { ...this.#units, [key]: units };
    // A flow at rest does not turn: that is known too.
    if (size > 0 || (usual && units !== undefined)) this.#sizes = { ...this.#sizes, [key]: size || 1 };
    else this.#asked.delete(key);
  }
}

function symmetric(size: number): Scale {
  const end = niceLimits(0, size || 1).max;
  return { table: colourTable('balance'), min: -end, max: end, signed: true };
}
