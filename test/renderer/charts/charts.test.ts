/** Charts as numbers and as pictures: what is copied equals what is drawn, and no labels run into each other. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvOf } from '#shared/csv.ts';
import { type ChartOptions, tableOf } from '../../../renderer/charts/chart.ts';
import { drawChart } from '../../../renderer/charts/chart-drawing.ts';
import { type Shape, svgOf } from '../../../renderer/charts/drawing.ts';
import { fitTicks, niceTicks, textWidth } from '../../../renderer/charts/scales.ts';

const chart: ChartOptions = {
  title: 'CRPS & "more" by lead',
  x: [1, 2, 3],
  lines: [
    { label: 'ours', colour: '--accent', values: [0.1, 0.25, null] },
    { label: 'low', colour: '--accent', values: [0, 0.2, 0.3], width: 0, silent: true },
    { label: 'high', colour: '--accent', values: [0.2, 0.3, 0.4], width: 0, silent: true },
  ],
  bands: [{ upper: 2, lower: 1, opacity: 0.2 }],
  xLabel: 'lead time, × 1 month',
  yLabel: 'CRPS, °C',
  fromZero: true,
};
const palette = (name: string) => ({ '--accent': '#0b6bcb', '--panel': '#ffffff' })[name] ?? '#555555';
const of = <Kind extends Shape['kind']>(kind: Kind, made = drawChart(chart, palette)) =>
  made.shapes.filter((shape): shape is Extract<Shape, { kind: Kind }> => shape.kind === kind);

describe('a chart as numbers', () => {
  it('has every value of every line, bounds of bands included', () => {
    const { columns, rows } = tableOf(chart);
    expect(columns).toEqual(['lead time, × 1 month', 'ours', 'low', 'high']);
    expect(csvOf([columns, ...rows])).toBe(
      '"lead time, × 1 month",ours,low,high\n1,0.1,0,0.2\n2,0.25,0.2,0.3\n3,,0.3,0.4\n',
    );
  });

  it('comes back from CSV as it was', () => {
    const cell = fc.oneof(fc.string(), fc.double({ noNaN: true }), fc.constant(null));
    fc.assert(
      fc.property(fc.array(fc.array(cell, { minLength: 1, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const wanted = rows.map((row) => row.map((value) => (value === null ? '' : String(value))));
        expect(parseCsv(csvOf(rows))).toEqual(wanted);
      }),
    );
  });
});

describe('a chart as a picture', () => {
  it('says what it shows, in which units, and names its lines', () => {
    const texts = of('text').map(({ text }) => text);
    for (const text of [chart.title, chart.xLabel, chart.yLabel, 'ours']) expect(texts).toContain(text);
    expect(texts).not.toContain('low');
  });

  it('breaks a long title between its words, and names bands that have a name', () => {
    const title = Array(30).fill('temperature').join(' ');
    const bands = [{ upper: 2, lower: 1, opacity: 0.2, label: '95 % interval' }];
    const made = drawChart({ ...chart, title, bands }, palette);
    const lines = of('text', made).filter(({ bold }) => bold);
    expect(lines.map(({ text }) => text).join(' ')).toBe(title);
    for (const { text, x } of lines) expect(x + text.length * 8).toBeLessThan(made.width);
    const below = Math.max(...lines.map(({ y }) => y));
    const legend = of('text', made).find(({ text }) => text === '95 % interval');
    expect(legend?.y).toBeGreaterThan(below);
    expect(of('box', made)).toHaveLength(1);
  });

  it('draws each value at its place on the axes', () => {
    const [line] = of('path')
      .filter(({ stroke, points }) => stroke === '#0b6bcb' && points.length === 2)
      .slice(-1);
    const ticks = of('text').filter(({ anchor }) => anchor === 'end');
    const y = (value: number) => {
      const [zero, tenth] = ['0', '0.1'].map((text) => ticks.find((tick) => tick.text === text)!.y - 4);
      return zero! + ((tenth! - zero!) * value) / 0.1;
    };
    expect(line!.points.map((point) => point.y)).toEqual([
      expect.closeTo(y(0.1), 6),
      expect.closeTo(y(0.25), 6),
    ]);
    const [band] = of('area');
    expect(band!.points).toHaveLength(6);
  });

  it('draws whiskers and columns where a chart has them', () => {
    const whiskers = drawChart(
      { ...chart, bands: [{ upper: 2, lower: 1, opacity: 1, whiskers: true }] },
      palette,
    );
    expect(of('area', whiskers)).toHaveLength(0);
    const columns = drawChart(
      {
        ...chart,
        bands: [],
        lines: [{ label: 'share', colour: '--accent', values: [5, 0, 10], bars: true }],
      },
      palette,
    );
    const [first, , third] = of('box', columns);
    expect(third!.height).toBeCloseTo(2 * first!.height, 6);
  });

  it('is well-formed SVG of that size', () => {
    const svg = svgOf(drawChart(chart, palette));
    expect(svg).toContain('width="640" height="400"');
    expect(svg).toContain('CRPS &amp; &quot;more&quot; by lead');
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    const open = svg.match(/<(svg|text)\b/g)?.length;
    expect(svg.match(/<\/(svg|text)>/g)?.length).toBe(open);
  });

  it('stands also where there is nothing to show', () => {
    const empty = drawChart({ ...chart, x: [], lines: [], bands: [] }, palette);
    expect(svgOf(empty)).not.toMatch(/NaN|undefined|Infinity/);
  });
});

describe('ticks', () => {
  it('are round, inside, and no more than asked for', () => {
    expect(niceTicks(0, 1.05, 6)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e6, max: 1e6, noNaN: true }),
        fc.double({ min: 1e-3, max: 1e6, noNaN: true }),
        fc.integer({ min: 2, max: 12 }),
        (min, span, most) => {
          const ticks = niceTicks(min, min + span, most);
          expect(ticks.length).toBeLessThanOrEqual(most + 1);
          expect(ticks.length).toBeGreaterThan(0);
        },
      ),
    );
  });

  it('never have labels that overlap', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 300 }),
        fc.integer({ min: 60, max: 1200 }),
        fc.integer({ min: 0, max: 9 }),
        (count, width, decimals) => {
          const ticks = Array.from({ length: count }, (_, at) => at);
          const write = (value: number) => (value * 0.0078125).toFixed(decimals);
          const pixels = (value: number) => (value / (count - 1)) * width;
          const kept = fitTicks(ticks, write, pixels);
          for (const [at, tick] of kept.entries()) {
            const next = kept[at + 1];
            if (next === undefined) continue;
            const room = pixels(next) - pixels(tick);
            expect(room).toBeGreaterThan((textWidth(write(tick)) + textWidth(write(next))) / 2);
          }
        },
      ),
    );
  });
});

/** Of RFC 4180, written apart from the writer. */
function parseCsv(text: string): string[][] {
  const rows: string[][] = [];
  let [row, field, quoted]: [string[], string, boolean] = [[], '', false];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at]!;
    if (quoted) {
      if (sign !== '"') field += sign;
      else if (text[at + 1] === '"') field += text[++at];
      else quoted = false;
    } else if (sign === '"') quoted = true;
    else if (sign === ',' || sign === '\n') {
      row.push(field);
      field = '';
      if (sign === '\n') {
        rows.push(row);
        row = [];
      }
    } else field += sign;
  }
  return rows;
}
