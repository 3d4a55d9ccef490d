/** The colour map of the main field: what suits the variable, until the user chooses another. */
import { type ColourTable, colourTable, colourTableNames } from '../scenes/colour-tables.ts';
import { niceLimits } from '../text/numbers.ts';

export class ColourChoice {
  readonly #suited: () => string;
  #chosen = $state<string | null>(null);

  constructor(suited: () => string) {
    this.#suited = suited;
  }

  get table(): ColourTable {
    return colourTable(this.#chosen ?? this.#suited());
  }

  choose(name: string): void {
    this.#chosen = name;
  }

  next(): void {
    const names = colourTableNames();
    this.#chosen = names[(names.indexOf(this.table.name) + 1) % names.length] ?? 'viridis';
  }

  /** Round limits around a range; a diverging map keeps zero in its middle. */
  limits(min: number, max: number): { min: number; max: number } {
    if (!this.table.diverging) return niceLimits(min, max);
    const size = Math.max(Math.abs(min), Math.abs(max));
    const { max: end } = niceLimits(0, size > 0 ? size : 1);
    return { min: -end, max: end };
  }
}
