/** What a chart is made of: the one description from which it is drawn on the screen, saved as a picture and copied as numbers. */

export interface Line {
  label: string;
  /** A custom property of the style sheet, e.g. --accent. */
  colour: string;
  values: readonly (number | null)[];
  dash?: number[];
  width?: number;
  /** 0–1; whole if not given. */
  opacity?: number;
  points?: boolean;
  /** Columns that stand on zero instead of a line. */
  bars?: boolean;
  /** By x, where it is known how sure a value is: written beside it when it is pointed at. */
  intervals?: readonly ({ low: number; high: number } | null)[];
  /** Only bounds a band or is one of many: no entry in the legend. */
  silent?: boolean;
}

/** Filled between two lines, by their places in the list of lines. */
export interface Band {
  upper: number;
  lower: number;
  /** 0–1. */
  opacity: number;
  /** In the legend of what is saved. */
  label?: string;
  /** A custom property; the accent if not given. */
  colour?: string;
  /** A vertical stroke at each x instead: of values that no line joins. */
  whiskers?: boolean;
}

export interface ChartOptions {
  /** Says what is measured; also names the files. */
  title: string;
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
  yRange?: [number, number];
  xTicks?: { at: readonly number[]; write: (value: number) => string };
  /** A vertical line at this x: the lead that is shown. */
  marker?: number | null;
  xRange?: [number, number];
  /** Lines break where values are missing, instead of going on to the next one. */
  gaps?: boolean;
  /** In place of the lines, where the numbers have more to say than the picture. */
  table?: Table;
}

/** Numbers as a spreadsheet has them. */
export interface Table {
  columns: readonly string[];
  rows: readonly (readonly (string | number | null)[])[];
}

/** A row an x, a column a line, the silent ones included: what is drawn as a band are numbers too. */
export function tableOf(chart: ChartOptions): Table {
  return (
    chart.table ?? {
      columns: [chart.xLabel, ...chart.lines.map(({ label }) => label)],
      rows: chart.x.map((x, at) => [x, ...chart.lines.map(({ values }) => values[at] ?? null)]),
    }
  );
}

/** Of all values that are drawn. */
export function extentOf(lines: readonly Line[]): { min: number; max: number } {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { values } of lines)
    for (const value of values) {
      if (value === null || !Number.isFinite(value)) continue;
      if (value < min) min = value;
      if (value > max) max = value;
    }
  return { min, max };
}
