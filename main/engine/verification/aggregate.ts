/** From sums by initial condition and lead to the scores that people read. */
import type { ScoreSet, Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { crpsFrom } from './ensemble.ts';

/** What one initial condition adds at one lead: weighted sums over cells of the pieces of a point's score. */
export interface LeadSums {
  weight: number;
  absoluteError: number;
  pairDistance: number;
  squaredError: number;
  populationVariance: number;
  /** Weight of truths inside the central intervals. */
  inside50: number;
  inside90: number;
  /** Anomaly correlations, and how many there are: one a channel where climatology is known. */
  correlation: number;
  correlations: number;
}

export function emptySums(): LeadSums {
  return {
    weight: 0,
    absoluteError: 0,
    pairDistance: 0,
    squaredError: 0,
    populationVariance: 0,
    inside50: 0,
    inside90: 0,
    correlation: 0,
    correlations: 0,
  };
}

export const sumNames = Object.keys(emptySums()) as readonly (keyof LeadSums)[];

export function addSums(into: LeadSums, from: LeadSums): void {
  for (const name of sumNames) into[name] += from[name];
}

/**
 * Scores by lead and overall from sums [start][lead]. At one lead every mean is taken over all initial
 * conditions, channels and unmasked cells together, weighted by area where asked for; the spread-skill ratio
 * is the ratio of the roots of those means: sqrt(mean variance) / sqrt(mean squared error of the ensemble mean).
 * The anomaly correlation is one number a field, averaged over initial conditions (and channels). Overall values
 * are taken over leads as `LeadMean` says.
 */
export function summarise(
  starts: readonly (readonly LeadSums[])[],
  leads: readonly number[],
  members: number,
): Pick<Scores, 'overall' | 'byLead'> {
  const byLead: Scores['byLead'] = [];
  const overall = new LeadMean();
  leads.forEach((lead, index) => {
    const total = emptySums();
    for (const sums of starts) {
      const one = sums[index];
      if (one) addSums(total, one);
    }
    if (total.weight === 0) return;
    const set = scoreSet(total, members);
    overall.add(set);
    byLead.push({ lead, ...set });
  });
  if (byLead.length === 0)
    throw new DriftcastError(
      'bad-input',
      'There is nothing to score: no forecast has an observed value at its valid times.',
      'Choose initial conditions whose leads lie within the data.',
    );
  return { byLead, overall: overall.result() };
}

/** Scores from the sums of one lead; their weight must not be zero. */
export function scoreSet(total: LeadSums, members: number): ScoreSet {
  const { weight } = total;
  const average = {
    absoluteError: total.absoluteError / weight,
    pairDistance: total.pairDistance / weight,
  };
  const mse = total.squaredError / weight;
  const rmse = Math.sqrt(mse);
  const variance = total.populationVariance / weight;
  const single = members < 2;
  const ratio = single || rmse === 0 ? null : Math.sqrt(variance) / rmse;
  // Unbiased variance, and the finite-ensemble factor of Fortin et al. 2014: sqrt(M/(M−1)) · sqrt((M+1)/M).
  const correction = Math.sqrt((members + 1) / (members - 1));
  return {
    fairCrps: crpsFrom(average, members, true),
    correctedSsr: ratio === null ? null : ratio * correction,
    mse,
    rmse,
    spread: single ? null : Math.sqrt(variance) * correction,
    acc: total.correlations > 0 ? total.correlation / total.correlations : null,
    coverage50: single ? null : total.inside50 / weight,
    coverage90: single ? null : total.inside90 / weight,
    paper: { crps: crpsFrom(average, members, false), ssr: ratio, mse },
  };
}

const averaged = ['fairCrps', 'correctedSsr', 'mse', 'acc', 'coverage50', 'coverage90'] as const;

/**
 * Overall scores: plain means over the leads of the values by lead, as the paper averages; leads where a score is
 * undefined are left out of its mean. rmse is the root of the mse beside it and spread the root of the mean squared
 * spread, so that rmse² = mse holds at a lead and overall.
 */
export class LeadMean {
  private readonly sums = new Map<string, { sum: number; count: number }>();

  add(set: ScoreSet): void {
    for (const name of averaged) this.take(name, set[name]);
    this.take('variance', set.spread === null ? null : set.spread ** 2);
    this.take('paperCrps', set.paper.crps);
    this.take('paperSsr', set.paper.ssr);
  }

  result(): ScoreSet {
    const mse = this.mean('mse') ?? 0;
    const variance = this.mean('variance');
    return {
      fairCrps: this.mean('fairCrps') ?? 0,
      correctedSsr: this.mean('correctedSsr'),
      mse,
      rmse: Math.sqrt(mse),
      spread: variance === null ? null : Math.sqrt(variance),
      acc: this.mean('acc'),
      coverage50: this.mean('coverage50'),
      coverage90: this.mean('coverage90'),
      paper: { crps: this.mean('paperCrps') ?? 0, ssr: this.mean('paperSsr'), mse },
    };
  }

  private take(name: string, value: number | null): void {
    if (value === null) return;
    const entry = this.sums.get(name);
    if (entry) {
      entry.sum += value;
      entry.count++;
    } else this.sums.set(name, { sum: value, count: 1 });
  }

  private mean(name: string): number | null {
    const entry = this.sums.get(name);
    return entry ? entry.sum / entry.count : null;
  }
}
