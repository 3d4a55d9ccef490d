/**
 * Fields that do not change in time, such as the obstacles of a channel: one for all trajectories or one each.
 * They are inputs of networks, and say where boundary conditions hold.
 */
import { DriftcastError } from '#shared/errors.ts';
import { gridOf } from '../cf/grid.ts';
import type { ResolvedRegion } from '../cf/region.ts';
import { SlabReader } from '../cf/slab.ts';
import { attributeText, type DataFile, isNumericType } from '../formats/dataFile.ts';
import { findVariable } from '../openFile.ts';
import type { Part } from './parts.ts';

/** Static fields that a file itself names as inputs of networks, as far as it holds them. */
export function namedMasks(file: DataFile): string[] {
  return attributeText(file.attributes, 'driftcast_masks')
    .split(/\s+/)
    .filter((name) => file.variables.some((variable) => variable.path === name));
}

async function readerOf(part: Part, name: string, region: ResolvedRegion): Promise<SlabReader> {
  const { file, grid, slices } = part;
  const variable = findVariable(file, name);
  const place = (of: number | null) => {
    const path = of === null ? null : grid.axes[of]!.dimension.path;
    const found = variable.dims.findIndex((dim) => dim.path === path);
    return found < 0 ? null : found;
  };
  const [y, x, trajectory] = [place(grid.y), place(grid.x), place(grid.trajectory)];
  const known = [y, x, trajectory].filter((at) => at !== null).length;
  if (y === null || x === null || known !== variable.dims.length || !isNumericType(variable.type)) {
    throw new DriftcastError(
      'bad-input',
      `${name} in ${file.name} is no static field on the rows and columns of ${grid.variable.path}.`,
      'Name a numeric variable with these two dimensions, and a trajectory at most.',
    );
  }
  const own = await gridOf(file, variable);
  return new SlabReader(file, { ...own, time: null, y, x, trajectory }, region.window, slices);
}

/** Checks that every file has the fields. Throws `not-found` and `bad-input`. */
export async function checkStatics(
  parts: readonly Part[],
  names: readonly string[],
  region: ResolvedRegion,
): Promise<void> {
  const files = new Map(parts.map((part) => [part.file, part]));
  for (const part of files.values()) for (const name of names) await readerOf(part, name, region);
}

/** Values [part, name, height, width]; missing ones are 0. */
export async function readStatics(
  parts: readonly Part[],
  names: readonly string[],
  region: ResolvedRegion,
): Promise<Float32Array> {
  const cells = region.height * region.width;
  const values = new Float32Array(parts.length * names.length * cells);
  for (const [i, part] of parts.entries()) {
    for (const [k, name] of names.entries()) {
      const reader = await readerOf(part, name, region);
      const field = await reader.read(0, 1, new Float32Array(cells));
      values.set(
        field.map((value) => (Number.isNaN(value) ? 0 : value)),
        (i * names.length + k) * cells,
      );
    }
  }
  return values;
}
