/** What a report's numbers rest on: data, settings, seeds, versions, and what each score means. */
import type { Comparison } from '#shared/domain/comparison.ts';
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Run } from '#shared/domain/run.ts';
import { html, type Markup } from './html.ts';
import { day, grouped, seconds } from './numbers.ts';

export function provenance(comparison: Comparison, dataset: Dataset, runs: readonly Run[]): Markup {
  const { settings, versions } = comparison;
  const { summary } = dataset;
  const facts: [string, string | Markup][] = [
    ['Dataset', dataset.name],
    ['Sources', dataset.sources.map(({ name }) => name).join(', ') || '–'],
    ['Variables', summary.channels.map(({ name, units }) => `${name} (${units || 'no units'})`).join(', ')],
    ['Grid', `${summary.height} × ${summary.width} cells, ${summary.maskedCells} always missing`],
    ['Region', regionText(dataset)],
    [
      'Times',
      `${grouped(summary.times)} × ${summary.step || 'step'}, calendar ${summary.calendar || 'none'}`,
    ],
    ['Normalisation', dataset.settings.normalisation],
    ...(['train', 'validation', 'test'] as const).map((name): [string, string] => {
      const { from, to, examples } = summary.splits[name];
      return [`Split: ${name}`, `${day(from)} to ${day(to)}, ${grouped(examples)} windows`];
    }),
    ['Fingerprint', html`<code>${dataset.fingerprint}</code>`],
    [
      'Scored on',
      `the ${settings.split} split, ${settings.starts ?? 'all'} starts, sampling seed ${settings.seed}`,
    ],
    [
      'Versions',
      Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', '),
    ],
  ];
  return html`<dl>${facts.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>
<div class="scroll"><table><caption>Runs</caption>
<thead><tr><th scope="col">Run</th><th scope="col">id</th><th scope="col">method</th><th scope="col">preset</th><th scope="col">training</th><th scope="col">epochs</th><th scope="col">seed</th><th scope="col">backend</th><th scope="col">trained on</th></tr></thead>
<tbody>${runs.map(
    (run) =>
      html`<tr><th scope="row">${run.name}</th><td>${run.id}</td><td>${run.settings.method}</td><td>${run.preset}</td><td>${seconds(run.seconds)}</td><td>${run.epochs}</td><td>${run.settings.seed}</td><td>${run.backend || '–'}</td><td>${run.dataset}<small><code>${run.datasetFingerprint.slice(0, 12)}</code></small></td></tr>`,
  )}</tbody></table></div>
${runs.map(
  (run) =>
    html`<details><summary>All settings of ${run.name}</summary><pre>${JSON.stringify(run.settings, null, 2)}</pre></details>`,
)}
<details><summary>Settings of the dataset</summary><pre>${JSON.stringify(dataset.settings, null, 2)}</pre></details>`;
}

function regionText({ settings: { region } }: Dataset): string {
  if (region.kind === 'whole') return 'the whole grid';
  if (region.kind === 'box')
    return `${region.south}° to ${region.north}° latitude, ${region.west}° to ${region.east}° longitude`;
  return `rows ${region.firstRow} to ${region.lastRow}, columns ${region.firstColumn} to ${region.lastColumn}`;
}

const meanings: readonly (readonly [string, string])[] = [
  [
    'Fair CRPS',
    'Continuous ranked probability score, E|X − y| − ½ E|X − X′|, with the pair term over M(M − 1): it does not reward small ensembles (Ferro 2014). In the units of the variable; lower is better. For a single forecast it is the absolute error.',
  ],
  [
    'MSE, RMSE',
    'Mean squared error of the ensemble mean, and its root. Overall RMSE is the root of overall MSE.',
  ],
  [
    'Spread, corrected SSR',
    'Spread is the root of the mean unbiased ensemble variance times (M + 1)/M (Fortin et al. 2014); SSR is spread over RMSE. 1 is reliable, below 1 the ensemble is too narrow.',
  ],
  [
    'Estimators of the paper',
    'CRPS with the biased pair term over M², SSR with the population variance and without the factor: comparable with published numbers of the same ensemble size, not with the fair ones.',
  ],
  [
    'ACC',
    'Anomaly correlation: correlation of ensemble mean and truth after climatology is taken from both (the seasonal mean of the training period; the training mean where time has no seasons). One number a forecast, averaged over forecasts and variables.',
  ],
  [
    'Central intervals',
    'Share of truths inside the central 50 % or 90 % of the ensemble, by the rank of the truth, so that a reliable ensemble of any size reaches just that share.',
  ],
  [
    'Rank histogram',
    'How many members lie below the truth; ties are split at random with a seed. Flat is reliable, a U shape is too narrow, a slope is biased.',
  ],
  [
    'Power spectrum',
    'Radially averaged over rings of wavenumbers; masked cells are filled with the mean of the others, the mean is taken out and a Hann window applied. Cells count as square. At most eight members and eight leads.',
  ],
  [
    'Intervals',
    'Percentile bootstrap over initial conditions. Starts that follow each other in one series are not quite independent, so the intervals are rather too narrow than too wide.',
  ],
  [
    'Means',
    'At one lead over all starts, variables and cells that are not missing; overall values are plain means over leads, as the paper averages.',
  ],
  [
    'Seconds, network calls',
    'Wall time of one ensemble forecast from one start on the machine that scored it, median over starts; evaluations of a network that one member takes, calls shared by all members counted once.',
  ],
];

export function definitions(): Markup {
  return html`<dl>${meanings.map(([name, meaning]) => html`<dt>${name}</dt><dd>${meaning}</dd>`)}</dl>`;
}
