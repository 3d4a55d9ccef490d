/** Pictures of a running simulation, coarse enough to cross to a window a few times a second. */
import type { SimulationLayout } from '#main/engine/simulators/simulator.ts';
import type { SimulationPreview } from '#shared/domain/simulation.ts';

/** Values of a picture at most: the three variables of the paper's channel on all their points, and a little more. */
const mostValues = 30_000;

interface Size {
  readonly layers: number;
  readonly height: number;
  readonly width: number;
}

/** How many neighbouring cells along each side become one, so that all fields together are not too many values. */
function strideOf({ layers, height, width }: Size, fields: number): number {
  let stride = 1;
  while (fields * layers * Math.ceil(height / stride) * Math.ceil(width / stride) > mostValues) stride++;
  return stride;
}

/** Means over blocks of cells that are present, [layers, rows, columns]; null where none is. `from`: first value. */
function coarsen(
  field: Float32Array,
  from: number,
  { layers, height, width }: Size,
  stride: number,
): (number | null)[] {
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const sums = new Float64Array(layers * rows * columns);
  const counts = new Float64Array(layers * rows * columns);
  for (let row = 0; row < layers * height; row++) {
    const [layer, down] = [Math.floor(row / height), row % height];
    for (let column = 0; column < width; column++) {
      const value = field[from + row * width + column]!;
      if (Number.isNaN(value)) continue;
      const cell = (layer * rows + Math.floor(down / stride)) * columns + Math.floor(column / stride);
      sums[cell]! += value;
      counts[cell]! += 1;
    }
  }
  return Array.from(sums, (sum, cell) =>
    counts[cell] === 0 ? null : Number((sum / counts[cell]!).toPrecision(4)),
  );
}

/**
 * The picture of a frame: all variables, of a large grid as means over square blocks. A space with layers is told whole
 * where it is small; of a larger one the middle layer is shown.
 * @param fields [space] each, as a simulator hands them over
 */
export function previewOf(
  layout: SimulationLayout,
  place: Pick<SimulationPreview, 'trajectory' | 'trajectories' | 'frame'>,
  fields: readonly Float32Array[],
): SimulationPreview {
  const sizes = layout.space.map((axis) => axis.values.length);
  const [height = 1, width = 1] = sizes.slice(-2);
  const all = sizes.slice(0, -2).reduce((a, b) => a * b, 1);
  const isSmall = all * height * width * fields.length <= mostValues;
  const size = { layers: isSmall ? all : 1, height, width };
  const stride = strideOf(size, fields.length);
  const from = isSmall ? 0 : Math.floor(all / 2) * height * width;
  return {
    ...place,
    frames: layout.time.values.length,
    time: layout.time.values[place.frame] ?? 0,
    timeUnits: layout.time.attributes.units ?? '1',
    height: Math.ceil(height / stride),
    width: Math.ceil(width / stride),
    layers: size.layers,
    fields: layout.variables.map(({ name, units }, i) => ({
      name,
      units,
      values: coarsen(fields[i]!, from, size, stride),
    })),
  };
}
