/** The text that stands for a picture: what it shows, its smallest, largest and mean value, and what is missing. */
import { type Field, summarise } from '../contract/fields.ts';
import { decimalsFor, formatNumber } from './numbers.ts';

export function describeField(title: string, field: Field, units: string): string {
  const summary = summarise(field);
  if (!summary) return `${title}: every cell is missing`;
  const decimals = decimalsFor(summary.min, summary.max);
  const write = (value: number) => `${formatNumber(value, decimals)} ${units}`.trim();
  const missing = summary.missing > 0 ? `, ${summary.missing} of ${field.data.length} cells missing` : '';
  return `${title}: minimum ${write(summary.min)}, maximum ${write(summary.max)}, mean ${write(summary.mean)}${missing}`;
}
