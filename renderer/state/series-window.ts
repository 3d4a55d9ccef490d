/** A part of a long series around a forecast, so that single leads stay wide enough to be seen and hit. */
import type { Span } from '../components/time-line.ts';

export interface SeriesWindow {
  /** Index on the whole series of the first time shown. */
  first: number;
  dates: string[];
  means: (number | null)[];
  spans: Span[];
}

const mostTimes = 260;

/**
 * @param beyond dates of a forecast that lie after the series' end
 * @param around index on the whole series that has to be in the part shown
 */
export function windowAround(
  series: { dates: readonly string[]; means: readonly (number | null)[] },
  spans: readonly Span[],
  around: number,
  beyond: readonly string[] = [],
): SeriesWindow {
  const dates = [...series.dates, ...beyond];
  const means = [...series.means, ...beyond.map(() => null)];
  const count = Math.min(dates.length, mostTimes);
  const first = Math.max(0, Math.min(dates.length - count, Math.round(around - count * 0.7)));
  return {
    first,
    dates: dates.slice(first, first + count),
    means: means.slice(first, first + count),
    spans: spans
      .map((span) => ({
        kind: span.kind,
        first: Math.max(0, span.first - first),
        end: Math.min(count, span.end - first),
      }))
      .filter((span) => span.end > span.first),
  };
}
