/** One fixed colour scale for all maps of a forecast, found while its fields stream by. */
import type { Forecast } from '#shared/domain/forecast.ts';

/** Share of the cells below the upper ends of the scales of spread and error: a few wild cells at a coast shall not
 * wash out the map. */
const share = 0.99;

export class ValueRange {
  private min = Number.POSITIVE_INFINITY;
  private max = Number.NEGATIVE_INFINITY;
  private spreadMax = 0;
  private errorMax = 0;

  /** @param channel the one whose values count */
  constructor(
    private readonly channels: number,
    private readonly channel = 0,
  ) {}

  /** One lead: members [members, cells, channel] and truth [cells, channel]. */
  add(values: Float32Array, members: number, truth: Float32Array | null): void {
    const size = values.length / members;
    const spreads: number[] = [];
    const errors: number[] = [];
    for (let i = this.channel; i < size; i += this.channels) {
      let [sum, squares] = [0, 0];
      for (let m = 0; m < members; m++) sum += values[m * size + i]!;
      const mean = sum / members;
      if (Number.isNaN(mean)) continue;
      for (let m = 0; m < members; m++) squares += (values[m * size + i]! - mean) ** 2;
      spreads.push(Math.sqrt(squares / members));
      this.widen(mean);
      const observed = truth?.[i];
      if (observed === undefined || Number.isNaN(observed)) continue;
      this.widen(observed);
      errors.push(Math.abs(mean - observed));
    }
    this.spreadMax = Math.max(this.spreadMax, upper(spreads));
    this.errorMax = Math.max(this.errorMax, upper(errors));
  }

  result(): Forecast['valueRange'] {
    const [min, max] = this.min <= this.max ? [this.min, this.max] : [0, 1];
    return { min, max, spreadMax: this.spreadMax, errorMax: this.errorMax };
  }

  private widen(value: number): void {
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
  }
}

function upper(values: number[]): number {
  if (values.length === 0) return 0;
  values.sort((a, b) => a - b);
  return values[Math.min(values.length - 1, Math.floor(share * values.length))]!;
}
