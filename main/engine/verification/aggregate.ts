/** From sums by initial condition and lead to the scores that people read. */
import type { ScoreSet, Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { crpsFrom } from './ensemble.ts';

/** Weighted sums over cells of the pieces of a point's score. */
export interface LeadSums {
  weight: number;
  absoluteError: number;
  pairDistance: number;
  squaredError: number;
  populationVariance: number;
}

/**
 * Scores by lead and overall from sums [start][lead]. At one lead every mean is taken over all initial
 * conditions, channels and unmasked cells together, weighted by area where asked for; the spread-skill ratio
 * is the ratio of the roots of those means: sqrt(mean variance) / sqrt(mean squared error of the ensemble mean).
 * Overall values are plain means over the leads of the values by lead (fairCrps, correctedSsr, mse, paper.*), as the
 * paper averages; leads where a ratio is undefined are left out of its mean. rmse is the root of the mse beside it,
 * at a lead and overall, so that rmse² = mse always holds.
 */
export function summarise(
  starts: readonly (readonly LeadSums[])[],
  leads: readonly number[],
  members: number,
): Pick<Scores, 'overall' | 'byLead'> {
  const byLead: Scores['byLead'] = [];
  leads.forEach((lead, index) => {
    const total: LeadSums = {
      weight: 0,
      absoluteError: 0,
      pairDistance: 0,
      squaredError: 0,
      populationVariance: 0,
    };
    for (const sums of starts) {
      const one = sums[index];
      if (!one) continue;
      for (const key of Object.keys(total) as (keyof LeadSums)[]) total[key] += one[key];
    }
    if (total.weight > 0) byLead.push({ lead, ...scoreSet(total, members) });
  });
  if (byLead.length === 0)
    throw new DriftcastError(
      'bad-input',
      'There is nothing to score: no forecast has an observed value at its valid times.',
      'Choose initial conditions whose leads lie within the data.',
    );
  const mse = mean(byLead.map((s) => s.mse));
  return {
    byLead,
    overall: {
      fairCrps: mean(byLead.map((s) => s.fairCrps)),
      correctedSsr: meanOfDefined(byLead.map((s) => s.correctedSsr)),
      mse,
      rmse: Math.sqrt(mse),
      paper: {
        crps: mean(byLead.map((s) => s.paper.crps)),
        ssr: meanOfDefined(byLead.map((s) => s.paper.ssr)),
        mse,
      },
    },
  };
}

function scoreSet(total: LeadSums, members: number): ScoreSet {
  const average = {
    absoluteError: total.absoluteError / total.weight,
    pairDistance: total.pairDistance / total.weight,
  };
  const mse = total.squaredError / total.weight;
  const rmse = Math.sqrt(mse);
  const variance = total.populationVariance / total.weight;
  const ratio = members < 2 || rmse === 0 ? null : Math.sqrt(variance) / rmse;
  // Unbiased variance, and the finite-ensemble factor of Fortin et al. 2014: sqrt(M/(M−1)) · sqrt((M+1)/M).
  const corrected = ratio === null ? null : ratio * Math.sqrt((members + 1) / (members - 1));
  return {
    fairCrps: crpsFrom(average, members, true),
    correctedSsr: corrected,
    mse,
    rmse,
    paper: { crps: crpsFrom(average, members, false), ssr: ratio, mse },
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanOfDefined(values: readonly (number | null)[]): number | null {
  const defined = values.filter((value) => value !== null);
  return defined.length === 0 ? null : mean(defined);
}
