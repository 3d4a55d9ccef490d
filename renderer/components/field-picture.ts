/** What every picture of a field is told, flat or a globe. */
import type { Field } from '../contract/fields.ts';
import type { ColourTable } from '../scenes/colour-tables.ts';
import type { Flow } from '../scenes/flow-particles.ts';
import type { Cell, MapGeometry } from '../scenes/map-geometry.ts';

export interface FieldPictureProps {
  geometry: MapGeometry;
  field: Field | null;
  table: ColourTable;
  min: number;
  max: number;
  units: string;
  /** What the picture says, for whoever cannot see it. */
  description: string;
  probe?: Cell | null;
  onprobe?: (cell: Cell) => void;
  /** Particles that drift over the picture. */
  flow?: Flow | null;
}
