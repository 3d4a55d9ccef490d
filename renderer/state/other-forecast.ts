/** Which forecasts can be laid over each other, and which of their starts and leads belong together. */
import type { Forecast } from '#shared/domain/forecast.ts';

/** Of the same data and grid with a start in common, newest first as given. */
export function comparableWith(forecast: Forecast, all: readonly Forecast[]): Forecast[] {
  const times = new Set(forecast.starts.map(({ timeIndex }) => timeIndex));
  return all.filter(
    (other) =>
      other.id !== forecast.id &&
      other.dataset === forecast.dataset &&
      other.height === forecast.height &&
      other.width === forecast.width &&
      other.starts.some(({ timeIndex }) => times.has(timeIndex)),
  );
}

/** Start and lead of the other forecast for the same times; null where it has none. */
export function sameTimeIn(
  other: Forecast,
  timeIndex: number,
  lead: number,
): { start: number; lead: number } | null {
  const start = other.starts.findIndex((each) => each.timeIndex === timeIndex);
  const at = other.leads.findIndex((each) => Math.abs(each - lead) < 1e-6);
  return start < 0 || at < 0 ? null : { start, lead: at };
}
