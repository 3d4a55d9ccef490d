/** Where the field of a pane of Compare lies. */
import type { FieldAddress, StoredField } from '#shared/contract/fields.ts';
import { needsOther, type Pane, quantityOf } from './panes.ts';

type ForecastPlace = Omit<Extract<StoredField, { kind: 'forecast' }>, 'quantity'>;

/** @param other place of the second forecast, null where it has none @returns null where the pane needs that */
export function paneAddress(
  pane: Pane,
  own: ForecastPlace,
  other: ForecastPlace | null,
): FieldAddress | null {
  const quantity = quantityOf(pane);
  if (quantity === null)
    return (
      other && {
        kind: 'difference',
        first: { ...own, quantity: 'mean' },
        second: { ...other, quantity: 'mean' },
      }
    );
  const of = needsOther(pane) ? other : own;
  return of && { ...of, quantity };
}
