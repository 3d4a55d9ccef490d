/** The texts that stand for a picture or beside it: what it shows, its smallest, largest and mean value, and what is missing. */
import type { VariableSummary } from '#shared/domain/file.ts';
import { type Field, summarise } from '../contract/fields.ts';
import { decimalsFor, formatNumber } from './numbers.ts';

export function describeField(title: string, field: Field, units: string): string {
  const summary = summarise(field);
  if (!summary) return `${title}: every cell is missing`;
  const decimals = decimalsFor(summary.min, summary.max);
  const write = (value: number) => `${formatNumber(value, decimals)} ${units}`.trim();
  const missing =
    summary.missing > 0 ? `, ${summary.missing} of ${field.height * field.width} cells missing` : '';
  return `${title}: minimum ${write(summary.min)}, maximum ${write(summary.max)}, mean ${write(summary.mean)}${missing}`;
}

/** What can be done about a variable of a file that is a map but can't be forecast; the service's reason goes before it. */
export function notForecastable({ times }: VariableSummary): string {
  const look = 'Its map can be looked at, probed and exported.';
  if (!times || times.count > 7) return look;
  return `${look} To learn to forecast it, open the files of a longer series together: choose several files at once, or their folder.`;
}
