/** Values read from a map as charts and as numbers: over time at a place, and along a line. */
import type { PlaceSeries } from '#shared/domain/place.ts';
import type { Line as GridLine } from '#shared/transect.ts';
import type { ChartOptions, Line, Table } from './chart.ts';
import { niceTicks, writeTick } from './scales.ts';

export interface Measured {
  /** What is measured, in words and by its short name in the file. */
  quantity: string;
  name: string;
  /** Where, as the end of a sentence: "at 5° N, 150° W". */
  place: string;
  units: string;
}

/** Letters of a label that a small chart's height has room for. */
const mostOnAxis = 26;

const onAxis = ({ quantity, name, units }: Measured) => {
  const text = [quantity, units].filter(Boolean).join(', ');
  return text.length > mostOnAxis ? [name, units].filter(Boolean).join(', ') : text;
};

/** @param labels where dates stand on the axis, by their index */
export function seriesChart(
  { dates, values }: PlaceSeries,
  measured: Measured,
  labels: readonly { at: number; text: string }[],
): ChartOptions {
  const { quantity, place, units } = measured;
  const x = dates.map((_, at) => at);
  const places = new Map(labels.map(({ at, text }) => [at, text]));
  return {
    title: `${quantity} ${place}`,
    x,
    lines: [{ label: quantity, colour: '--accent', values, width: 1.5, points: values.length < 2 }],
    xLabel: 'time',
    yLabel: onAxis(measured),
    xRange: [0, Math.max(1, dates.length - 1)],
    xTicks: { at: [...places.keys()], write: (value) => places.get(value) ?? dates[value] ?? '' },
    gaps: true,
    table: {
      columns: ['time', [quantity, units].filter(Boolean).join(', ')],
      rows: dates.map((date, at) => [date, values[at] ?? null]),
    },
  };
}

/** Where a line's values are from, for a table of them. */
export interface LinePlaces {
  line: GridLine;
  positionOf: (cell: { row: number; column: number }) => { latitude: number; longitude: number } | null;
}

/** Curves over the distance along a line; the table says of each value where it lies. */
export function lineChart(
  { line, positionOf }: LinePlaces,
  lines: readonly Line[],
  measured: Measured,
  rest: Pick<ChartOptions, 'bands'> = {},
): ChartOptions {
  const { quantity, place, units } = measured;
  const x = line.points.map(({ distance }) => distance);
  const length = x.at(-1) || 1;
  return {
    title: `${quantity} ${place}`,
    x,
    lines,
    xLabel: `distance from A, ${line.units}`,
    yLabel: onAxis(measured),
    xRange: [0, length],
    xTicks: { at: niceTicks(0, length, 6), write: writeTick },
    gaps: true,
    table: tableAlong({ line, positionOf }, lines, units),
    ...rest,
  };
}

function tableAlong({ line, positionOf }: LinePlaces, lines: readonly Line[], units: string): Table {
  const degrees = line.points.every((point) => positionOf(point) !== null);
  const named = lines.map(({ label }) => (units ? `${label}, ${units}` : label));
  return {
    columns: [
      `distance, ${line.units}`,
      'row',
      'column',
      ...(degrees ? ['latitude, °N', 'longitude, °E'] : []),
      ...named,
    ],
    rows: line.points.map((point, at) => {
      const position = degrees ? positionOf(point) : null;
      return [
        Number(point.distance.toFixed(3)),
        point.row,
        point.column,
        ...(position ? [position.latitude, position.longitude] : []),
        ...lines.map(({ values }) => values[at] ?? null),
      ];
    }),
  };
}
