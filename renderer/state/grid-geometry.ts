/** The geometry of a field's grid; where every cell has degrees of its own, they are fetched as fields. */
import type { StoredField } from '#shared/contract/fields.ts';
import type { FieldStore } from '../contract/fields.ts';
import { geometryOf } from '../scenes/curvilinear/curvilinear-geometry.ts';
import { type Grid, MapGeometry } from '../scenes/map-geometry.ts';

/**
 * @param of any field on the grid
 * @throws DriftcastError with the service's own sentence
 */
export async function gridGeometry(
  fields: Pick<FieldStore, 'get'>,
  grid: Grid & { curvilinear?: boolean | undefined },
  of: StoredField,
): Promise<MapGeometry> {
  if (!grid.curvilinear) return new MapGeometry(grid);
  const [latitude, longitude] = await Promise.all(
    (['latitude', 'longitude'] as const).map((direction) => fields.get({ kind: 'degrees', direction, of })),
  );
  const { height, width } = grid;
  return geometryOf({ height, width, latitudes: latitude!.data, longitudes: longitude!.data });
}
