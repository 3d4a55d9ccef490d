/** How one entry of a dimension that is neither time nor space is called: its coordinate with units, else its place. */
import type { AxisSummary } from '#shared/domain/file.ts';
import { formatUnits } from './numbers.ts';

export function sliceLabel({ values, units }: AxisSummary, index: number): string {
  const value = values?.[index];
  if (value === undefined || value === null) return `#${index}`;
  return `${Number(value.toPrecision(7))} ${formatUnits(units)}`.trim();
}
