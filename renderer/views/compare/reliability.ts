/** What a rank histogram says of an ensemble's intervals: how often the truth lies inside, for every width there is. */

export interface IntervalReliability {
  /** Probability that a central interval should hold, 0–1. */
  nominal: number;
  /** Share of truths inside. */
  observed: number;
}

/**
 * With M members there are M + 1 equally likely ranks for the truth of a reliable ensemble; leaving out the k lowest and
 * k highest ranks leaves the central interval of (M + 1 − 2k)/(M + 1). From the narrowest to the whole.
 */
export function intervalReliability(rankHistogram: readonly number[]): IntervalReliability[] {
  const ranks = rankHistogram.length;
  const total = rankHistogram.reduce((sum, count) => sum + count, 0);
  if (ranks < 2 || total === 0) return [];
  const found: IntervalReliability[] = [];
  for (let left = Math.floor((ranks - 1) / 2); left >= 0; left--) {
    const inside = rankHistogram.slice(left, ranks - left).reduce((sum, count) => sum + count, 0);
    found.push({ nominal: (ranks - 2 * left) / ranks, observed: inside / total });
  }
  return found;
}
