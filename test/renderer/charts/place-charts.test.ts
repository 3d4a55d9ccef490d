/** Values read from a map as charts: gaps stay gaps, and a table says where each value lies. */
import { describe, expect, it } from 'vitest';
import { lineBetween } from '#shared/transect.ts';
import { tableOf } from '../../../renderer/charts/chart.ts';
import { drawChart } from '../../../renderer/charts/chart-drawing.ts';
import { lineChart, seriesChart } from '../../../renderer/charts/place-charts.ts';

const measured = { quantity: 'sea surface temperature', name: 'sst', place: 'at 5° N, 150° W', units: '°C' };
/** Behind the key of the legend. */
const strokes = (chart: ReturnType<typeof seriesChart>) =>
  drawChart(chart, (name) => name)
    .shapes.filter((shape) => shape.kind === 'path' && shape.stroke === '--accent')
    .slice(1);

describe('a series', () => {
  const values = [1, 2, null, 3, null, 4, 5];
  const series = { dates: values.map((_, at) => `2001-0${at + 1}-01`), values, cells: 1, observed: 1 };
  const chart = seriesChart(series, measured, [{ at: 3, text: 'April' }]);

  it('breaks where values are missing, and shows one between two gaps as a dot', () => {
    expect(strokes(chart).map((shape) => (shape.kind === 'path' ? shape.points.length : 0))).toEqual([2, 2]);
    expect(drawChart(chart, (name) => name).shapes.filter(({ kind }) => kind === 'dot')).toHaveLength(1);
  });

  it('has dates on its axis and in its table, and its unit on the other axis', () => {
    expect(chart.title).toBe('sea surface temperature at 5° N, 150° W');
    expect(chart.yLabel).toBe('sst, °C');
    expect(chart.xTicks?.at.map((at) => chart.xTicks?.write(at))).toEqual(['April']);
    expect(tableOf(chart)).toEqual({
      columns: ['time', 'sea surface temperature, °C'],
      rows: series.dates.map((date, at) => [date, values[at]]),
    });
  });
});

describe('a transect', () => {
  const positionOf = ({ row, column }: { row: number; column: number }) => ({
    latitude: row,
    longitude: 200 + column,
  });
  const ends = [
    { row: 0, column: 0 },
    { row: 0, column: 2 },
  ] as const;
  const lines = [{ label: 'truth', colour: '--ink', values: [1, null, 3] }];

  it('has distances in kilometres and says where each value lies', () => {
    const chart = lineChart({ line: lineBetween(...ends, positionOf), positionOf }, lines, measured);
    expect(chart.xLabel).toBe('distance from A, km');
    expect(tableOf(chart).columns).toEqual([
      'distance, km',
      'row',
      'column',
      'latitude, °N',
      'longitude, °E',
      'truth, °C',
    ]);
    expect(tableOf(chart).rows[1]).toEqual([expect.closeTo(111.195, 2), 0, 1, 0, 201, null]);
  });

  it('counts cells where there are no degrees', () => {
    const nowhere = () => null;
    const line = lineBetween(...ends, nowhere);
    const chart = lineChart({ line, positionOf: nowhere }, lines, { ...measured, units: '' });
    expect(chart.xLabel).toBe('distance from A, cells');
    expect(tableOf(chart)).toEqual({
      columns: ['distance, cells', 'row', 'column', 'truth'],
      rows: [
        [0, 0, 0, 1],
        [1, 0, 1, null],
        [2, 0, 2, 3],
      ],
    });
  });
});
