/**
 * Scores of many ensemble forecasts without keeping any of them: fields stream through, what stays is a few
 * sums for each initial condition and lead, so that parts can be merged and initial conditions resampled.
 */
import type { Scores } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import { type LeadSums, summarise } from './aggregate.ts';
import { type PointScore, scorePoint } from './ensemble.ts';

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

  constructor(options: ScoreOptions) {
    this.#options = options;
    this.members = options.members;
    this.leads = options.leads;
    this.#ranks = new Array(options.members + 1).fill(0);
  }

  /**
   * Adds one forecast field: `ensemble` [members, cells, channels] and `truth` [cells, channels], in the same
   * units, at the lead with index `lead`. Cells where the truth is NaN count as missing. `start` names the
   * initial condition. The order of calls does not matter to any result.
   */
  add(start: number, lead: number, ensemble: Float32Array, truth: Float32Array): void {
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
    const point: PointScore = {
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
      this.#ranks[point.below + (point.equal > 0 ? ties.integer(point.equal + 1) : 0)]! += 1;
    }
  }

  /** Takes over everything that `other` (made with the same options) has seen of other starts or leads. */
  merge(other: ScoreAccumulator): void {
    for (const [start, theirs] of other.#starts) {
      const ours = this.#sums(start);
      theirs.forEach((sums, lead) => {
        const into = ours[lead]!;
        for (const key of Object.keys(into) as (keyof LeadSums)[]) into[key] += sums[key];
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
   * All scores (see `summarise` for how means are taken), leads without any truth left out.
   * @throws DriftcastError `bad-input` when nothing could be compared.
   */
  scores(units: string): Scores {
    const { overall, byLead } = summarise([...this.#starts.values()], this.leads, this.members);
    return {
      members: this.members,
      starts: this.#starts.size,
      units,
      overall,
      byLead,
      rankHistogram: [...this.#ranks],
    };
  }

  #sums(start: number): LeadSums[] {
    let sums = this.#starts.get(start);
    if (!sums) {
      sums = this.leads.map(() => ({
        weight: 0,
        absoluteError: 0,
        pairDistance: 0,
        squaredError: 0,
        populationVariance: 0,
      }));
      this.#starts.set(start, sums);
    }
    return sums;
  }
}
