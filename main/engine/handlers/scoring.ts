/** Scores one method over many forecasts as they are made, and what each of them took. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import type { EvaluationSettings, ForecastCost, ScoredMethod } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { EnsembleField } from '../baselines/baseline.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import { SpectrumAccumulator, spectrumLeads } from '../verification/spectrum.ts';

/** Below this a side has too few wavenumbers for a spectrum to say anything. */
const smallestSide = 8;

export interface ScorerOptions {
  dataset: PreparedDataset;
  /** Whole data steps, ascending. */
  leads: readonly number[];
  units: EvaluationSettings['units'];
  spectra: boolean;
}

/** Ensembles of different sizes have scorers of their own. */
export class Scorer {
  private readonly options: ScorerOptions;
  private readonly places: ReadonlyMap<number, number>;
  private readonly spectra: SpectrumAccumulator | null;
  private accumulator: ScoreAccumulator | null = null;
  private readonly seconds: number[] = [];
  private calls = 0;

  constructor(
    readonly method: string,
    readonly title: string,
    options: ScorerOptions,
  ) {
    this.options = options;
    this.places = new Map(options.leads.map((lead, place) => [lead, place]));
    const { height, width, channels } = options.dataset;
    this.spectra =
      options.spectra && Math.min(height, width) >= smallestSide
        ? new SpectrumAccumulator({
            leads: spectrumLeads(options.leads),
            height,
            width,
            channels: channels.length,
          })
        : null;
  }

  /**
   * Runs one forecast from `start` and scores every lead that it hands over. Its time is what it took without the
   * scoring; `forecast` answers the network calls of a member.
   */
  async time(
    start: number,
    forecast: (onLead: (field: EnsembleField) => Promise<void>) => Promise<number>,
  ): Promise<void> {
    const began = performance.now();
    let scoring = 0;
    this.calls = await forecast(async (field) => {
      const from = performance.now();
      await this.add(start, field);
      scoring += performance.now() - from;
    });
    this.seconds.push((performance.now() - began - scoring) / 1000);
  }

  /** @throws DriftcastError `bad-input` when nothing was scored. */
  result(): ScoredMethod {
    if (this.accumulator === null) throw new DriftcastError('bad-input', 'There was nothing to score.');
    const { dataset, units } = this.options;
    const normalised = units === 'normalised';
    const own = [...new Set(dataset.channels.map((channel) => channel.units))].join(', ');
    return {
      method: this.method,
      title: this.title,
      scores: this.accumulator.scores(normalised ? 'normalised' : own, {}),
      cost: this.cost(),
      spectra:
        this.spectra?.spectra(
          dataset.channels.map(({ name, units: unit }) => ({ name, units: normalised ? '1' : unit })),
        ) ?? [],
    };
  }

  private cost(): ForecastCost {
    const sorted = [...this.seconds].sort((a, b) => a - b);
    return { seconds: sorted[Math.floor(sorted.length / 2)] ?? 0, networkCalls: this.calls };
  }

  private async add(start: number, { lead, members, values }: EnsembleField): Promise<void> {
    const place = this.places.get(lead);
    if (place === undefined) return;
    const { dataset, leads, units } = this.options;
    const { mask, areaWeights, normaliser, channels } = dataset;
    this.accumulator ??= new ScoreAccumulator({
      members,
      leads,
      cells: mask.length,
      channels: channels.length,
      mask,
      areaWeights,
    });
    const time = dataset.after(start, lead);
    const truth = await dataset.frame(time);
    // Climatology has no anomalies of its own that could be right or wrong.
    let climatology = this.method === 'climatology' ? null : dataset.seasonalMean(time);
    let ensemble = values;
    if (units === 'normalised') {
      ensemble = values.slice();
      normaliser.normalise(truth, time);
      if (climatology) {
        climatology = climatology.slice();
        normaliser.normalise(climatology, time);
      }
      for (let from = 0; from < ensemble.length; from += truth.length)
        normaliser.normalise(ensemble.subarray(from, from + truth.length), time);
    }
    this.accumulator.add(start, place, ensemble, truth, climatology);
    this.spectra?.add(lead, ensemble, units === 'normalised' ? masked(truth, mask) : truth);
  }
}

/** Normalised masked cells hold zeros; spectra have to know that they are missing. */
function masked(field: Float32Array, mask: Float32Array): Float32Array {
  const channels = field.length / mask.length;
  return field.map((value, i) => (mask[Math.floor(i / channels)] === 0 ? Number.NaN : value));
}
