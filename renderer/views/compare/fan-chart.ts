/** The ensemble at one place over the leads as a chart and as numbers: bands, median, members, truth. */
import type { Probe } from '#shared/domain/forecast.ts';
import type { ChartOptions, Line } from '../../charts/chart.ts';
import { niceTicks } from '../../charts/scales.ts';
import { dateParts, formatShortDate, type Rhythm, withoutTrajectory } from '../../text/dates.ts';

/** Letters of a label that the chart's height has room for. */
const mostOnAxis = 24;

export interface FanContext {
  lead: number;
  /** Date of the initial condition. */
  start: string;
  rhythm: Rhythm;
  quantity: string;
  /** What the axis says where the quantity is too long for it. */
  name?: string;
  units: string;
  /** Where it is, as the end of a sentence: "at 5° N, 150° W". */
  place: string;
}

/** Beyond so many, single members can't be told apart. */
const mostMembers = 60;

/** Index of a lead in a probe; −1 where it has none. */
export function leadIn({ leads }: Probe, lead: number): number {
  return leads.findIndex((each) => Math.abs(each - lead) < 1e-6);
}

/** @param second of another forecast at the same place, with what it is called */
export function fanChart(
  probe: Probe,
  context: FanContext,
  second: { probe: Probe; name: string } | null = null,
): ChartOptions {
  const { lead, quantity, name = quantity, units, place } = context;
  const onAxis = quantity.length > mostOnAxis ? name : quantity;
  const x = [0, ...probe.leads];
  const withStart = (values: readonly (number | null)[]) => [probe.initial, ...values];
  const quantile = (at: number) => withStart(probe.quantiles.map((row) => row[at] ?? null));
  const bound = (label: string, at: number): Line => ({
    label,
    colour: '--accent',
    values: quantile(at),
    width: 0,
    silent: true,
  });
  const members = probe.members.length > mostMembers ? [] : probe.members;
  return {
    title: `${quantity} ${place}`,
    x,
    lines: [
      bound('95 %', 4),
      bound('5 %', 0),
      bound('75 %', 3),
      bound('25 %', 1),
      ...members.map(
        (values, at): Line => ({
          label: `member ${at + 1}`,
          colour: '--accent',
          values: withStart(values),
          width: 1,
          opacity: 0.28,
          silent: true,
        }),
      ),
      ...secondLines(probe.leads, second),
      { label: 'median', colour: '--accent', values: quantile(2) },
      { label: 'truth', colour: '--ink', values: withStart(probe.truth) },
    ],
    bands: [
      ...(second
        ? [
            {
              upper: 4 + members.length,
              lower: 5 + members.length,
              opacity: 0.16,
              colour: '--validation',
              label: `${second.name}: 5–95 %`,
            },
          ]
        : []),
      { upper: 0, lower: 1, opacity: 0.2, label: '5–95 %' },
      { upper: 2, lower: 3, opacity: 0.32, label: '25–75 %' },
    ],
    ...horizontal(probe, context),
    yLabel: units ? `${onAxis}, ${units}` : onAxis,
    marker: lead,
    xRange: [0, x.at(-1) ?? 1],
    table: {
      columns: [
        'lead, data steps',
        'valid time',
        'truth',
        '5 %',
        '25 %',
        'median',
        '75 %',
        '95 %',
        ...probe.members.map((_, at) => `member ${at + 1}`),
        ...(second ? ['5 %', 'median', '95 %'].map((title) => `${second.name}: ${title}`) : []),
      ],
      rows: [
        [
          0,
          context.start,
          probe.initial,
          ...Array(5 + probe.members.length + (second ? 3 : 0)).fill(probe.initial),
        ],
        ...probe.leads.map((each, at) => [
          each,
          probe.dates[at] ?? '',
          probe.truth[at] ?? null,
          ...(probe.quantiles[at] ?? []),
          ...probe.members.map((values) => values[at] ?? null),
          ...(second ? [0, 2, 4].map((place) => quantileAt(second.probe, each, place)) : []),
        ]),
      ],
    },
  };
}

function quantileAt(probe: Probe, lead: number, place: number): number | null {
  return probe.quantiles[leadIn(probe, lead)]?.[place] ?? null;
}

/** Its 95 % and 5 % quantiles, which bound a band, and its median. */
function secondLines(leads: readonly number[], second: { probe: Probe; name: string } | null): Line[] {
  if (!second) return [];
  const { probe, name } = second;
  const values = (place: number) => [probe.initial, ...leads.map((lead) => quantileAt(probe, lead, place))];
  const look = { colour: '--validation', dash: [6, 4] };
  return [
    { label: `${name}: 95 %`, colour: '--validation', values: values(4), width: 0, silent: true },
    { label: `${name}: 5 %`, colour: '--validation', values: values(0), width: 0, silent: true },
    { label: `${name}: median`, ...look, values: values(2), width: 1.75 },
  ];
}

/**
 * The axis in time: dates stand at leads, and numbers such as "0.1562 s" become round ones with their unit said once, as
 * long as time runs evenly.
 */
function horizontal(probe: Probe, { start, rhythm }: FanContext): Pick<ChartOptions, 'xLabel' | 'xTicks'> {
  const dates = [start, ...probe.dates];
  const leads = [0, ...probe.leads];
  if (dateParts(start))
    return {
      xLabel: 'valid date',
      xTicks: {
        at: leads.filter(Number.isInteger),
        write: (value) => formatShortDate(dates[leads.indexOf(value)] ?? '', rhythm),
      },
    };
  const [first, last] = [amountOf(start), amountOf(dates.at(-1) ?? '')];
  const longest = leads.at(-1) ?? 0;
  if (!first || !last || longest === 0) return { xLabel: 'lead, data steps' };
  const step = (last.value - first.value) / longest;
  if (!(step > 0)) return { xLabel: 'lead, data steps' };
  const times = niceTicks(first.value, last.value, 6);
  const at = times.map((time) => (time - first.value) / step);
  return {
    xLabel: first.unit ? `valid time, ${first.unit}` : 'valid time',
    xTicks: { at, write: (value) => String(times[at.indexOf(value)] ?? '') },
  };
}

/** "trajectory 3, 0.1562 s" → 0.1562 and "s". */
function amountOf(label: string): { value: number; unit: string } | null {
  const match = /^(-?[\d.]+(?:e[+-]?\d+)?)\s*(.*)$/i.exec(withoutTrajectory(label).trim());
  const value = Number(match?.[1]);
  return match && Number.isFinite(value) ? { value, unit: match[2] ?? '' } : null;
}
