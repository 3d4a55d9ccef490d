/** What a line chart is made of, and how it becomes uPlot's options in the theme's colours. */
import type uPlot from 'uplot';

export interface Line {
  label: string;
  /** A custom property of the style sheet, e.g. --accent. */
  colour: string;
  values: readonly (number | null)[];
  dash?: number[];
  width?: number;
  points?: boolean;
  /** Only bounds a band: no entry in the legend. */
  silent?: boolean;
}

/** Filled between two lines, by their places in the list of lines. */
export interface Band {
  upper: number;
  lower: number;
  /** 0–1. */
  opacity: number;
  /** A custom property; the accent if not given. */
  colour?: string;
}

export interface ChartOptions {
  x: readonly number[];
  lines: readonly Line[];
  bands?: readonly Band[];
  xLabel: string;
  yLabel: string;
  log?: boolean;
  /** A logarithmic horizontal axis; it needs ticks of its own. */
  xLog?: boolean;
  /** Keeps zero on the vertical axis. */
  fromZero?: boolean;
  xTicks?: { at: readonly number[]; write: (value: number) => string };
  /** A vertical line at this x: the lead that is shown. */
  marker?: number | null;
  xRange?: [number, number];
}

export function cssColour(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#888888';
}

function withOpacity(colour: string, opacity: number): string {
  return `color-mix(in srgb, ${colour} ${Math.round(opacity * 100)}%, transparent)`;
}

/** Epochs and leads are counted: no half of one is ever labelled. */
const wholeSteps = [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 5000];

const font = '11px system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';

export function plotOptions(chart: ChartOptions, width: number, height: number): uPlot.Options {
  const soft = cssColour('--soft');
  const grid = { stroke: cssColour('--line'), width: 1 };
  const ticks = { show: false };
  return {
    width,
    height,
    padding: [8, 14, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: {
        time: false,
        ...(chart.xLog ? { distr: 3 as const } : {}),
        ...(chart.xRange ? { range: chart.xRange } : {}),
      },
      y: chart.log
        ? { distr: 3, range: (_plot, min, max) => logRange(min, max) }
        : {
            range: (_plot, min, max) => verticalRange(min, max, chart.fromZero ?? false),
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
        ...(chart.xTicks
          ? {
              splits: () => [...(chart.xTicks?.at ?? [])],
              filter: (_plot: uPlot, splits: number[]) => splits,
              values: (_plot, splits) => splits.map((value) => chart.xTicks?.write(value) ?? ''),
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
        space: 44,
        grid,
        ticks,
        ...(chart.log
          ? {
              splits: (_plot: uPlot, _axis: number, min: number, max: number) => logSplits(min, max),
              filter: (_plot: uPlot, splits: number[]) => splits,
              values: (_plot: uPlot, splits: number[]) => logTicks(splits),
            }
          : { values: (_plot, splits) => splits.map((value) => tick(value)) }),
      },
    ],
    series: [
      {},
      ...chart.lines.map((line) => ({
        label: line.label,
        stroke: cssColour(line.colour),
        width: line.width ?? 2,
        ...(line.dash ? { dash: line.dash } : {}),
        points: { show: line.points ?? false, size: 5, fill: cssColour(line.colour) },
        spanGaps: true,
      })),
    ],
    bands: (chart.bands ?? []).map((band) => ({
      series: [band.upper + 1, band.lower + 1],
      fill: withOpacity(cssColour(band.colour ?? '--accent'), band.opacity),
    })),
    hooks: { draw: [(plot) => drawMarker(plot, chart.marker ?? null)] },
  };
}

function verticalRange(min: number, max: number, fromZero: boolean): [number, number] {
  if (!Number.isFinite(min) || !Number.isFinite(max)) return [0, 1];
  const margin = (max - min) * 0.06 || Math.abs(max) * 0.1 || 1;
  return fromZero ? [0, Math.max(max, 0) + margin] : [min - margin, max + margin];
}

function tick(value: number): string {
  return String(Number(value.toPrecision(6))).replace('-', '−');
}

/** A little air around the values, so that they fill the chart whatever decade they begin in. */
function logRange(min: number, max: number): [number, number] {
  if (!(min > 0) || !(max > 0)) return [0.1, 1];
  const air = Math.max(1.02, (max / min) ** 0.06);
  return [min / air, max * air];
}

/** Powers of ten, not too many of them; what lies between as well where the axis spans few. */
function logSplits(min: number, max: number): number[] {
  const decades = Math.log10(max / min);
  const digits = decades < 0.7 ? [1, 1.5, 2, 3, 4, 5, 7] : decades < 2.2 ? [1, 2, 5] : [1];
  const every = Math.max(1, Math.ceil(decades / 5));
  const splits: number[] = [];
  for (let power = Math.floor(Math.log10(min)); power <= Math.log10(max); power++)
    for (const digit of digits) {
      const value = Number(`${digit}e${power}`);
      if (value >= min && value <= max && power % every === 0) splits.push(value);
    }
  return splits;
}

function logTicks(splits: readonly number[]): string[] {
  return splits.map((value) =>
    value >= 0.001 && value <= 9999
      ? String(value)
      : value.toExponential().replace('e+', 'e').replace('-', '−'),
  );
}

function drawMarker(plot: uPlot, at: number | null): void {
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
