/** Curves with bands as inline SVG, with legend, values on hover and a table for whoever cannot see them. */
import { html, type Markup, place } from './html.ts';
import { figure, logTicks, tickLabel, ticks } from './numbers.ts';

export interface Curve {
  name: string;
  /** Class of the colour and dash, `s0` …; see style.ts. */
  look: string;
  points: readonly { x: number; y: number | null; low?: number | null; high?: number | null }[];
}

export interface LineChart {
  title: string;
  /** What is seen and how to read it. */
  caption: string;
  xLabel: string;
  yLabel: string;
  curves: readonly Curve[];
  xLog?: boolean;
  yLog?: boolean;
  /** Keeps zero on a linear vertical axis. */
  fromZero?: boolean;
  /** A horizontal line, e.g. where an ideal forecast would be. */
  ideal?: { y: number; name: string };
  /** A line y = x instead. */
  diagonal?: string;
  marks?: boolean;
}

const size = { width: 520, height: 290 };
const frame = { left: 62, right: 14, top: 12, bottom: 44 };

interface Axis {
  min: number;
  max: number;
  log: boolean;
}

function along(axis: Axis, value: number): number {
  if (axis.log) return Math.log(value / axis.min) / Math.log(axis.max / axis.min);
  return (value - axis.min) / (axis.max - axis.min);
}

/** Takes in all values with a little air; a log axis needs positive ones. */
function axisOver(values: readonly number[], log: boolean, zero: boolean, air: number): Axis {
  const usable = values.filter((value) => Number.isFinite(value) && (!log || value > 0));
  if (usable.length === 0) return { min: log ? 0.1 : 0, max: 1, log };
  let [min, max] = [Math.min(...usable), Math.max(...usable)];
  if (log) {
    const factor = (max / min) ** air || 1;
    return max > min ? { min: min / factor, max: max * factor, log } : { min: min / 2, max: max * 2, log };
  }
  if (zero) [min, max] = [Math.min(0, min), Math.max(0, max)];
  const margin = (max - min) * air || Math.abs(max) * 0.1 || 1;
  return { min: zero && min >= 0 ? 0 : min - margin, max: max + margin, log };
}

export function lineChart(chart: LineChart): Markup {
  const { curves, xLog = false, yLog = false, fromZero = false, ideal, diagonal } = chart;
  const points = curves.flatMap((curve) => curve.points);
  const xs = points.map(({ x }) => x);
  const ys = points.flatMap(({ y, low, high }) => [y, low, high]).filter((y) => typeof y === 'number');
  const both = diagonal === undefined ? null : axisOver([...xs, ...ys], false, true, 0.05);
  const xAxis = both ?? axisOver(xs, xLog, false, xLog ? 0 : 0.02);
  const yAxis = both ?? axisOver([...ys, ...(ideal ? [ideal.y] : [])], yLog, fromZero, 0.06);
  const plot = {
    width: size.width - frame.left - frame.right,
    height: size.height - frame.top - frame.bottom,
  };
  const px = (x: number) => frame.left + along(xAxis, x) * plot.width;
  const py = (y: number) => {
    const inside = yLog && y <= 0 ? yAxis.min : y;
    return frame.top + (1 - along(yAxis, inside)) * plot.height;
  };
  const base = size.height - frame.bottom;
  const marksOf = ({ min, max, log }: Axis, wanted: number) =>
    log ? logTicks(min, max) : ticks(min, max, wanted);

  return html`<figure class="chart">
<h3>${chart.title}</h3>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${describe(chart)}">
${marksOf(yAxis, 5).map(
  (
    y,
  ) => html`<line class="grid" x1="${frame.left}" x2="${size.width - frame.right}" y1="${place(py(y))}" y2="${place(py(y))}"/>
<text class="tick" x="${frame.left - 6}" y="${place(py(y) + 4)}" text-anchor="end">${tickLabel(y)}</text>`,
)}
${marksOf(xAxis, 7).map(
  (
    x,
  ) => html`<line class="grid faint" x1="${place(px(x))}" x2="${place(px(x))}" y1="${frame.top}" y2="${base}"/>
<text class="tick" x="${place(px(x))}" y="${base + 16}" text-anchor="middle">${tickLabel(x)}</text>`,
)}
<line class="axis" x1="${frame.left}" x2="${size.width - frame.right}" y1="${base}" y2="${base}"/>
<text class="label" x="${frame.left + plot.width / 2}" y="${size.height - 8}" text-anchor="middle">${chart.xLabel}</text>
<text class="label" transform="translate(14 ${frame.top + plot.height / 2}) rotate(-90)" text-anchor="middle">${chart.yLabel}</text>
${ideal && html`<line class="ideal" x1="${frame.left}" x2="${size.width - frame.right}" y1="${place(py(ideal.y))}" y2="${place(py(ideal.y))}"/>`}
${diagonal !== undefined && html`<line class="ideal" x1="${place(px(xAxis.min))}" y1="${place(py(xAxis.min))}" x2="${place(px(xAxis.max))}" y2="${place(py(xAxis.max))}"/>`}
${curves.map((curve) => band(curve, px, py))}
${curves.map((curve) => line(curve, px, py, chart.marks ?? curve.points.length <= 40))}
</svg>
<figcaption><span class="legend">${curves.map(({ name, look }) => html`<span class="entry"><svg class="key" viewBox="0 0 26 10" aria-hidden="true"><line class="curve ${look}" x1="1" x2="25" y1="5" y2="5"/></svg>${name}</span>`)}${
    (ideal || diagonal !== undefined) &&
    html`<span class="entry"><svg class="key" viewBox="0 0 26 10" aria-hidden="true"><line class="ideal" x1="1" x2="25" y1="5" y2="5"/></svg>${ideal?.name ?? diagonal}</span>`
  }</span>${chart.caption}</figcaption>
</figure>`;
}

type Place = (value: number) => number;

function band({ look, points }: Curve, px: Place, py: Place): Markup | null {
  const known = points.filter(({ low, high }) => typeof low === 'number' && typeof high === 'number');
  if (known.length === 0) return null;
  if (known.length === 1) {
    const { x, low, high } = known[0]!;
    return html`<line class="curve ${look}" x1="${place(px(x))}" x2="${place(px(x))}" y1="${place(py(low!))}" y2="${place(py(high!))}"/>`;
  }
  const upper = known.map(({ x, high }) => `${place(px(x))},${place(py(high!))}`);
  const lower = known.map(({ x, low }) => `${place(px(x))},${place(py(low!))}`).reverse();
  return html`<polygon class="band ${look}" points="${[...upper, ...lower].join(' ')}"/>`;
}

function line({ name, look, points }: Curve, px: Place, py: Place, marks: boolean): Markup {
  const known = points.filter(({ y }) => y !== null);
  const path = known.map(({ x, y }) => `${place(px(x))},${place(py(y!))}`).join(' ');
  return html`<polyline class="curve ${look}" points="${path}"/>${known.map(({ x, y, low, high }) => {
    const range =
      typeof low === 'number' && typeof high === 'number' ? ` (${figure(low)} to ${figure(high)})` : '';
    return html`<circle class="dot ${look}" cx="${place(px(x))}" cy="${place(py(y!))}" r="${marks ? 2.6 : 5}"${marks ? '' : html` opacity="0"`}><title>${name}, ${tickLabel(Number(x.toPrecision(4)))}: ${figure(y)}${range}</title></circle>`;
  })}`;
}

function describe({ title, xLabel, yLabel, curves }: LineChart): string {
  const lines = curves.map(({ name, points }) => {
    const known = points.filter(({ y }) => y !== null);
    const [first, last] = [known[0], known.at(-1)];
    return first && last
      ? `${name}: ${figure(first.y)} at ${tickLabel(Number(first.x.toPrecision(4)))}, ${figure(last.y)} at ${tickLabel(Number(last.x.toPrecision(4)))}`
      : `${name}: unknown`;
  });
  return `${title}. ${yLabel} over ${xLabel}. ${lines.join('; ')}.`;
}
