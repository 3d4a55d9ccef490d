/** Fields that follow from a velocity: vorticity and speed. */
import type { FieldData } from '#main/engine/protocol.ts';
import type { FlowField } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { formatUnits } from '#shared/units.ts';
import { speed, vorticity } from '#shared/vorticity.ts';

/** @throws DriftcastError `bad-input` where grids differ; `without` says what fields of several grids do not have. */
export function sameGrid(fields: readonly FieldData[], without: string): void {
  const [first = '', ...others] = fields.map(({ height, width }) => `${height} × ${width}`);
  const stranger = others.find((other) => other !== first);
  if (stranger === undefined) return;
  throw new DriftcastError(
    'bad-input',
    `A grid of ${first} cells and one of ${stranger} cells ${without}.`,
    'Choose two fields on the same grid.',
  );
}

/** With the date of the first component; missing in solid cells. @throws DriftcastError `bad-input` where grids or units differ. */
export function flowField(
  { quantity, spacing, lengthUnits }: FlowField,
  [u, v, solid]: readonly [FieldData, FieldData, FieldData | null],
): FieldData {
  sameGrid(solid ? [u, v, solid] : [u, v], 'have no common flow');
  const units = formatUnits(u.units);
  if (units !== formatUnits(v.units))
    throw new DriftcastError(
      'bad-input',
      `Velocities in ${units || 'no units'} and in ${formatUnits(v.units) || 'no units'} are not of one flow.`,
      'Choose two components in the same units.',
    );
  const data = quantity === 'speed' ? speed(u.data, v.data) : vorticity(u.data, v.data, u, spacing);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let cell = 0; cell < data.length; cell += 1) {
    if (solid && solid.data[cell]! > 0.5) data[cell] = Number.NaN;
    const value = data[cell]!;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const own = quantity === 'speed' ? u.units : perLength(units, lengthUnits);
  return { ...u, data, units: own, range: min <= max ? { min, max } : null };
}

/** "m/s" over "m" is "1/s"; other units are written out. */
function perLength(velocity: string, length: string): string {
  if (velocity === `${length}/s`) return 's-1';
  return velocity && length ? `${velocity} per ${length}` : velocity;
}
