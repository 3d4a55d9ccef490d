/** The charts of a report: every method's scores by lead, reliability, spectra. */
import type { Comparison, ComparisonRow } from '#shared/domain/comparison.ts';
import { type ScoreName, scoreOf } from '#shared/domain/scores.ts';
import { formatUnits } from '#shared/units.ts';
import { rankHistogram } from './histogram.ts';
import { html, type Markup } from './html.ts';
import { type Curve, type LineChart, lineChart } from './line-chart.ts';
import { shortTitle } from './tables.ts';

type LookOf = (row: ComparisonRow) => string;

/** Runs are told apart by the name in brackets; what needs no training is known without its explanation. */
const nameOf = ({ run, title }: ComparisonRow) => (run === null ? shortTitle(title) : title);

const withUnits = (name: string, units: string) => (units === '' ? name : `${name}, ${units}`);

function byLead(rows: readonly ComparisonRow[], name: ScoreName, lookOf: LookOf): Curve[] {
  return rows
    .map((row) => ({
      name: nameOf(row),
      look: lookOf(row),
      points: row.scores.byLead.map((set, index) => {
        const interval = row.scores.intervals?.byLead[index]?.[name];
        return {
          x: set.lead,
          y: scoreOf(set, name),
          low: interval?.low ?? null,
          high: interval?.high ?? null,
        };
      }),
    }))
    .filter(({ points }) => points.some(({ y }) => y !== null));
}

/** One hopeless reference must not press all others onto the axis. */
function spreadOut(curves: readonly Curve[]): boolean {
  const values = curves.flatMap(({ points }) => points.map(({ y }) => y)).filter((y) => y !== null);
  return values.length > 0 && Math.min(...values) > 0 && Math.max(...values) > 5 * Math.min(...values);
}

export function leadCharts({ rows, step }: Comparison, lookOf: LookOf): Markup {
  const units = formatUnits(rows[0]?.scores.units ?? '');
  const xLabel = step === '' ? 'lead time, data steps' : `lead time, × ${step}`;
  const bands = 'Bands: intervals from resampling initial conditions.';
  const charts: LineChart[] = [];
  const add = (
    name: ScoreName,
    title: string,
    yLabel: string,
    caption: string,
    more: Partial<LineChart> & { log?: boolean } = {},
  ) => {
    const curves = byLead(rows, name, lookOf);
    if (curves.length === 0) return;
    const { log, ...rest } = more;
    const yLog = (log ?? false) && spreadOut(curves);
    charts.push({
      title,
      caption,
      xLabel,
      yLabel: yLog ? `${yLabel} (log axis)` : yLabel,
      curves,
      yLog,
      fromZero: !yLog,
      ...rest,
    });
  };
  add('fairCrps', 'Fair CRPS by lead', withUnits('fair CRPS', units), `Lower is better. ${bands}`, {
    log: true,
  });
  add('rmse', 'RMSE of the ensemble mean by lead', withUnits('RMSE', units), `Lower is better. ${bands}`, {
    log: true,
  });
  add(
    'correctedSsr',
    'Spread–skill ratio by lead',
    'corrected SSR',
    `Below 1 the ensemble is too sure of itself. ${bands}`,
    {
      ideal: { y: 1, name: 'reliable' },
    },
  );
  add(
    'acc',
    'Anomaly correlation by lead',
    'ACC',
    `1: departs from climatology just where the truth does. ${bands}`,
    {
      fromZero: true,
    },
  );
  add(
    'coverage90',
    'Truth inside the central 90 % interval',
    'share of truths',
    `0.9 if reliable. ${bands}`,
    {
      ideal: { y: 0.9, name: 'reliable' },
    },
  );
  const skill = rows.filter(({ scores }) => scores.overall.spread !== null);
  if (skill.length > 0)
    charts.push({
      title: 'Spread against skill',
      caption:
        'One point a lead. On the line spread and error agree; above it the error is larger than the spread says.',
      xLabel: withUnits('ensemble spread', units),
      yLabel: withUnits('RMSE of the mean', units),
      curves: skill.map((row) => ({
        name: nameOf(row),
        look: lookOf(row),
        points: row.scores.byLead.map((set) => ({ x: set.spread ?? Number.NaN, y: set.rmse })),
      })),
      diagonal: 'reliable',
      marks: (rows[0]?.scores.byLead.length ?? 0) <= 40,
    });
  return html`<div class="grid-2">${charts.map(lineChart)}</div>`;
}

export function rankCharts({ rows }: Comparison, lookOf: LookOf): Markup {
  const ensembles = rows.filter(({ scores }) => scores.members > 1);
  return html`<div class="grid-4">${ensembles.map((row) =>
    rankHistogram(nameOf(row), row.scores.rankHistogram, /^s/.test(lookOf(row)) ? lookOf(row) : 's6'),
  )}</div>`;
}

/** Truth, ensemble mean and members of each run at the first and the last lead that have spectra. */
export function spectrumCharts({ rows }: Comparison, lookOf: LookOf): Markup | null {
  const charts = rows
    .filter(({ run }) => run !== null)
    .flatMap((row) =>
      row.spectra.slice(0, 3).flatMap(({ channel, units, wavenumbers, byLead: all }) => {
        const ends = [...new Set([all[0], all.at(-1)])].filter((entry) => entry !== undefined);
        return ends.map(({ lead, truth, mean, members }): LineChart => {
          const curve = (name: string, look: string, values: readonly number[]): Curve => ({
            name,
            look,
            points: values.map((y, ring) => ({ x: wavenumbers[ring]!, y: y > 0 ? y : null })),
          });
          return {
            title: `${row.title}: ${channel}, lead ${lead}`,
            caption:
              'Members as strong as the truth at every scale are sharp; a mean below both is what averaging does.',
            xLabel: 'wavenumber, cycles per cell (log axis)',
            yLabel: units === '1' ? 'power a mode' : `power a mode, ${squared(units)}`,
            curves: [
              curve('truth', 'truth', truth),
              curve('members', lookOf(row), members),
              curve('ensemble mean', 'mean', mean),
            ],
            xLog: true,
            yLog: true,
            marks: false,
          };
        });
      }),
    );
  return charts.length === 0 ? null : html`<div class="grid-2">${charts.map(lineChart)}</div>`;
}

/** "(degC)²" as people write it. */
function squared(units: string): string {
  const inner = /^\((.*)\)²$/.exec(units)?.[1] ?? units;
  const written = formatUnits(inner);
  return /[ /]/.test(written) ? `(${written})²` : `${written}²`;
}
