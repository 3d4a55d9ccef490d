/** The table of scores: overall beside what a forecast must beat, then by lead time. */
import type { ScoredMethod, ScoreSet, Scores } from '#shared/domain/scores.ts';
import { counted, number, score } from './format.ts';
import { type Column, table } from './table.ts';

export type Estimators = 'fair' | 'paper';

export function scoresText(scores: Scores, methods: readonly ScoredMethod[], which: Estimators): string {
  const rows =
    methods.length > 0 ? methods : [{ method: '', title: 'forecast', scores, cost: null, spectra: [] }];
  const byLeadRows = thinned(scores.byLead);
  const level = scores.intervals?.level;
  const overall = table<ScoredMethod>(rows, [
    { title: 'overall', value: (row) => row.title },
    { title: 'members', value: (row) => String(row.scores.members), right: true },
    ...columns(which, scores.units).map((column) => ({
      ...column,
      value: (row: ScoredMethod) => column.value(row.scores.overall),
    })),
    ...intervalColumns(rows, which),
    ...costColumns(rows),
  ]);
  const byLead = table<Scores['byLead'][number]>(byLeadRows, [
    { title: 'lead', value: (row) => number(row.lead), right: true },
    ...columns(which, scores.units),
  ]);
  const estimators = which === 'fair' ? 'fair estimators' : "the paper's estimators";
  return [
    `${counted(scores.members, 'member')}, ${counted(scores.starts, 'start')}, in ${scores.units || 'no units'}, ${estimators}${level === undefined ? '' : `, ${Math.round(100 * level)} % intervals over starts`}`,
    '',
    overall,
    '',
    byLeadRows.length < scores.byLead.length
      ? `By lead time (data steps), ${byLeadRows.length} of ${scores.byLead.length}; --json has all`
      : 'By lead time (data steps)',
    byLead,
    '',
    `Rank histogram of truth among the members: ${scores.rankHistogram.join(' ')}`,
  ].join('\n');
}

/** A terminal holds so many rows; the first and the last lead are always among them. */
const mostLeads = 24;

function thinned<Row>(rows: readonly Row[]): readonly Row[] {
  if (rows.length <= mostLeads) return rows;
  const places = Array.from({ length: mostLeads }, (_, i) =>
    Math.round((i * (rows.length - 1)) / (mostLeads - 1)),
  );
  return [...new Set(places)].map((place) => rows[place]!);
}

function intervalColumns(rows: readonly ScoredMethod[], which: Estimators): Column<ScoredMethod>[] {
  if (!rows.some(({ scores }) => scores.intervals !== null)) return [];
  const name = which === 'fair' ? 'fairCrps' : 'paperCrps';
  return [
    {
      title: which === 'fair' ? 'interval of fair CRPS' : 'interval of CRPS',
      value: ({ scores }) => {
        const interval = scores.intervals?.overall[name];
        return interval ? `${score(interval.low)}…${score(interval.high)}` : '–';
      },
      right: true,
    },
  ];
}

/** Of one ensemble forecast, where it was measured. */
function costColumns(rows: readonly ScoredMethod[]): Column<ScoredMethod>[] {
  if (!rows.some(({ cost }) => cost !== null)) return [];
  return [
    { title: 'seconds', value: ({ cost }) => (cost ? number(cost.seconds, 3) : '–'), right: true },
    { title: 'network calls', value: ({ cost }) => (cost ? String(cost.networkCalls) : '–'), right: true },
  ];
}

function columns(which: Estimators, units: string): Column<ScoreSet>[] {
  const unit = units === '' || units === '1' ? '' : ` (${units})`;
  const squared = unit === '' ? '' : ` (${units}²)`;
  if (which === 'paper') {
    return [
      { title: `CRPS${unit}`, value: (set) => score(set.paper.crps), right: true },
      { title: 'SSR', value: (set) => score(set.paper.ssr), right: true },
      { title: `MSE${squared}`, value: (set) => score(set.paper.mse), right: true },
    ];
  }
  return [
    { title: `fair CRPS${unit}`, value: (set) => score(set.fairCrps), right: true },
    { title: 'corrected SSR', value: (set) => score(set.correctedSsr), right: true },
    { title: `MSE${squared}`, value: (set) => score(set.mse), right: true },
    { title: `RMSE${unit}`, value: (set) => score(set.rmse), right: true },
    { title: 'ACC', value: (set) => score(set.acc), right: true },
  ];
}
