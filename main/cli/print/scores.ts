/** The table of scores: overall beside what a forecast must beat, then by lead time. */
import type { ScoredMethod, ScoreSet, Scores } from '#shared/domain/scores.ts';
import { counted, number, score } from './format.ts';
import { type Column, table } from './table.ts';

export type Estimators = 'fair' | 'paper';

export function scoresText(scores: Scores, methods: readonly ScoredMethod[], which: Estimators): string {
  const rows = methods.length > 0 ? methods : [{ method: '', title: 'forecast', scores }];
  const overall = table<ScoredMethod>(rows, [
    { title: 'overall', value: (row) => row.title },
    { title: 'members', value: (row) => String(row.scores.members), right: true },
    ...columns(which, scores.units).map((column) => ({
      ...column,
      value: (row: ScoredMethod) => column.value(row.scores.overall),
    })),
  ]);
  const byLead = table<Scores['byLead'][number]>(scores.byLead, [
    { title: 'lead', value: (row) => number(row.lead), right: true },
    ...columns(which, scores.units),
  ]);
  const estimators = which === 'fair' ? 'fair estimators' : "the paper's estimators";
  return [
    `${counted(scores.members, 'member')}, ${counted(scores.starts, 'start')}, in ${scores.units || 'no units'}, ${estimators}`,
    '',
    overall,
    '',
    'By lead time (data steps)',
    byLead,
    '',
    `Rank histogram of truth among the members: ${scores.rankHistogram.join(' ')}`,
  ].join('\n');
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
  ];
}
