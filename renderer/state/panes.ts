/** What a pane of Compare can show, as values without a window: read from and written into the address, filled up, refused. */
import type { ForecastQuantity } from '#shared/contract/fields.ts';

export const mostPanes = 6;

const plainKinds = [
  'truth',
  'mean',
  'spread',
  'error',
  'anomaly',
  'truth-anomaly',
  'climatology',
  'initial',
  'difference',
  'other-mean',
  'other-spread',
  'other-error',
  'file',
  'file-difference',
  'file-error',
] as const;
type PlainKind = (typeof plainKinds)[number];

export type Pane =
  | { readonly kind: PlainKind }
  | { readonly kind: 'quantile'; readonly percent: number }
  | { readonly kind: 'exceedance'; readonly threshold: number }
  | { readonly kind: 'member'; readonly member: number };
export type PaneKind = Pane['kind'];

/** As in the address: `truth`, `quantile-95`, `exceedance-28.5`, `member-3`. */
export function formatPane(pane: Pane): string {
  if (pane.kind === 'quantile') return `quantile-${pane.percent}`;
  if (pane.kind === 'exceedance') return `exceedance-${pane.threshold}`;
  return pane.kind === 'member' ? `member-${pane.member}` : pane.kind;
}

/** The inverse of {@link formatPane}; null for anything else, members beyond the ensemble included. */
export function parsePane(text: string, members: number): Pane | null {
  const plain = plainKinds.find((kind) => kind === text);
  if (plain) return { kind: plain };
  const [, kind, digits = ''] = /^(quantile|exceedance|member)-(.+)$/.exec(text) ?? [];
  const value = Number(digits);
  if (digits.trim() === '' || !Number.isFinite(value)) return null;
  if (kind === 'exceedance') return { kind, threshold: value };
  // The data plane's addresses have three decimals.
  if (kind === 'quantile' && value >= 0 && value <= 100) return { kind, percent: Number(value.toFixed(3)) };
  if (kind === 'member' && Number.isInteger(value) && value >= 1 && value <= members)
    return { kind, member: value };
  return null;
}

/** Panes of an address, at most six. */
export function parsePanes(text: string | null, members: number): Pane[] {
  return (text ?? '')
    .split(',')
    .flatMap((part) => parsePane(part, members) ?? [])
    .slice(0, mostPanes);
}

/** Whether a pane shows nothing without truth, without a second forecast, or without another file. */
export function needsTruth({ kind }: Pane): boolean {
  return (
    kind === 'truth' ||
    kind === 'error' ||
    kind === 'truth-anomaly' ||
    kind === 'other-error' ||
    kind === 'file-error'
  );
}
export function needsOther({ kind }: Pane): boolean {
  return kind === 'difference' || kind.startsWith('other-');
}

export function needsClimatology({ kind }: Pane): boolean {
  return kind === 'anomaly' || kind === 'truth-anomaly' || kind === 'climatology';
}

export function needsFile({ kind }: Pane): boolean {
  return kind === 'file' || kind === 'file-difference' || kind === 'file-error';
}

/** So many panes: the first ones stay, and what most people look at next is added. */
export function withCount(
  panes: readonly Pane[],
  count: number,
  known: { truth: boolean; other: boolean },
): Pane[] {
  const wished: Pane[] = [
    { kind: 'truth' },
    { kind: 'mean' },
    { kind: 'spread' },
    { kind: 'error' },
    { kind: 'difference' },
    { kind: 'anomaly' },
    { kind: 'quantile', percent: 95 },
    { kind: 'quantile', percent: 5 },
    { kind: 'member', member: 1 },
    { kind: 'initial' },
  ];
  const kept = panes.slice(0, Math.min(count, mostPanes));
  const taken = new Set(kept.map(formatPane));
  const more = wished.filter(
    (pane) =>
      !taken.has(formatPane(pane)) &&
      (known.truth || !needsTruth(pane)) &&
      (known.other || !needsOther(pane)),
  );
  return [...kept, ...more.slice(0, Math.min(count, mostPanes) - kept.length)];
}

/** The data plane's name for what a pane shows of a single forecast; null for what needs something else. */
export function quantityOf(pane: Pane): ForecastQuantity | null {
  switch (pane.kind) {
    case 'difference':
    case 'file':
    case 'file-difference':
    case 'file-error':
      return null;
    case 'other-mean':
      return 'mean';
    case 'other-spread':
      return 'spread';
    case 'other-error':
      return 'error';
    case 'quantile':
      return `quantile-${pane.percent}`;
    case 'exceedance':
      return `exceedance-${pane.threshold}`;
    case 'member':
      return `member-${pane.member}`;
    default:
      return pane.kind;
  }
}

/** How values of a pane are coloured: as the variable, as spread, as error, as another signed quantity, or as a probability. */
export type ScaleKind = 'value' | 'spread' | 'error' | 'anomaly' | 'difference' | 'probability';

export function scaleKindOf({ kind }: Pane): ScaleKind {
  if (kind === 'spread' || kind === 'other-spread') return 'spread';
  if (kind === 'error' || kind === 'other-error' || kind === 'file-error') return 'error';
  if (kind === 'anomaly' || kind === 'truth-anomaly') return 'anomaly';
  if (kind === 'difference' || kind === 'file-difference') return 'difference';
  return kind === 'exceedance' ? 'probability' : 'value';
}

/** Columns in which `count` pictures of an aspect (width over height) come out largest; `chrome` is the height of a pane's head and bar by its width. */
export function columnsFor(
  count: number,
  aspect: number,
  area: { width: number; height: number },
  chrome: (width: number) => number = () => 72,
): number {
  let best = { columns: 1, size: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const width = area.width / columns;
    const height = Math.max(1, area.height / rows - chrome(width));
    const size = Math.min(width, height * aspect);
    // A pane more than is needed would be an empty place.
    const air = columns * rows - count;
    if (size > best.size * (air > 0 ? 1.12 : 1.02)) best = { columns, size };
  }
  return best.columns;
}
