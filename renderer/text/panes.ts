/** What Compare's panes are called: in the choice of kinds, as a title, and as the quantity beside a colour bar. */
import type { Forecast } from '#shared/domain/forecast.ts';
import { formatPane, type Pane, type PaneKind } from '../state/panes.ts';
import type { TermName } from './terms.ts';

const titles = {
  truth: 'Truth',
  mean: 'Ensemble mean',
  spread: 'Ensemble spread',
  error: 'Error',
  anomaly: 'Anomaly of the mean',
  'truth-anomaly': 'Anomaly of the truth',
  climatology: 'Climatology',
  initial: 'Initial condition',
  difference: 'Difference of forecasts',
  'other-mean': 'Other mean',
  'other-spread': 'Other spread',
  'other-error': 'Other error',
  file: 'Another file',
  'file-difference': 'Mean − file',
  'file-error': 'File − truth',
} as const;

/** What a kind of pane shows, as the glossary explains it; another forecast's mean is a mean too. */
const paneTerms: Readonly<Partial<Record<PaneKind, TermName>>> = {
  mean: 'ensemble-member',
  spread: 'spread',
  error: 'error',
  anomaly: 'anomaly',
  'truth-anomaly': 'anomaly',
  climatology: 'climatology',
  initial: 'initial-condition',
  member: 'ensemble-member',
  quantile: 'quantile',
  exceedance: 'exceedance-probability',
  'other-mean': 'ensemble-member',
  'other-spread': 'spread',
  'other-error': 'error',
};
export const paneTerm = ({ kind }: Pane): TermName | null => paneTerms[kind] ?? null;

/** "28.5", as short as it is exact. */
export const formatThreshold = (value: number) => String(value).replace('-', '−');

export function paneTitle(pane: Pane): string {
  if (pane.kind === 'quantile') return pane.percent === 50 ? 'Median' : `${pane.percent} % quantile`;
  if (pane.kind === 'exceedance') return 'Probability above';
  return pane.kind === 'member' ? 'Member' : titles[pane.kind];
}

export interface PaneContext {
  /** Valid date and lead, as the window writes them. */
  valid: string;
  lead: string;
  start: string;
  members: number;
  units: string;
  /** What the second forecast is called; empty without one. */
  other: string;
  /** What is shown of which other file; empty without one. */
  file: string;
}

/** What the title leaves open: how it is computed, of how many members, and when it is valid. */
export function paneNote(pane: Pane, context: PaneContext): string {
  const valid = `valid ${context.valid}`;
  switch (pane.kind) {
    case 'truth':
      return `${valid} · lead ${context.lead}`;
    case 'initial':
      return context.start;
    case 'mean':
      return `${context.members} members · ${valid}`;
    case 'spread':
      return `standard deviation · ${valid}`;
    case 'error':
      return `ensemble mean − truth · ${valid}`;
    case 'anomaly':
    case 'truth-anomaly':
      return `from the training climatology · ${valid}`;
    case 'climatology':
      return `mean of the training split · ${valid}`;
    case 'quantile':
      return `of ${context.members} members · ${valid}`;
    case 'exceedance':
      return `${formatThreshold(pane.threshold)} ${context.units} · share of ${context.members} members · ${valid}`;
    case 'member':
      return `${pane.member} of ${context.members} · ${valid}`;
    case 'difference':
      return `this mean − ${context.other || 'another'} · ${valid}`;
    case 'file':
    case 'file-error':
      return `${context.file || 'file'} · ${valid}`;
    case 'file-difference':
      return `this mean − ${context.file || 'file'} · ${valid}`;
    default:
      return `${context.other || 'second forecast'} · ${valid}`;
  }
}

/** What the colours stand for, without units. */
export function paneQuantity(pane: Pane, quantity: string, units: string): string {
  switch (pane.kind) {
    case 'spread':
    case 'other-spread':
      return 'standard deviation';
    case 'error':
    case 'other-error':
      return 'ensemble mean − truth';
    case 'anomaly':
      return 'ensemble mean − climatology';
    case 'truth-anomaly':
      return 'truth − climatology';
    case 'difference':
      return 'this mean − other mean';
    case 'file-difference':
      return 'this mean − file';
    case 'file-error':
      return 'file − truth';
    case 'exceedance':
      return `probability of more than ${formatThreshold(pane.threshold)} ${units}`.trim();
    default:
      return quantity;
  }
}

interface Choice {
  value: string;
  label: string;
  pane: Pane;
}

/** The kinds on offer, in groups; those with a number to set begin with the one given. */
export function paneChoices(
  threshold: number,
  member: number,
  hasOther: boolean,
): { label: string; choices: Choice[] }[] {
  const choice = (pane: Pane, label = paneTitle(pane)): Choice => ({ value: choiceOf(pane), label, pane });
  const plain = (...kinds: (keyof typeof titles)[]) => kinds.map((kind) => choice({ kind }));
  return [
    { label: 'Observed', choices: plain('truth', 'truth-anomaly', 'climatology', 'initial') },
    {
      label: 'Ensemble',
      choices: [
        ...plain('mean', 'spread', 'error', 'anomaly'),
        choice({ kind: 'quantile', percent: 50 }),
        choice({ kind: 'quantile', percent: 95 }, 'Quantile'),
        choice({ kind: 'exceedance', threshold }),
        choice({ kind: 'member', member }),
      ],
    },
    ...(hasOther
      ? [
          {
            label: 'Second forecast',
            choices: plain('difference', 'other-mean', 'other-spread', 'other-error'),
          },
        ]
      : []),
    { label: 'Another file', choices: plain('file', 'file-difference', 'file-error') },
  ];
}

/** Which of the choices a pane is; percentages, thresholds and members are set beside it. */
export function choiceOf(pane: Pane): string {
  if (pane.kind === 'quantile' && pane.percent !== 50) return pane.kind;
  return pane.kind === 'exceedance' || pane.kind === 'member' ? pane.kind : formatPane(pane);
}

/**
 * What tells a forecast apart from another of the same data: its method, its run where the method is not enough, and its
 * own name where both are of one run.
 */
export function otherName(
  other: Forecast | null,
  forecast: Forecast,
  names: { run: string | undefined; forecast: string | undefined },
): string {
  if (!other) return '';
  if (other.run === forecast.run) return names.forecast ?? other.name;
  return other.method !== forecast.method ? other.method : (names.run ?? other.name);
}
