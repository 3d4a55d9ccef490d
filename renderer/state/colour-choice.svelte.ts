/** How the main field is coloured: what suits the variable, until the user chooses otherwise. The address keeps it. */
import { type ColourTable, colourTable, colourTableNames, styledTable } from '../scenes/colour-tables.ts';
import { niceLimits } from '../text/numbers.ts';
import { type ColourRange, type ColourStyle, formatStyle, middleRange, parseStyle } from './colour-style.ts';
import type { Navigation } from './navigation.svelte.ts';

export interface ColouredQuantity {
  /** The table that suits it. */
  table: string;
  /** Tells it from others: limits that were typed for one do not fit another. */
  name: string;
}

export class ColourChoice {
  readonly #navigation: Pick<Navigation, 'parameter' | 'set'>;
  readonly #quantity: () => ColouredQuantity;
  readonly #style = $derived.by(() => parseStyle(this.#navigation.parameter('colours'), colourTableNames()));
  /** What was last asked for and shown: where typing begins. */
  #shown = { min: 0, max: 1 };

  constructor(navigation: Pick<Navigation, 'parameter' | 'set'>, quantity: () => ColouredQuantity) {
    this.#navigation = navigation;
    this.#quantity = quantity;
  }

  get style(): ColourStyle {
    return this.#style;
  }
  /** The one in use: limits of another quantity count for nothing. */
  get range(): ColourRange {
    const { range } = this.#style;
    const other = 'of' in range && range.of !== this.#of;
    return other ? { kind: 'whole' } : range;
  }
  get table(): ColourTable {
    const { table, reversed, steps } = this.#style;
    return styledTable(colourTable(table ?? this.#quantity().table), reversed, steps);
  }
  /** Its name in the list. */
  get tableName(): string {
    return this.#style.table ?? this.#quantity().table;
  }
  /** Whether values may lie beyond the ends of the colours. */
  get open(): boolean {
    return 'of' in this.range;
  }
  get shownLimits(): { min: number; max: number } {
    return this.#shown;
  }

  choose(table: string): void {
    this.#change({ table });
  }

  next(): void {
    const names = colourTableNames();
    this.choose(names[(names.indexOf(this.tableName) + 1) % names.length] ?? 'viridis');
  }

  reverse(reversed: boolean): void {
    this.#change({ reversed });
  }

  /** @param steps null: smooth */
  step(steps: number | null): void {
    this.#change({ steps });
  }

  showWhole(): void {
    this.#change({ range: { kind: 'whole' } });
  }

  showSymmetric(): void {
    this.#change({ range: { kind: 'symmetric' } });
  }

  /** Those of one map, and fixed from then on: a scale must not jump. Answers whether it could be done. */
  showMiddle(values: ArrayLike<number>): boolean {
    const middle = middleRange(values);
    if (middle)
      this.#change({ range: { kind: 'percentiles', ...niceLimits(middle.min, middle.max), of: this.#of } });
    return middle !== null;
  }

  /** Answers whether these can be limits. */
  showBetween(min: number, max: number): boolean {
    const fits = Number.isFinite(min) && Number.isFinite(max) && min < max;
    if (fits) this.#change({ range: { kind: 'manual', min, max, of: this.#of } });
    return fits;
  }

  /** Limits for values in a range, round where they were not typed; a diverging map keeps zero in its middle. */
  limits(min: number, max: number): { min: number; max: number } {
    const { range } = this;
    const limits =
      'of' in range
        ? { min: range.min, max: range.max }
        : this.table.diverging || range.kind === 'symmetric'
          ? aroundZero(min, max)
          : niceLimits(min, max);
    this.#shown = limits;
    return limits;
  }

  get #of(): string {
    return this.#quantity().name;
  }

  #change(changes: Partial<ColourStyle>): void {
    this.#navigation.set({ colours: formatStyle({ ...this.#style, ...changes }) });
  }
}

function aroundZero(min: number, max: number): { min: number; max: number } {
  const size = Math.max(Math.abs(min), Math.abs(max));
  const { max: end } = niceLimits(0, size > 0 ? size : 1);
  return { min: -end, max: end };
}
