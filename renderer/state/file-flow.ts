/** A velocity in an open file: its two components on a plane grid, and the addresses of what follows from them. */
import { type FieldAddress, type FlowQuantity, flowQuantities } from '#shared/contract/fields.ts';
import type { VariableSummary } from '#shared/domain/file.ts';

export interface FileFlow {
  readonly u: string;
  readonly v: string;
  readonly spacing: { x: number; y: number };
  readonly lengthUnits: string;
  readonly units: string;
  /** The variable that is 1 in solid cells; null where the file has none. */
  readonly solid: string | null;
}

/** Components along columns and rows, by the names that simulations and CF give them. */
const pairs: readonly (readonly [RegExp, RegExp])[] = [
  [/^vx$/i, /^vy$/i],
  [/_x_velocity$/, /_y_velocity$/],
  [/^u$/i, /^v$/i],
];

/**
 * Null where there is no pair, or where its grid is not plane: on a sphere neighbours are not equally far apart.
 */
export function flowOf(variables: readonly VariableSummary[]): FileFlow | null {
  for (const [first, second] of pairs) {
    const named = (pattern: RegExp) =>
      variables.find(
        ({ name, standardName, forecastable }) =>
          forecastable && (pattern.test(standardName) || pattern.test(name)),
      );
    const [u, v] = [named(first), named(second)];
    if (!u || !v || u.dims.join() !== v.dims.join()) continue;
    const [x, y] = (['x', 'y'] as const).map((role) => {
      const axis = u.axes.find((candidate) => candidate.role === role);
      const { first: start = null, last: end = null } = axis ?? {};
      return axis && start !== null && end !== null ? (end - start) / (axis.size - 1) : 0;
    });
    if (!x || !y || !Number.isFinite(x) || !Number.isFinite(y)) continue;
    return {
      u: u.name,
      v: v.name,
      spacing: { x, y },
      lengthUnits: u.axes.find(({ role }) => role === 'x')?.units ?? '',
      units: u.units,
      solid:
        variables.find(
          ({ name, shape }) =>
            name === 'obstacle_mask' && shape.slice(-2).join() === u.shape.slice(-2).join(),
        )?.name ?? null,
    };
  }
  return null;
}

/** The quantity that an address asks for; null for the variable itself. */
export function flowQuantityIn(text: string | null): FlowQuantity | null {
  return flowQuantities.find((quantity) => quantity === text) ?? null;
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
