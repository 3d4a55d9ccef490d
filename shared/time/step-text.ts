/** Steps of time as a person writes them: "1d", "6 h", "1 month", or a plain number where times are no dates. */
import { DriftcastError } from '../errors.ts';
import { millisPerDay } from './dates.ts';
import type { TimeStep } from './steps.ts';

const units: readonly { readonly words: RegExp; readonly millis?: number; readonly months?: number }[] = [
  { words: /^(s|sec|second|seconds)$/, millis: 1000 },
  { words: /^(min|minute|minutes)$/, millis: 60_000 },
  { words: /^(h|hr|hour|hours)$/, millis: 3_600_000 },
  { words: /^(d|day|days)$/, millis: millisPerDay },
  { words: /^(w|week|weeks)$/, millis: 7 * millisPerDay },
  { words: /^(mo|month|months)$/, months: 1 },
  { words: /^(y|yr|year|years)$/, months: 12 },
];

const form = /^(\d+(?:\.\d+)?(?:e[+-]?\d+)?)\s*(.*)$/i;

/**
 * The step that a text means. `axisUnits` are those of times that are no dates; null: times are dates.
 * Throws `bad-input` for anything else.
 */
export function parseStep(text: string, axisUnits: string | null): TimeStep | number {
  const [, digits = '', word = ''] = form.exec(text.trim()) ?? [];
  const number = Number(digits);
  if (digits !== '' && number > 0) {
    if (axisUnits !== null && (word === '' || word === axisUnits)) return number;
    const unit = units.find(({ words }) => words.test(word.toLowerCase()));
    if (axisUnits === null && unit?.millis)
      return { kind: 'millis', millis: Math.round(number * unit.millis) };
    if (axisUnits === null && unit?.months && Number.isInteger(number))
      return { kind: 'months', months: number * unit.months, placement: 'start' };
  }
  throw new DriftcastError(
    'bad-input',
    `"${text.slice(0, 40)}" is no step of time for this series.`,
    axisUnits === null
      ? 'Write a number with its unit: 6h, 1d, 5d, 1mo or 1y.'
      : `Its times are no dates: write a number${axisUnits ? ` in ${axisUnits}` : ''}.`,
  );
}

/** A step near a usual difference (milliseconds where times are dates) as {@link parseStep} reads it: to suggest one. */
export function suggestedStep(usual: number, isCalendar: boolean): string {
  if (!isCalendar) return String(Number(usual.toPrecision(6)));
  const months = Math.round(usual / (30.44 * millisPerDay));
  if (months >= 1 && Math.abs(usual - months * 30.44 * millisPerDay) < 2 * millisPerDay)
    return months % 12 === 0 ? `${months / 12}y` : `${months}mo`;
  const table = [
    [millisPerDay, 'd'],
    [3_600_000, 'h'],
    [60_000, 'min'],
  ] as const;
  for (const [length, unit] of table) {
    const number = Math.round(usual / length);
    if (number >= 1 && Math.abs(usual - number * length) < 0.02 * usual) return `${number}${unit}`;
  }
  return `${Math.max(1, Math.round(usual / 1000))}s`;
}
