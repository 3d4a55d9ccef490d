/** A chart as uPlot's options, in the theme's colours: what is drawn live on the screen. */
import uPlot from 'uplot';
import type { ChartOptions } from './chart.ts';
import { horizontalRange } from './chart-drawing.ts';
import { fitTicks, logRange, logTicks, textWidth, verticalRange, writeLogTick, writeTick } from './scales.ts';

export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888888';
}

function withOpacity(colour: string, opacity: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;
}

/** Epochs and leads are counted: no half of one is ever labelled. Long enough for distances and hourly years. */
const wholeSteps = [0, 1, 2, 3, 4, 5, 6].flatMap((power) =>
  [1, 2, 2.5, 5].map((step) => step * 10 ** power).filter(Number.isInteger),
);

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export function plotOptions(chart: ChartOptions, width: number, height: number): uPlot.Options {
  const soft = cssColour('--soft');
  const grid = { stroke: cssColour('--line'), width: 1 };
  const ticks = { show: false };
  const { xTicks, yRange } = chart;
  const lastTick = xTicks?.at.at(-1);
  const lastLabel = lastTick === undefined ? '' : (xTicks?.write(lastTick) ?? '');
  const columns = chart.lines.some(({ bars }) => bars);
  return {
    width,
    height,
    // The last label stands in the middle below its tick, so half of it reaches beyond the axis.
    padding: [8, Math.max(14, Math.ceil(textWidth(lastLabel) / 2) + 2), 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: {
        time: false,
        ...(chart.xLog ? { distr: 3 as const } : {}),
        ...(chart.xRange || columns ? { range: horizontalRange(chart) } : {}),
      },
      y: chart.log
        ? { distr: 3, range: (_plot, min, max) => logRange(min, max) }
        : {
            range: (_plot, min, max) => yRange ?? verticalRange(min, max, chart.fromZero ?? false),
          },
    },
    axes: [
      {
        stroke: soft,
        font,
        labelFont: font,
        label: chart.xLabel,
        labelSize: 18,
        size: 26,
        gap: 4,
        grid: { show: false },
        ticks,
        incrs: wholeSteps,
        ...(xTicks
          ? {
              splits: (plot: uPlot) =>
                fitTicks(xTicks.at, xTicks.write, (value) => plot.valToPos(value, 'x')),
              filter: (_plot: uPlot, splits: number[]) => splits,
              values: (_plot, splits) => splits.map(xTicks.write),
            }
          : {}),
      },
      {
        stroke: soft,
        font,
        labelFont: font,
        label: chart.yLabel,
        labelSize: 18,
        size: 44,
        gap: 4,
        space: 28,
        grid,
        ticks,
        ...(chart.log
          ? {
              splits: (_plot: uPlot, _axis: number, min: number, max: number) => logTicks(min, max),
              filter: (_plot: uPlot, splits: number[]) => splits,
              values: (_plot: uPlot, splits: number[]) => splits.map(writeLogTick),
            }
          : { values: (_plot, splits) => splits.map(writeTick) }),
      },
    ],
    series: [
      {},
      ...chart.lines.map((line) => {
        const colour = withOpacity(cssColour(line.colour), line.opacity ?? 1);
        return {
          label: line.label,
          stroke: colour,
          width: line.bars ? 0 : (line.width ?? 2),
          ...(line.dash ? { dash: line.dash } : {}),
          ...(line.bars ? { fill: colour, paths: bars() } : {}),
          points: {
            show: line.points ?? false,
            size: 5,
            fill: colour,
            ...(chart.gaps && !line.points ? { filter: isolated } : {}),
          },
          spanGaps: !chart.gaps,
        };
      }),
    ],
    bands: (chart.bands ?? []).map((band) => ({
      series: [band.upper + 1, band.lower + 1],
      fill: withOpacity(cssColour(band.colour ?? '--accent'), band.opacity),
    })),
  };
}

/** Values between two gaps, which no line would show. */
function isolated(plot: uPlot, series: number): number[] {
  const values = plot.data[series] ?? [];
  const known = (at: number) => values[at] !== null && values[at] !== undefined;
  return [...values.keys()].filter((at) => known(at) && !known(at - 1) && !known(at + 1));
}

function bars(): uPlot.Series.PathBuilder {
  const make = uPlot.paths.bars;
  if (!make) throw new Error('This uPlot draws no bars.');
  return make({ size: [0.8, 100] });
}

/** A vertical line at this x. */
export function drawMarker(plot: uPlot, at: number | null): void {
  if (at === null) return;
  const x = plot.valToPos(at, 'x', true);
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = cssColour('--ink');
  ctx.lineWidth = devicePixelRatio;
  ctx.setLineDash([3 * devicePixelRatio, 3 * devicePixelRatio]);
  ctx.beginPath();
  ctx.moveTo(x, bbox.top);
  ctx.lineTo(x, bbox.top + bbox.height);
  ctx.stroke();
  ctx.restore();
}
