/** The tables of a report: methods against each other over all leads, and lead by lead. */
import type { Comparison, ComparisonRow } from '#shared/domain/comparison.ts';
import { type Interval, type ScoreName, type ScoreSet, scoreOf } from '#shared/domain/scores.ts';
import { formatUnits, squaredUnits } from '#shared/units.ts';
import { html, type Markup } from './html.ts';
import { figure, grouped, seconds } from './numbers.ts';

interface ScoreColumn {
  name: ScoreName;
  title: string;
  units: (units: string) => string;
  /** Which value is the best one; null: only people can say. */
  best: ((values: readonly number[]) => number) | null;
}

const none = () => '';
const lowest = (values: readonly number[]) => Math.min(...values);
const highest = (values: readonly number[]) => Math.max(...values);
const nearest = (aim: number) => (values: readonly number[]) =>
  values.reduce(
    (best, value) => (Math.abs(value - aim) < Math.abs(best - aim) ? value : best),
    Number.POSITIVE_INFINITY,
  );

const fairColumns: readonly ScoreColumn[] = [
  { name: 'fairCrps', title: 'fair CRPS', units: formatUnits, best: lowest },
  { name: 'correctedSsr', title: 'corrected SSR', units: none, best: nearest(1) },
  { name: 'mse', title: 'MSE', units: squaredUnits, best: lowest },
  { name: 'acc', title: 'ACC', units: none, best: highest },
  { name: 'coverage90', title: 'in 90 %', units: none, best: nearest(0.9) },
];
const paperColumns: readonly ScoreColumn[] = [
  { name: 'paperCrps', title: 'CRPS', units: formatUnits, best: lowest },
  { name: 'paperSsr', title: 'SSR', units: none, best: nearest(1) },
];

const range = (interval: Interval | null | undefined) =>
  interval && html`<small>${figure(interval.low)} … ${figure(interval.high)}</small>`;

export function methodsTable({ rows, settings }: Comparison, lookOf: (row: ComparisonRow) => string): Markup {
  const units = rows[0]?.scores.units ?? '';
  const columns = [...fairColumns, ...paperColumns];
  const best = new Map(
    columns.map(({ name, best: choose }) => {
      const values = rows
        .map(({ scores }) => scoreOf(scores.overall, name))
        .filter((value) => value !== null);
      return [name, choose && values.length > 1 ? choose(values) : null] as const;
    }),
  );
  const heading = ({ title, units: write }: ScoreColumn) =>
    html`<th scope="col">${title}${write(units) !== '' && html`<small>${write(units)}</small>`}</th>`;
  const level = rows.find(({ scores }) => scores.intervals)?.scores.intervals?.level;
  return html`<div class="scroll"><table>
<caption>Mean over all leads.${level !== undefined && ` Below each score: its ${Math.round(level * 100)} % interval from resampling initial conditions.`} In 90 %: share of truths inside the central 90 % of the ensemble. Green: best of the column.</caption>
<thead>
<tr><td></td><th scope="colgroup" colspan="${fairColumns.length}" class="group">fair and corrected estimators</th><th scope="colgroup" colspan="${paperColumns.length}" class="group">as in the paper</th><th scope="colgroup" colspan="3" class="group">cost</th></tr>
<tr><th scope="col">Method</th>${columns.map(heading)}<th scope="col">one forecast<small>${settings.members} members</small></th><th scope="col">network<small>calls a member</small></th><th scope="col">parameters</th></tr>
</thead>
<tbody>
${rows.map(
  (row) => html`<tr${row.run === null && html` class="reference"`}>
<th scope="row"><svg class="swatch-line" viewBox="0 0 26 10" aria-hidden="true"><line class="curve ${lookOf(row)}" x1="1" x2="25" y1="5" y2="5"/></svg>${row.run === null ? shortTitle(row.title) : row.title}<small>${about(row)}</small></th>
${columns.map(({ name }) => {
  const value = scoreOf(row.scores.overall, name);
  return html`<td>${value !== null && value === best.get(name) ? html`<span class="best">${figure(value)}</span>` : figure(value)}${range(row.scores.intervals?.overall[name])}</td>`;
})}
<td>${seconds(row.cost?.seconds ?? null)}</td><td>${row.run === null ? '–' : grouped(row.cost?.networkCalls ?? null)}</td><td>${grouped(row.parameters)}</td>
</tr>`,
)}
</tbody></table></div>`;
}

/** Without its explanation in brackets, for legends and narrow tables. */
export function shortTitle(title: string): string {
  return title.replace(/ \([^)]*\)$/, '');
}

function about(row: ComparisonRow): string {
  const members = row.scores.members > 1 ? `${row.scores.members} members` : 'a single forecast';
  if (row.run === null) return [/\((.*)\)$/.exec(row.title)?.[1], members].filter(Boolean).join(', ');
  const parts = [row.runName, row.preset, row.schedule && `schedule ${row.schedule}`];
  return parts.filter((part) => part && part !== row.title).join(', ');
}

/** At most so many leads in a table; the others are in the curves. */
const mostLeads = 24;

export function leadTable(row: ComparisonRow, units: string): Markup {
  const { byLead, intervals } = row.scores;
  const every = Math.max(1, Math.ceil(byLead.length / mostLeads));
  const shown = byLead
    .map((set, index) => ({ set, interval: intervals?.byLead[index] }))
    .filter((_, index) => index % every === every - 1 || index === 0 || index === byLead.length - 1);
  const columns: readonly ScoreColumn[] = [
    ...fairColumns,
    { name: 'rmse', title: 'RMSE', units: formatUnits, best: null },
    { name: 'spread', title: 'spread', units: formatUnits, best: null },
    { name: 'coverage50', title: 'in 50 %', units: none, best: null },
    ...paperColumns.map((column) => ({ ...column, title: `${column.title} (paper)` })),
  ];
  return html`<div class="scroll"><table>
<caption>${row.title}, by lead time in data steps${every > 1 && `, every ${every} of ${byLead.length}`}.</caption>
<thead><tr><th scope="col">lead</th>${columns.map(({ title, units: write }) => html`<th scope="col">${title}${write(units) !== '' && html`<small>${write(units)}</small>`}</th>`)}</tr></thead>
<tbody>${shown.map(
    ({
      set,
      interval,
    }: {
      set: ScoreSet & { lead: number };
      interval: Record<string, Interval | null> | undefined;
    }) =>
      html`<tr><th scope="row">${set.lead}</th>${columns.map(({ name }) => html`<td>${figure(scoreOf(set, name))}${range(interval?.[name])}</td>`)}</tr>`,
  )}</tbody></table></div>`;
}
