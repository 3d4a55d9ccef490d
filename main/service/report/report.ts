/**
 * A comparison as one self-contained HTML file: no script, no font, no address outside of itself, so that it can be
 * mailed, printed and archived. Pure functions from data to text.
 */
import type { ComparisonRow } from '#shared/domain/comparison.ts';
import { formatUnits } from '#shared/units.ts';
import type { ComparedRuns } from '../comparisons.ts';
import { leadCharts, rankCharts, spectrumCharts } from './charts.ts';
import { html, Markup } from './html.ts';
import { type MapTables, mapFigures } from './maps.ts';
import { figure } from './numbers.ts';
import { definitions, provenance } from './provenance.ts';
import { referenceLooks, runLooks, style } from './style.ts';
import { leadTable, methodsTable, shortTitle } from './tables.ts';

export function reportHtml(
  { comparison, dataset, plans, maps, figures = [] }: ComparedRuns,
  tables: MapTables,
): string {
  const { rows, settings, step, created } = comparison;
  const looks = new Map(
    rows.filter(({ run }) => run !== null).map((row, index) => [row, runLooks[index % runLooks.length]!]),
  );
  const lookOf = (row: ComparisonRow) => looks.get(row) ?? referenceLooks[row.method] ?? 'r2';
  const units = rows[0]?.scores.units ?? '';
  const spectra = spectrumCharts(comparison, lookOf);
  const facts = [
    ['split', settings.split],
    ['starts', `${rows[0]?.scores.starts ?? 0}${settings.starts === null ? ', all' : ', a seeded sample'}`],
    ['members', String(settings.members)],
    ['horizon', `${settings.horizon} × ${step || 'step'}`],
    ['units', formatUnits(units) || 'none'],
    ['made', created.slice(0, 16).replace('T', ' ')],
  ];
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="Driftcast ${comparison.versions.driftcast}">
<title>Forecasts compared: ${comparison.datasetName}</title>
<style>${new Markup(style)}</style>
</head>
<body><main>
<h1>Forecasts compared: ${comparison.datasetName}</h1>
<p class="soft">${dataset.summary.channels.map(({ longName, name }) => longName || name).join(', ')}</p>
<ul class="facts">${facts.map(([name, value]) => html`<li><span>${name}</span>${value}</li>`)}</ul>
<p class="finding">${finding(rows, units)}</p>
<h2>Methods</h2>
${methodsTable(comparison, lookOf)}
<h2>By lead time</h2>
${leadCharts(comparison, lookOf)}
<h2>Rank histograms</h2>
<p class="soft">How often the truth fell between which members, over all leads. The dotted line is an even share.</p>
${rankCharts(comparison, lookOf)}
${spectra && html`<h2>Power spectra</h2><p class="soft">How much structure there is at each scale: long waves to the left, single cells to the right.</p>${spectra}`}
${figures.length > 0 && html`<h2>As shown in the window</h2>${figures.map(({ title, png }) => html`<figure class="chart"><img class="shown" src="data:image/png;base64,${png}" alt="${title}"><figcaption>${title}</figcaption></figure>`)}`}
<h2>One forecast</h2>
<p class="soft">The middle one of the starts that were scored.</p>
${mapFigures(
  rows.flatMap(({ run, title }) => {
    const at = plans.findIndex((plan) => plan.run.id === run);
    return at < 0 ? [] : { title, maps: maps[at]! };
  }),
  tables,
  step,
)}
<h2>Numbers by lead</h2>
${rows.map((row) => html`<details${row === rows[0] && html` open`}><summary>${row.title}</summary>${leadTable(row, units)}</details>`)}
<h2>What this rests on</h2>
${provenance(
  comparison,
  dataset,
  plans.map(({ run }) => run),
)}
<h2>What the scores mean</h2>
${definitions()}
<footer>Made with Driftcast ${comparison.versions.driftcast}. Method: Rühling Cachay et al. 2023, DYffusion, arXiv 2306.01984.</footer>
</main></body></html>
`;
  return page.text;
}

/** The one sentence that a reader in a hurry needs: which run is best, and whether it beats what needs no training. */
function finding(rows: readonly ComparisonRow[], units: string): string {
  const written = (value: number) => `${figure(value)}${formatUnits(units) && ` ${formatUnits(units)}`}`;
  const crps = (row: ComparisonRow) => row.scores.overall.fairCrps;
  const best = rows.find(({ run }) => run !== null);
  const reference = rows.find(({ run }) => run === null);
  if (!best) return 'No run was scored.';
  const interval = best.scores.intervals;
  const range = interval?.overall.fairCrps;
  const sure =
    interval && range
      ? ` (${Math.round(interval.level * 100)} % interval ${figure(range.low)} to ${figure(range.high)})`
      : '';
  const own = `${best.title} has the lowest fair CRPS of the trained runs: ${written(crps(best))}${sure}.`;
  if (!reference) return own;
  const ratio = crps(best) / crps(reference);
  const size = ratio > 2 ? `${figure(ratio, 2)} times` : `${figure(100 * Math.abs(1 - ratio), 2)} %`;
  const verdict =
    ratio < 1
      ? `That is ${size} below the best method without training`
      : `That is ${size} ${ratio > 2 ? 'that of' : 'above'} the best method without training, which is still to be beaten`;
  return `${own} ${verdict} (${shortTitle(reference.title).toLowerCase()}, ${written(crps(reference))}).`;
}
