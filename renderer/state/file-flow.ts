/** A velocity in an open file: its two components, and the addresses of what follows from them. */
import type { FieldAddress, FlowQuantity } from '#shared/contract/fields.ts';
import type { AxisSummary, VariableSummary } from '#shared/domain/file.ts';
import { velocityIn } from '#shared/flow.ts';

export interface FileFlow {
  readonly u: string;
  readonly v: string;
  /** Null on a sphere. */
  readonly spacing: { x: number; y: number } | null;
  readonly lengthUnits: string;
  readonly units: string;
  /** The variable that is 1 in solid cells; null where the file has none. */
  readonly solid: string | null;
}

/**
 * The velocity that `variable` is a component of, or the first one of the file. Null where there is none, or where its
 * rows and columns are neither those of a plane nor latitudes and longitudes.
 */
export function flowOf(variables: readonly VariableSummary[], variable?: string): FileFlow | null {
  const flow = velocityIn(
    variables.filter(({ forecastable, viewable }) => forecastable || viewable),
    variable,
  );
  if (!flow || flow.u.dims.join() !== flow.v.dims.join()) return null;
  const { u, v } = flow;
  const axis = (...roles: AxisSummary['role'][]) => u.axes.find(({ role }) => roles.includes(role));
  const step = ({ first, last, size }: AxisSummary) =>
    first === null || last === null ? 0 : (last - first) / (size - 1);
  const [columns, rows] = [axis('x', 'longitude'), axis('y', 'latitude')];
  if (!columns || !rows) return null;
  const onSphere = columns.role === 'longitude' && rows.role === 'latitude';
  const spacing = { x: step(columns), y: step(rows) };
  if (!onSphere && !Number.isFinite(1 / spacing.x + 1 / spacing.y)) return null;
  return {
    u: u.name,
    v: v.name,
    spacing: onSphere ? null : spacing,
    lengthUnits: onSphere ? '' : columns.units,
    units: u.units,
    solid:
      variables.find(
        ({ name, shape }) => name === 'obstacle_mask' && shape.slice(-2).join() === u.shape.slice(-2).join(),
      )?.name ?? null,
  };
}

export function flowAddress(
  flow: FileFlow,
  quantity: FlowQuantity,
  { file, time, slices }: { file: string; time: number; slices: Record<string, number> },
): FieldAddress {
  const { spacing, lengthUnits, solid } = flow;
  const stored = (variable: string, at: number) =>
    ({ kind: 'file', file, variable, time: at, slices }) as const;
  return {
    kind: 'flow',
    quantity,
    u: stored(flow.u, time),
    v: stored(flow.v, time),
    spacing,
    lengthUnits,
    solid: solid === null ? null : stored(solid, 0),
  };
}
