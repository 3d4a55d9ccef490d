/** Fields that follow from a velocity: vorticity and speed. */
import type { FieldData, Grid } from '#main/engine/protocol.ts';
import type { FlowField } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { radiusFor, vorticityUnits } from '#shared/flow.ts';
import { formatUnits } from '#shared/units.ts';
import { evenGrid, type FlowGrid, speed, sphereGrid, vorticity } from '#shared/vorticity.ts';

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

/**
 * With the date of the first component; missing in solid cells.
 * @param grid of the components, for flows whose address has no spacing: they lie on the sphere
 * @throws DriftcastError `bad-input` where grids or units differ, or no positions are known
 */
export function flowField(
  { quantity, spacing, lengthUnits }: FlowField,
  [u, v, solid]: readonly [FieldData, FieldData, FieldData | null],
  grid: Grid | null,
): FieldData {
  sameGrid(solid ? [u, v, solid] : [u, v], 'have no common flow');
  const units = formatUnits(u.units);
  if (units !== formatUnits(v.units))
    throw new DriftcastError(
      'bad-input',
      `Velocities in ${units || 'no units'} and in ${formatUnits(v.units) || 'no units'} are not of one flow.`,
      'Choose two components in the same units.',
    );
  const mask = solid?.data ?? null;
  const sphere = radiusFor(u.units);
  const placed = spacing ? evenGrid(u, spacing) : onSphere(grid, sphere.radius);
  const data = quantity === 'speed' ? speed(u.data, v.data, mask) : vorticity(u.data, v.data, placed, mask);
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of data) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const own =
    quantity === 'speed' ? u.units : vorticityUnits(u.units, spacing ? lengthUnits : sphere.lengthUnits);
  return { ...u, data, units: own, range: min <= max ? { min, max } : null };
}

function onSphere(grid: Grid | null, radius: number): FlowGrid {
  if (grid?.latitudes && grid.longitudes) return sphereGrid(grid.latitudes, grid.longitudes, radius);
  throw new DriftcastError(
    'bad-input',
    'The vorticity of this flow is not known: its grid has no rows of equal latitude.',
    'Choose one of the components.',
  );
}
