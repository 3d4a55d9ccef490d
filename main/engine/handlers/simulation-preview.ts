/** Pictures of a running simulation, coarse enough to cross to a window several times a second. */
import type { SimulationLayout } from '#main/engine/simulators/simulator.ts';
import type { SimulationPreview } from '#shared/domain/simulation.ts';

const mostCells = 64;

/** How many neighbouring cells become one, so that at most {@link mostCells} are left. */
const strideOf = (cells: number) => Math.ceil(cells / mostCells);

/** Means over blocks of cells that are present; null where none is. `from`: index of the first cell of a layer. */
function coarsen(
  field: Float32Array,
  from: number,
  height: number,
  width: number,
): { height: number; width: number; values: (number | null)[] } {
  const [down, right] = [strideOf(height), strideOf(width)];
  const [rows, columns] = [Math.ceil(height / down), Math.ceil(width / right)];
  const sums = new Float64Array(rows * columns);
  const counts = new Float64Array(rows * columns);
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const value = field[from + row * width + column]!;
      if (Number.isNaN(value)) continue;
      const cell = Math.floor(row / down) * columns + Math.floor(column / right);
      sums[cell]! += value;
      counts[cell]! += 1;
    }
  }
  const values = Array.from(sums, (sum, cell) =>
    counts[cell] === 0 ? null : Number((sum / counts[cell]!).toPrecision(5)),
  );
  return { height: rows, width: columns, values };
}

/**
 * The picture of a frame: the first variable of at most 64 × 64 cells, all variables where they are not more than that
 * together. Of a space with layers the middle one is shown.
 * @param fields [space] each, as a simulator hands them over
 */
export function previewOf(
  layout: SimulationLayout,
  place: Pick<SimulationPreview, 'trajectory' | 'trajectories' | 'frame'>,
  fields: readonly Float32Array[],
): SimulationPreview {
  const sizes = layout.space.map((axis) => axis.values.length);
  const [height = 1, width = 1] = sizes.slice(-2);
  const layers = sizes.slice(0, -2).reduce((a, b) => a * b, 1);
  const from = Math.floor(layers / 2) * height * width;
  const all = height * width * fields.length <= mostCells ** 2;
  const shown = layout.variables.slice(0, all ? undefined : 1);
  const pictures = shown.map((_, i) => coarsen(fields[i]!, from, height, width));
  return {
    ...place,
    frames: layout.time.values.length,
    time: layout.time.values[place.frame] ?? 0,
    timeUnits: layout.time.attributes.units ?? '1',
    height: pictures[0]?.height ?? 0,
    width: pictures[0]?.width ?? 0,
    fields: shown.map(({ name, units }, i) => ({ name, units, values: pictures[i]!.values })),
  };
}
