/**
 * The colour scales of Compare's panes: one for each kind of quantity, the same for all leads, so that colours never
 * change their meaning while one plays. What a forecast's description does not know the range of (anomalies,
 * differences) is measured once over some of its leads.
 */
import type { FieldAddress } from '#shared/contract/fields.ts';
import type { Forecast } from '#shared/domain/forecast.ts';
import type { FieldStore } from '../contract/fields.ts';
import { type ColourTable, colourTable } from '../scenes/colour-tables.ts';
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

  /** Reads some of the fields once, and keeps their largest size under the key. */
  async measure(key: string, addresses: readonly FieldAddress[]): Promise<void> {
    if (this.#asked.has(key) || addresses.length === 0) return;
    this.#asked.add(key);
    const step = Math.max(1, (addresses.length - 1) / (sampledLeads - 1));
    const chosen = new Set(addresses.filter((_, at) => Math.round(Math.round(at / step) * step) === at));
    const fields = await Promise.all(
      [...chosen].map((address) => this.#fields.get(address).catch(() => null)),
    );
    const size = Math.max(
      0,
      ...fields.map((field) => (field?.range ? Math.max(-field.range.min, field.range.max) : 0)),
    );
    if (size > 0) this.#sizes = { ...this.#sizes, [key]: size };
    else this.#asked.delete(key);
  }
}

function symmetric(size: number): Scale {
  const end = niceLimits(0, size || 1).max;
  return { table: colourTable('balance'), min: -end, max: end, signed: true };
}
