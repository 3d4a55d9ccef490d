/** A chart as a drawing to save: title, legend, axes with their labels, bands, lines and columns. */
import { type Band, type ChartOptions, extentOf, type Line } from './chart.ts';
import type { Drawing, Point, Shape } from './drawing.ts';
import {
  fitTicks,
  logRange,
  logTicks,
  niceTicks,
  textWidth,
  verticalRange,
  writeLogTick,
  writeTick,
} from './scales.ts';

/** What a custom property of the style sheet stands for. */
export type Palette = (name: string) => string;

interface Axes {
  left: number;
  top: number;
  right: number;
  bottom: number;
  x: (value: number) => number;
  y: (value: number) => number;
}

const text = { title: 14, small: 11 };
const titleLine = 18;
/** About the width of a letter in the title's bold type. */
const titleLetter = 8.4;

/** Broken between words where it is wider than the picture. */
function titleLines(title: string, width: number): string[] {
  const most = Math.floor(width / titleLetter);
  const lines: string[] = [];
  for (const word of title.split(' ')) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + 1 + word.length <= most)
      lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

export function drawChart(
  chart: ChartOptions,
  palette: Palette,
  { width, height }: { width: number; height: number } = { width: 640, height: 400 },
): Drawing {
  const title = titleLines(chart.title, width - 28);
  const legend = legendOf(chart, palette, width, 42 + (title.length - 1) * titleLine);
  const top = 34 + (title.length - 1) * titleLine + legend.height;
  const axes = axesOf(chart, { left: 62, top, right: width - 20, bottom: height - 46 });
  const shapes: Shape[] = [
    ...title.map(
      (line, at): Shape => ({
        kind: 'text',
        x: 14,
        y: 22 + at * titleLine,
        text: line,
        size: text.title,
        fill: palette('--ink'),
        bold: true,
      }),
    ),
    ...legend.shapes,
    ...frame(chart, axes, palette),
    ...(chart.bands ?? []).flatMap((band) => bandShapes(band, chart, axes, palette)),
    ...chart.lines.flatMap((line) => lineShapes(line, chart, axes, palette)),
  ];
  if (chart.marker !== null && chart.marker !== undefined) {
    const x = axes.x(chart.marker);
    const points = [
      { x, y: axes.top },
      { x, y: axes.bottom },
    ];
    shapes.push({ kind: 'path', points, stroke: palette('--ink'), width: 1, dash: [3, 3] });
  }
  return { width, height, background: palette('--panel'), shapes };
}

function axesOf(chart: ChartOptions, frame: Omit<Axes, 'x' | 'y'>): Axes {
  const own = extentOf(chart.lines);
  const [low, high] =
    chart.yRange ??
    (chart.log ? logRange(own.min, own.max) : verticalRange(own.min, own.max, chart.fromZero ?? false));
  const [first, last] = horizontalRange(chart);
  const share = (value: number, from: number, to: number, log = false) =>
    log ? Math.log(value / from) / Math.log(to / from) : (value - from) / (to - from);
  return {
    ...frame,
    x: (value) => frame.left + share(value, first, last, chart.xLog) * (frame.right - frame.left),
    y: (value) => frame.bottom - share(value, low, high, chart.log) * (frame.bottom - frame.top),
  };
}

/** Columns need half a step on either side. */
export function horizontalRange({ x, xRange, lines, xLog }: ChartOptions): [number, number] {
  if (xRange) return xRange;
  const [first, last] = [x[0] ?? 0, x.at(-1) ?? 1];
  if (lines.some(({ bars }) => bars)) return [first - 0.6, last + 0.6];
  if (last > first) return [first, last];
  return xLog ? [first / 1.5, first * 1.5] : [first - 0.5, first + 0.5];
}

function frame(chart: ChartOptions, axes: Axes, palette: Palette): Shape[] {
  const { left, right, top, bottom } = axes;
  const shapes: Shape[] = [];
  const label = { size: text.small, fill: palette('--soft') };
  const own = extentOf(chart.lines);
  const [low, high] =
    chart.yRange ??
    (chart.log ? logRange(own.min, own.max) : verticalRange(own.min, own.max, chart.fromZero ?? false));
  const ticks = chart.log ? logTicks(low, high) : niceTicks(low, high, Math.max(2, (bottom - top) / 44));
  for (const tick of ticks) {
    const y = axes.y(tick);
    const points = [
      { x: left, y },
      { x: right, y },
    ];
    shapes.push({ kind: 'path', points, stroke: palette('--line'), width: 1 });
    const written = chart.log ? writeLogTick(tick) : writeTick(tick);
    shapes.push({ kind: 'text', x: left - 6, y: y + 4, text: written, anchor: 'end', ...label });
  }
  const [first, last] = horizontalRange(chart);
  const write = chart.xTicks?.write ?? writeTick;
  const all = chart.xTicks?.at ?? niceTicks(first, last, 8);
  const inside = all.filter((tick) => tick >= first && tick <= last);
  for (const tick of fitTicks(inside, write, axes.x))
    shapes.push({
      kind: 'text',
      x: axes.x(tick),
      y: bottom + 16,
      text: write(tick),
      anchor: 'middle',
      ...label,
    });
  const middle = { x: (left + right) / 2, y: (top + bottom) / 2 };
  shapes.push({ kind: 'text', x: middle.x, y: bottom + 36, text: chart.xLabel, anchor: 'middle', ...label });
  shapes.push({
    kind: 'text',
    x: 16,
    y: middle.y,
    text: chart.yLabel,
    anchor: 'middle',
    upright: true,
    ...label,
  });
  return shapes;
}

function bandShapes(band: Band, chart: ChartOptions, axes: Axes, palette: Palette): Shape[] {
  const fill = palette(band.colour ?? '--accent');
  const at = (line: number, index: number) => chart.lines[line]?.values[index] ?? null;
  const shapes: Shape[] = [];
  let [upper, lower]: [Point[], Point[]] = [[], []];
  const close = () => {
    if (upper.length > 1)
      shapes.push({ kind: 'area', points: [...upper, ...lower.reverse()], fill, opacity: band.opacity });
    [upper, lower] = [[], []];
  };
  for (const [index, value] of chart.x.entries()) {
    const [high, low] = [at(band.upper, index), at(band.lower, index)];
    if (high === null || low === null) {
      close();
      continue;
    }
    const x = axes.x(value);
    const ends = [
      { x, y: axes.y(high) },
      { x, y: axes.y(low) },
    ] as const;
    if (band.whiskers)
      shapes.push({ kind: 'path', points: ends, stroke: fill, width: 1.5, opacity: band.opacity });
    else {
      upper.push(ends[0]);
      lower.push(ends[1]);
    }
  }
  close();
  return shapes;
}

function lineShapes(line: Line, chart: ChartOptions, axes: Axes, palette: Palette): Shape[] {
  const colour = palette(line.colour);
  const strokes: Point[][] = [[]];
  for (const [at, value] of line.values.entries()) {
    const x = chart.x[at];
    if (value === null || x === undefined || !Number.isFinite(value)) {
      if (chart.gaps) strokes.push([]);
      continue;
    }
    strokes.at(-1)?.push({ x: axes.x(x), y: axes.y(value) });
  }
  const points = strokes.flat();
  if (line.bars) {
    const width = Math.max(1, 0.8 * Math.abs(axes.x((chart.x[0] ?? 0) + 1) - axes.x(chart.x[0] ?? 0)));
    return points.map(({ x, y }) => ({
      kind: 'box' as const,
      x: x - width / 2,
      y,
      width,
      height: Math.max(0, axes.bottom - y),
      fill: colour,
      opacity: line.opacity ?? 0.75,
    }));
  }
  const shapes: Shape[] = [];
  const width = line.width ?? 2;
  for (const stroke of width > 0 ? strokes : []) {
    if (stroke.length > 1)
      shapes.push({
        kind: 'path',
        points: stroke,
        stroke: colour,
        width,
        ...(line.dash ? { dash: line.dash } : {}),
        ...(line.opacity === undefined ? {} : { opacity: line.opacity }),
      });
    // A value between two gaps has no neighbour to be joined with.
    else if (!line.points)
      for (const point of stroke) shapes.push({ kind: 'dot', ...point, radius: 3, fill: colour });
  }
  if (line.points)
    for (const point of points) shapes.push({ kind: 'dot', ...point, radius: 3, fill: colour });
  return shapes;
}

/** Keys with their labels, in as many rows as they need. */
function legendOf(
  { lines, bands = [] }: ChartOptions,
  palette: Palette,
  width: number,
  top: number,
): { shapes: Shape[]; height: number } {
  const shapes: Shape[] = [];
  let [x, y] = [14, top];
  for (const line of lines) {
    if (line.silent) continue;
    const needed = 22 + textWidth(line.label) + 14;
    if (x + needed > width - 14 && x > 14) [x, y] = [14, y + 17];
    const key = [
      { x, y: y - 4 },
      { x: x + 16, y: y - 4 },
    ];
    const dash = line.dash ? { dash: line.dash } : {};
    shapes.push({
      kind: 'path',
      points: key,
      stroke: palette(line.colour),
      width: line.bars ? 7 : 2,
      ...dash,
    });
    shapes.push({ kind: 'text', x: x + 21, y, text: line.label, size: text.small, fill: palette('--soft') });
    x += needed;
  }
  for (const { label, colour = '--accent', opacity, whiskers } of bands) {
    if (label === undefined) continue;
    const needed = 22 + textWidth(label) + 14;
    if (x + needed > width - 14 && x > 14) [x, y] = [14, y + 17];
    const fill = palette(colour);
    if (whiskers) {
      const points = [
        { x: x + 8, y: y - 10 },
        { x: x + 8, y },
      ];
      shapes.push({ kind: 'path', points, stroke: fill, width: 1.5, opacity });
    } else shapes.push({ kind: 'box', x, y: y - 9, width: 16, height: 9, fill, opacity });
    shapes.push({ kind: 'text', x: x + 21, y, text: label, size: text.small, fill: palette('--soft') });
    x += needed;
  }
  return { shapes, height: shapes.length > 0 ? y - top + 18 : 0 };
}
