/** Sentences about files that are joined: which ones, which dates. */
import { labelOf, type TimeAxis } from '../cf/timeAxis.ts';
import type { Member } from './headers.ts';
import type { Piece } from './times.ts';

const day = 86_400_000;
const mostNamed = 4;

export const countFiles = (count: number) => `${count} file${count === 1 ? '' : 's'}`;

/** "a, b, c and 7 more". */
export function listed(names: readonly string[]): string {
  if (names.length <= mostNamed + 1) {
    return names.length < 2
      ? names.join('')
      : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  }
  return `${names.slice(0, mostNamed).join(', ')} and ${names.length - mostNamed} more`;
}

/** The middle one of the differences between neighbours; NaN for fewer than two values. */
export function usualStep(values: readonly number[]): number {
  const differences = values.slice(1).map((value, i) => value - values[i]!);
  return differences.sort((a, b) => a - b)[Math.floor(differences.length / 2)] ?? Number.NaN;
}

/** A date without its clock where steps are days or longer. */
export function shortLabel(axis: TimeAxis, value: number, step: number): string {
  const label = labelOf(axis, value);
  return axis.calendar !== null && !(step < day) ? label.replace(/T.*$/, '') : label;
}

/** "2003-01-01 to 2003-12-31, 365 times, every 1 day". */
export function spanWords(axis: TimeAxis): string {
  const { values } = axis;
  const step = usualStep(values);
  const [first, last] = [values[0]!, values[values.length - 1]!].map((value) =>
    shortLabel(axis, value, step),
  );
  if (values.length === 1) return `one time, ${first}`;
  const rhythm = axis.regular ? `every ${axis.label}` : 'unevenly spaced';
  return `${first} to ${last}, ${values.length} times, ${rhythm}`;
}

/** One sentence on the times that are missing between files; none where the axis goes on without a gap. */
export function describeGaps(axis: TimeAxis, borders: readonly Piece[]): string[] {
  const { values } = axis;
  const step = usualStep(values);
  const ends = new Map<number, Member>();
  for (const { member, first, count } of borders) ends.set(first + count - 1, member);
  const starts = new Map(borders.map(({ member, first }) => [first, member]));
  const gaps: { words: string; missing: number }[] = [];
  for (let i = 0; i + 1 < values.length; i++) {
    const wide = (values[i + 1]! - values[i]!) / step;
    const [before, after] = [ends.get(i), starts.get(i + 1)];
    if (!(wide > 1.5) || !before || !after) continue;
    const missing = Math.max(1, Math.round(wide) - 1);
    const dates = `from ${shortLabel(axis, values[i]!, step)} to ${shortLabel(axis, values[i + 1]!, step)}`;
    gaps.push({ words: `${dates} (between ${before.name} and ${after.name})`, missing });
  }
  if (gaps.length === 0) return [];
  const total = gaps.reduce((sum, { missing }) => sum + missing, 0);
  const times = `${total} time${total === 1 ? ' is' : 's are'} missing between files`;
  return [`${times}: ${listed(gaps.map(({ words }) => words))}.`];
}

/** How the grid of a second file differs from the first one's, as the end of a sentence. */
export function gridDifference(a: Member, b: Member): string {
  for (const [name, values] of b.places) {
    const own = a.places.get(name);
    if (own === undefined) continue;
    if (own.length !== values.length)
      return `${name} has ${values.length} values there and ${own.length} here`;
    const odd = values.findIndex(
      (value, i) => Math.abs(value - own[i]!) > 1e-6 * Math.max(1, Math.abs(value)),
    );
    if (odd >= 0) {
      const round = (value: number) => Number(value.toPrecision(7));
      return `its ${name} ${odd === 0 ? 'begins' : `goes on at index ${odd}`} with ${round(values[odd]!)} instead of ${round(own[odd]!)}`;
    }
  }
  return 'its rows and columns are others';
}
