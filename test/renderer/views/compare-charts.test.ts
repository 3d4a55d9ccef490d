/** What Compare's charts and tables are made of. */
import { describe, expect, it } from 'vitest';
import type { Probe } from '#shared/domain/forecast.ts';
import type { ScoredMethod, ScoreSet } from '#shared/domain/scores.ts';
import { tableOf } from '../../../renderer/charts/chart.ts';
import { fanChart } from '../../../renderer/views/compare/fan-chart.ts';
import { methodColumns, methodRows, sortMethods } from '../../../renderer/views/compare/method-table.ts';
import { intervalReliability } from '../../../renderer/views/compare/reliability.ts';

const probe: Probe = {
  latitude: 0,
  longitude: 0,
  leads: [20, 40, 60],
  dates: ['trajectory 3, 0.1562 s', 'trajectory 3, 0.3124 s', 'trajectory 3, 0.4686 s'],
  truth: [1, 2, null],
  quantiles: [
    [0, 1, 2, 3, 4],
    [1, 2, 3, 4, 5],
    [2, 3, 4, 5, 6],
  ],
  members: [
    [0, 1, 2],
    [4, 5, 6],
  ],
  initial: 0.5,
  cells: 1,
  observed: 1,
};
const context = {
  lead: 40,
  start: 'trajectory 3, 0 s',
  rhythm: 'time',
  quantity: 'px',
  units: 'm',
  place: 'row 1',
} as const;

describe('the fan chart', () => {
  it('labels round times with their unit said once, at the leads that they are', () => {
    const { xTicks, xLabel } = fanChart(probe, context);
    expect(xLabel).toBe('valid time, s');
    expect(xTicks?.at.map(xTicks.write)).toEqual(['0', '0.1', '0.2', '0.3', '0.4']);
    // 0.1 s at 0.0078 s a step.
    expect(xTicks?.at[1]).toBeCloseTo(0.1 / 0.00781, 2);
  });

  it('labels leads by their dates', () => {
    const dates = ['2019-02-01', '2019-03-01', '2019-04-01'];
    const { xTicks } = fanChart(
      { ...probe, leads: [1, 1.5, 2], dates },
      { ...context, start: '2019-01-01', rhythm: 'month' },
    );
    expect(xTicks?.at.map(xTicks.write)).toEqual(['Jan', 'Feb', 'Apr']);
  });

  it('gives all its numbers: truth, quantiles and members by lead', () => {
    const { columns, rows } = tableOf(fanChart(probe, context));
    expect(columns.slice(2)).toEqual([
      'truth',
      '5 %',
      '25 %',
      'median',
      '75 %',
      '95 %',
      'member 1',
      'member 2',
    ]);
    expect(rows[0]).toEqual([0, 'trajectory 3, 0 s', ...Array(8).fill(0.5)]);
    expect(rows[2]).toEqual([40, 'trajectory 3, 0.3124 s', 2, 1, 2, 3, 4, 5, 1, 5]);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });

  it('lays a second forecast beside it at the leads that both have', () => {
    const other: Probe = { ...probe, leads: [20, 60], quantiles: [probe.quantiles[0]!, probe.quantiles[2]!] };
    const chart = fanChart(probe, context, { probe: other, name: 'Dropout' });
    const [band] = chart.bands ?? [];
    const labels = [band?.upper, band?.lower].map((at) => chart.lines[at ?? -1]?.label);
    expect(labels).toEqual(['Dropout: 95 %', 'Dropout: 5 %']);
    const median = chart.lines.find(({ label }) => label === 'Dropout: median');
    expect(median?.values).toEqual([0.5, 2, null, 4]);
    const { columns, rows } = tableOf(chart);
    expect(columns.slice(-3)).toEqual(['Dropout: 5 %', 'Dropout: median', 'Dropout: 95 %']);
    expect(rows.map((row) => row.slice(-3))).toEqual([
      [0.5, 0.5, 0.5],
      [0, 2, 4],
      [null, null, null],
      [2, 4, 6],
    ]);
    expect(rows.every((row) => row.length === columns.length)).toBe(true);
  });
});

describe('reliability from ranks', () => {
  it('is on the diagonal for a flat histogram, below it for a narrow ensemble', () => {
    for (const { nominal, observed } of intervalReliability(Array(21).fill(7)))
      expect(observed).toBeCloseTo(nominal, 12);
    const narrow = intervalReliability([40, 10, 10, 40]);
    expect(narrow).toEqual([
      { nominal: 0.5, observed: 0.2 },
      { nominal: 1, observed: 1 },
    ]);
    expect(intervalReliability([0, 0])).toEqual([]);
  });
});

describe('the table of methods', () => {
  const set = (value: number, ssr: number | null) =>
    ({
      fairCrps: value,
      rmse: 2 * value,
      mse: value ** 2,
      correctedSsr: ssr,
      paper: { crps: value, ssr },
    }) as ScoreSet;
  const method = (title: string, value: number, ssr: number | null, seconds: number | null) =>
    ({
      method: title,
      title,
      scores: { units: 'degC', overall: set(value, ssr), byLead: [], intervals: null },
      cost: seconds === null ? null : { seconds, networkCalls: 3 },
    }) as unknown as ScoredMethod;
  const methods = [method('b', 0.3, 0.9, 4), method('a', 0.2, null, null), method('c', 0.5, 0.4, 1)];
  const order = (key: Parameters<typeof sortMethods>[1]) =>
    sortMethods(methods, key)
      .map(({ title }) => title)
      .join('');

  it('is sorted by any column, with what is not known last', () => {
    expect(order(null)).toBe('bac');
    expect(order({ key: 'title', descending: false })).toBe('abc');
    expect(order({ key: 'fairCrps', descending: false })).toBe('abc');
    expect(order({ key: 'fairCrps', descending: true })).toBe('cba');
    expect(order({ key: 'correctedSsr', descending: false })).toBe('cba');
    expect(order({ key: 'correctedSsr', descending: true })).toBe('bca');
    expect(order({ key: 'seconds', descending: false })).toBe('cba');
  });

  it('goes into a spreadsheet whole', () => {
    const { columns, rows } = methodRows(methods, methodColumns('degC', false));
    expect(columns.slice(0, 4)).toEqual([
      'method',
      'fair CRPS, °C',
      'fair CRPS, °C: low',
      'fair CRPS, °C: high',
    ]);
    expect(rows[0]).toEqual(['b', 0.3, null, null, 0.6, null, null, 0.9, null, null, 4, 3]);
    for (const row of rows) expect(row).toHaveLength(columns.length);
  });
});
