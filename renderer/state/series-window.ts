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

/** The times on a dataset's axis that lie on one line with a time: all of them, or those of its trajectory. */
export function lineAround(
  { times, trajectories }: { times: number; trajectories?: { length: number } },
  at: number,
): { first: number; end: number } {
  if (!trajectories) return { first: 0, end: times };
  const first = Math.floor(at / trajectories.length) * trajectories.length;
  return { first, end: first + trajectories.length };
}

/**
 * @param beyond dates of a forecast that lie after the series' end
 * @param around index on the whole series that has to be in the part shown
 * @param line times to choose from, as of {@link lineAround}
 */
export function windowAround(
  series: { dates: readonly string[]; means: readonly (number | null)[] },
  spans: readonly Span[],
  around: number,
  beyond: readonly string[] = [],
  line = { first: 0, end: series.dates.length },
): SeriesWindow {
  const dates = [...series.dates.slice(line.first, line.end), ...beyond];
  const means = [...series.means.slice(line.first, line.end), ...beyond.map(() => null)];
  const count = Math.min(dates.length, mostTimes);
  const skip = Math.max(0, Math.min(dates.length - count, Math.round(around - line.first - count * 0.7)));
  const first = line.first + skip;
  return {
    first,
    dates: dates.slice(skip, skip + count),
    means: means.slice(skip, skip + count),
    spans: spans
      .map((span) => ({
        kind: span.kind,
        first: Math.max(0, span.first - first),
        end: Math.min(count, span.end - first),
      }))
      .filter((span) => span.end > span.first),
  };
}
