/** Methods and sampling schedules against each other, for people and for programs. */
import type { Comparison, ComparisonRow, Tradeoff, TradeoffPoint } from '#shared/domain/comparison.ts';
import type { Interval } from '#shared/domain/scores.ts';
import { counted, score } from './format.ts';
import type { Estimators } from './scores.ts';
import { type Column, table } from './table.ts';

const unitsAfter = (units: string) => (units === '' || units === '1' ? '' : ` (${units})`);
const between = (interval: Interval | null | undefined) =>
  interval ? `${score(interval.low)}…${score(interval.high)}` : '';
const time = (seconds: number | undefined) =>
  seconds === undefined ? '–' : seconds < 0.01 ? '< 0.01' : seconds.toFixed(2);

export function comparisonText(comparison: Comparison, which: Estimators): string {
  const { rows, settings, datasetName } = comparison;
  const units = rows[0]?.scores.units ?? '';
  const level = rows.find(({ scores }) => scores.intervals)?.scores.intervals?.level;
  const of = (row: ComparisonRow) => row.scores.overall;
  const intervals = (row: ComparisonRow) => row.scores.intervals?.overall;
  const squared = unitsAfter(units).replace(/\)$/, '²)');
  const columns: Column<ComparisonRow>[] =
    which === 'fair'
      ? [
          column(`fair CRPS${unitsAfter(units)}`, (row) => score(of(row).fairCrps)),
          column('interval', (row) => between(intervals(row)?.fairCrps)),
          column('corrected SSR', (row) => score(of(row).correctedSsr)),
          column(`MSE${squared}`, (row) => score(of(row).mse)),
          column('ACC', (row) => score(of(row).acc)),
        ]
      : [
          column(`CRPS${unitsAfter(units)}`, (row) => score(of(row).paper.crps)),
          column('interval', (row) => between(intervals(row)?.paperCrps)),
          column('SSR', (row) => score(of(row).paper.ssr)),
          column(`MSE${squared}`, (row) => score(of(row).paper.mse)),
        ];
  const estimators = which === 'fair' ? 'fair estimators' : "the paper's estimators";
  return [
    `${datasetName}, ${settings.split} split: ${counted(rows[0]?.scores.starts ?? 0, 'start')}, ${counted(settings.members, 'member')}, ${settings.horizon} steps, ${estimators}${level === undefined ? '' : `, ${Math.round(100 * level)} % intervals`}`,
    '',
    table(rows, [
      { title: 'method', value: (row) => row.title },
      ...columns,
      column('seconds', (row) => time(row.cost?.seconds)),
      column('network calls', (row) => (row.run === null ? '–' : String(row.cost?.networkCalls ?? '–'))),
      column('parameters', (row) => String(row.parameters ?? '–')),
    ]),
  ].join('\n');
}

/** A row a method with plain numbers, then the same by lead: what a table in a text is made from. */
export function comparisonJson({ rows, ...about }: Comparison) {
  return {
    ...about,
    units: rows[0]?.scores.units ?? '',
    intervalLevel: rows.find(({ scores }) => scores.intervals)?.scores.intervals?.level ?? null,
    rows: rows.map(({ scores, cost, spectra: _spectra, ...row }) => ({
      ...row,
      members: scores.members,
      starts: scores.starts,
      ...scores.overall,
      intervals: scores.intervals?.overall ?? null,
      seconds: cost?.seconds ?? null,
      networkCalls: cost?.networkCalls ?? null,
    })),
    byLead: rows.map(({ method, run, scores }) => ({ method, run, byLead: scores.byLead })),
  };
}

export function tradeoffText({ points, settings }: Tradeoff, name: string): string {
  const units = points[0]?.scores.units ?? '';
  const of = ({ scores }: TradeoffPoint) => scores.overall;
  return [
    `${name}, ${settings.split} split: ${counted(points[0]?.scores.starts ?? 0, 'start')}, ${counted(settings.members, 'member')}, ${settings.horizon} steps, fair estimators`,
    '',
    table(points, [
      { title: 'schedule', value: ({ schedule }) => schedule ?? 'full' },
      column('network calls', ({ cost }) => String(cost.networkCalls)),
      column('seconds', ({ cost }) => time(cost.seconds)),
      column(`fair CRPS${unitsAfter(units)}`, (point) => score(of(point).fairCrps)),
      column('interval', ({ scores }) => between(scores.intervals?.overall.fairCrps)),
      column('corrected SSR', (point) => score(of(point).correctedSsr)),
      column(`RMSE${unitsAfter(units)}`, (point) => score(of(point).rmse)),
    ]),
  ].join('\n');
}

export function tradeoffJson({ points, ...about }: Tradeoff) {
  return {
    ...about,
    units: points[0]?.scores.units ?? '',
    points: points.map(({ schedule, cost, scores }) => ({
      schedule,
      ...cost,
      ...scores.overall,
      intervals: scores.intervals?.overall ?? null,
    })),
  };
}

function column<Row>(title: string, value: (row: Row) => string): Column<Row> {
  return { title, value, right: true };
}
