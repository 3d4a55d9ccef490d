/** Anomaly correlation: does the forecast depart from climatology where and as the truth does? */

/**
 * Of one field: Σ w f′o′ / sqrt(Σ w f′² · Σ w o′²) with anomalies f′ and o′ from the same climatology, not centred again
 * (as WeatherBench 2 computes it; Rasp et al. 2024). Cells stream through; one number a channel remains.
 */
export class AnomalyCorrelation {
  private readonly product: Float64Array;
  private readonly forecast: Float64Array;
  private readonly truth: Float64Array;

  constructor(channels: number) {
    this.product = new Float64Array(channels);
    this.forecast = new Float64Array(channels);
    this.truth = new Float64Array(channels);
  }

  /** Values that have no climatology (NaN) do not count. */
  add(channel: number, forecast: number, truth: number, climatology: number, weight: number): void {
    if (Number.isNaN(climatology)) return;
    const [f, o] = [forecast - climatology, truth - climatology];
    this.product[channel]! += weight * f * o;
    this.forecast[channel]! += weight * f * f;
    this.truth[channel]! += weight * o * o;
  }

  /** Sum over the channels where it is defined, and how many those are. */
  result(): { sum: number; count: number } {
    let [sum, count] = [0, 0];
    this.product.forEach((product, channel) => {
      const scale = Math.sqrt(this.forecast[channel]! * this.truth[channel]!);
      if (!(scale > 0)) return;
      sum += Math.min(1, Math.max(-1, product / scale));
      count++;
    });
    return { sum, count };
  }
}
