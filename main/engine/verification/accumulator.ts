/**
 * Scores of many ensemble forecasts without keeping any of them: fields stream through, what stays is a few
 * sums for each initial condition and lead, so that parts can be merged and initial conditions resampled.
 */
import type { Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import { addSums, emptySums, type LeadSums, summarise } from './aggregate.ts';
import { type BootstrapOptions, bootstrap } from './bootstrap.ts';
import { AnomalyCorrelation } from './correlation.ts';
import { type PointScore, scorePoint } from './ensemble.ts';
import { centralShares } from './reliability.ts';

export interface ScoreOptions {
  members: number;
  /** Lead times in data steps, ascending. */
  leads: readonly number[];
  /** Grid cells of a field (height × width) and channels of each. */
  cells: number;
  channels: number;
  /** [cells], 1 where a cell counts; null: all count. */
  mask?: Float32Array | null;
  /** [cells], e.g. the cosine of latitude; null: every cell counts the same. */
  areaWeights?: Float32Array | null;
  /** Decides how ties in the rank histogram are split. */
  seed?: number;
}

export class ScoreAccumulator {
  readonly members: number;
  readonly leads: readonly number[];
  readonly #options: ScoreOptions;
  /** Sums by initial condition (any integer that names it), then by lead. */
  readonly #starts = new Map<number, LeadSums[]>();
  readonly #ranks: number[];
  readonly #inside50: Float64Array;
  readonly #inside90: Float64Array;

  constructor(options: ScoreOptions) {
    this.#options = options;
    this.#inside50 = centralShares(options.members, 0.5);
    this.#inside90 = centralShares(options.members, 0.9);
    this.members = options.members;
    this.leads = options.leads;
    this.#ranks = new Array(options.members + 1).fill(0);
  }

  /**
   * Adds one forecast field: `ensemble` [members, cells, channels] and `truth` [cells, channels], in the same
   * units, at the lead with index `lead`. Cells where the truth is NaN count as missing. `start` names the
   * initial condition. The order of calls does not matter to any result. `climatology` [cells, channels], where it
   * is known, is what anomaly correlation departs from.
   */
  add(
    start: number,
    lead: number,
    ensemble: Float32Array,
    truth: Float32Array,
    climatology: Float32Array | null = null,
  ): void {
    const { cells, channels, members, mask, areaWeights, seed = 0 } = this.#options;
    const size = cells * channels;
    if (truth.length !== size || ensemble.length !== size * members || !(lead in this.leads))
      throw new DriftcastError(
        'bad-input',
        `A forecast of ${ensemble.length} values at lead ${lead} and a truth of ${truth.length} do not fit ${members} members of ${cells} cells and ${channels} channels.`,
        'Score forecasts against truth on the same grid.',
      );
    const sums = this.#sums(start)[lead]!;
    const ties = new Random(seed, start, lead);
    const values = new Float64Array(members);
    const correlation = new AnomalyCorrelation(channels);
    const point: PointScore = {
      mean: 0,
      absoluteError: 0,
      pairDistance: 0,
      squaredError: 0,
      populationVariance: 0,
      below: 0,
      equal: 0,
    };
    for (let i = 0; i < size; i++) {
      const cell = Math.floor(i / channels);
      const weight = areaWeights ? areaWeights[cell]! : 1;
      const observed = truth[i]!;
      if ((mask && mask[cell] === 0) || Number.isNaN(observed)) continue;
      for (let m = 0; m < members; m++) values[m] = ensemble[m * size + i]!;
      scorePoint(values, observed, point);
      sums.weight += weight;
      sums.absoluteError += weight * point.absoluteError;
      sums.pairDistance += weight * point.pairDistance;
      sums.squaredError += weight * point.squaredError;
      sums.populationVariance += weight * point.populationVariance;
      const rank = point.below + (point.equal > 0 ? ties.integer(point.equal + 1) : 0);
      this.#ranks[rank]! += 1;
      sums.inside50 += weight * this.#inside50[rank]!;
      sums.inside90 += weight * this.#inside90[rank]!;
      if (climatology) correlation.add(i % channels, point.mean, observed, climatology[i]!, weight);
    }
    const { sum, count } = correlation.result();
    sums.correlation += sum;
    sums.correlations += count;
  }

  /** Takes over everything that `other` (made with the same options) has seen of other starts or leads. */
  merge(other: ScoreAccumulator): void {
    for (const [start, theirs] of other.#starts) {
      const ours = this.#sums(start);
      theirs.forEach((sums, lead) => {
        addSums(ours[lead]!, sums);
      });
    }
    other.#ranks.forEach((count, rank) => {
      this.#ranks[rank]! += count;
    });
  }

  /** Initial conditions seen so far. */
  get starts(): readonly number[] {
    return [...this.#starts.keys()];
  }

  /** The sums of some initial conditions, for resampling; [start][lead]. */
  sumsOf(starts: readonly number[]): LeadSums[][] {
    return starts.map((start) => this.#starts.get(start) ?? []);
  }

  /**
   * All scores (see `summarise` for how means are taken), leads without any truth left out; with intervals
   * where it is said how to make them.
   * @throws DriftcastError `bad-input` when nothing could be compared.
   */
  scores(units: string, intervals: BootstrapOptions | null = null): Scores {
    const { overall, byLead } = summarise([...this.#starts.values()], this.leads, this.members);
    return {
      members: this.members,
      starts: this.#starts.size,
      units,
      overall,
      byLead,
      rankHistogram: [...this.#ranks],
      intervals: intervals && bootstrap(this, intervals),
    };
  }

  #sums(start: number): LeadSums[] {
    let sums = this.#starts.get(start);
    if (!sums) {
      sums = this.leads.map(emptySums);
      this.#starts.set(start, sums);
    }
    return sums;
  }
}
