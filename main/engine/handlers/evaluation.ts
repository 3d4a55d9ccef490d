/** Scores a trained run over a split, beside the forecasts that need no training, on the same starts. */
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import type { ScoredMethod } from '#shared/domain/scores.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Random } from '#shared/random.ts';
import type { EnsembleField, ForecastMethod } from '../baselines/baseline.ts';
import { baselineNames, createBaseline } from '../baselines/registry.ts';
import type { Handler } from '../host/engine-main.ts';
import { ScoreAccumulator } from '../verification/accumulator.ts';
import { stepEmitter } from './files.ts';
import { TrainedModel } from './model.ts';
import { preparedIn } from './prepared.ts';

export const evaluateRun: Handler<'evaluateRun'> = async (input, { signal, emit }) => {
  const dataset = await preparedIn(input.datasetFolder);
  const starts = chooseStarts(dataset, input.split, input.starts, input.seed);
  const { horizon } = dataset.dataset.settings;
  const leads = Array.from({ length: horizon }, (_, i) => i + 1);
  const model = await TrainedModel.open(input.runFolder, dataset);
  const { method } = model.settings;
  const rows = new Map<string, { title: string; score: Scorer }>();
  const row = (name: string, title: string) => {
    const known = rows.get(name) ?? { title, score: new Scorer(dataset, leads, input.units) };
    rows.set(name, known);
    return known.score;
  };
  try {
    for (const [index, start] of starts.entries()) {
      const emitStep = stepEmitter(emit, `Start ${index + 1} of ${starts.length}, ${dataset.label(start)}`);
      const { members, schedule, seed } = input;
      const score = row(method, 'DYffusion');
      await model.forecast(
        {
          start,
          members,
          horizon,
          leadTimes: [],
          schedule,
          seed,
          signal,
          onProgress: (fraction) => emitStep((index + fraction) / starts.length),
        },
        (field) => score.add(start, field),
      );
      for (const baseline of baselinesFor(dataset)) {
        const other = row(baseline.name, baseline.title);
        await baseline.forecast({ start, leads, members, seed, signal }, (field) => other.add(start, field));
      }
    }
  } finally {
    model.dispose();
  }
  const methods: ScoredMethod[] = [...rows].map(([name, { title, score }]) => ({
    method: name,
    title,
    scores: score.scores(),
  }));
  return { scores: methods[0]!.scores, methods };
};

/** Without a season in the normalisation the anomaly is just the field, and its persistence no row of its own. */
function baselinesFor(dataset: PreparedDataset): ForecastMethod[] {
  const seasonal = dataset.dataset.summary.seasonalShare !== null;
  return baselineNames
    .filter((name) => seasonal || name !== 'anomaly-persistence')
    .map((name) => createBaseline(name, dataset));
}

/** All starts of the split, or so many of them drawn by the seed, in order of time. */
function chooseStarts(
  dataset: PreparedDataset,
  split: 'train' | 'validation' | 'test',
  wanted: number | null,
  seed: number,
): number[] {
  const source = dataset.examples(split);
  if (source.count === 0)
    throw new DriftcastError(
      'bad-input',
      `The ${split} split holds no window of ${source.horizon + 1} times.`,
      'Prepare the dataset with a longer split or a shorter horizon.',
    );
  const all = Array.from({ length: source.count }, (_, example) => source.timeIndex(example));
  if (wanted === null || wanted >= all.length) return all;
  const drawn = [...new Random(seed).permutation(all.length).subarray(0, wanted)];
  return drawn.sort((a, b) => a - b).map((example) => all[example]!);
}

/** Accumulates one method's scores; ensembles of different sizes have accumulators of their own. */
class Scorer {
  private accumulator: ScoreAccumulator | null = null;

  constructor(
    private readonly dataset: PreparedDataset,
    private readonly leads: readonly number[],
    private readonly units: 'physical' | 'normalised',
  ) {}

  async add(start: number, { lead, members, values }: EnsembleField): Promise<void> {
    const { dataset } = this;
    const { mask, areaWeights, normaliser, channels } = dataset;
    this.accumulator ??= new ScoreAccumulator({
      members,
      leads: this.leads,
      cells: mask.length,
      channels: channels.length,
      mask,
      areaWeights,
    });
    const time = start + lead;
    const truth = await dataset.frame(time);
    let ensemble = values;
    if (this.units === 'normalised') {
      ensemble = values.slice();
      normaliser.normalise(truth, time);
      for (let from = 0; from < ensemble.length; from += truth.length)
        normaliser.normalise(ensemble.subarray(from, from + truth.length), time);
    }
    this.accumulator.add(start, this.leads.indexOf(lead), ensemble, truth);
  }

  scores() {
    if (this.accumulator === null) throw new DriftcastError('bad-input', 'There was nothing to score.');
    const units = new Set(this.dataset.channels.map((channel) => channel.units));
    return this.accumulator.scores(this.units === 'normalised' ? 'normalised' : [...units].join(', '));
  }
}
