/**
 * Scores of one ensemble against one observed value. Everything else in this room is averaging of these.
 */

/** What one cell contributes; the pieces from which every estimator follows without a second pass. */
export interface PointScore {
  /** Of the members. */
  mean: number;
  /** Mean over members of |xᵢ − y|. */
  absoluteError: number;
  /** Σ over pairs i < j of |xᵢ − xⱼ|. */
  pairDistance: number;
  /** (mean of the members − y)². */
  squaredError: number;
  /** Σ (xᵢ − mean)² / M. */
  populationVariance: number;
  /** Members below y, and members equal to y. */
  below: number;
  equal: number;
}

/**
 * Scores `members` (which it sorts in place) against `truth`, in O(M log M): with sorted members the sum over
 * pairs is Σ (2i − M + 1) x₍ᵢ₎ (Hersbach 2000; Zamo and Naveau 2018). The result is written into `out`, so that
 * a loop over cells allocates nothing.
 */
export function scorePoint(members: Float64Array, truth: number, out: PointScore): void {
  const count = members.length;
  members.sort();
  let sum = 0;
  let absolute = 0;
  let pairs = 0;
  let below = 0;
  let equal = 0;
  for (let i = 0; i < count; i++) {
    const value = members[i]!;
    sum += value;
    absolute += Math.abs(value - truth);
    pairs += (2 * i - count + 1) * value;
    if (value < truth) below++;
    else if (value === truth) equal++;
  }
  const mean = sum / count;
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (members[i]! - mean) ** 2;
  out.mean = mean;
  out.absoluteError = absolute / count;
  out.pairDistance = pairs;
  out.squaredError = (mean - truth) ** 2;
  out.populationVariance = squares / count;
  out.below = below;
  out.equal = equal;
}

/**
 * E|X − y| − ½ E|X − X′| from its pieces: `fair` takes the pair term over M(M − 1), the estimator that does not
 * reward small ensembles (Ferro 2014), otherwise over M² as the paper does. With one member both are the
 * absolute error.
 */
export function crpsFrom(
  score: Pick<PointScore, 'absoluteError' | 'pairDistance'>,
  members: number,
  fair: boolean,
): number {
  if (members < 2) return score.absoluteError;
  return score.absoluteError - score.pairDistance / (members * (fair ? members - 1 : members));
}
