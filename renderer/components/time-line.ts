/** The time line's geometry, apart from its drawing: bars, splits and labels from a series. */
import { dateParts } from '../text/dates.ts';

export type SpanKind = 'train' | 'validation' | 'test' | 'outside' | 'plain';

/** Times first … end − 1. */
export interface Span {
  kind: SpanKind;
  first: number;
  end: number;
}

export interface TimeSeries {
  dates: readonly string[];
  means: readonly (number | null)[];
}

/** One SVG path of bars; bars are merged where there are more times than pixels for them. */
export function barPath(
  series: TimeSeries,
  first: number,
  end: number,
  size: { width: number; height: number },
): string {
  const count = series.means.length;
  if (count === 0) return '';
  const { low, span } = scaleOf(series.means);
  const step = size.width / count;
  const merged = Math.max(1, Math.ceil(2 / step));
  const gap = step * merged > 4 ? Math.min(1.5, step * merged * 0.2) : 0;
  let path = '';
  for (let at = Math.ceil(first / merged) * merged; at < end; at += merged) {
    const mean = meanOf(series.means, at, Math.min(at + merged, end));
    if (mean === null) continue;
    const height = (0.16 + 0.84 * ((mean - low) / span)) * size.height;
    const width = Math.max(0.6, step * merged - gap);
    path += `M${(at * step).toFixed(2)} ${size.height}v${(-height).toFixed(2)}h${width.toFixed(2)}v${height.toFixed(2)}z`;
  }
  return path;
}

function meanOf(means: readonly (number | null)[], first: number, end: number): number | null {
  let sum = 0;
  let count = 0;
  for (let at = first; at < end; at += 1) {
    const mean = means[at];
    if (mean === null || mean === undefined) continue;
    sum += mean;
    count += 1;
  }
  return count === 0 ? null : sum / count;
}

function scaleOf(means: readonly (number | null)[]): { low: number; span: number } {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const mean of means) {
    if (mean === null) continue;
    low = Math.min(low, mean);
    high = Math.max(high, mean);
  }
  return Number.isFinite(low) ? { low, span: high > low ? high - low : 1 } : { low: 0, span: 1 };
}

/** Where labels go: at the turn of years, else of months or days, thinned to the room there is. */
export function dateLabels(dates: readonly string[], width: number): { at: number; text: string }[] {
  const count = dates.length;
  const first = dateParts(dates[0] ?? '');
  if (!first || count === 0) return indexLabels(count, width);
  const years = turns(dates, (iso) => dateParts(iso)?.year ?? '');
  const turned = years.length >= 3 ? years : turns(dates, (iso) => iso.slice(0, 7));
  const labels = turned.length >= 2 ? turned : turns(dates, (iso) => iso.slice(0, 10));
  return thin(labels, width / count);
}

function turns(dates: readonly string[], part: (iso: string) => string): { at: number; text: string }[] {
  const labels: { at: number; text: string }[] = [];
  let before = '';
  for (const [at, iso] of dates.entries()) {
    const here = part(iso);
    if (here !== before) labels.push({ at, text: here });
    before = here;
  }
  return labels;
}

function indexLabels(count: number, width: number): { at: number; text: string }[] {
  return thin(
    Array.from({ length: count }, (_, at) => ({ at, text: String(at) })),
    width / Math.max(1, count),
  );
}

function thin(labels: { at: number; text: string }[], step: number): { at: number; text: string }[] {
  for (const every of [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]) {
    const kept = labels.filter((_, index) => index % every === 0);
    const close = kept.some(
      (label, index) =>
        index > 0 && (label.at - (kept[index - 1]?.at ?? 0)) * step < label.text.length * 7 + 16,
    );
    if (!close) return kept;
  }
  return labels.slice(0, 1);
}
