/** What a picture of a running simulation shows: fields of the preview, and those that follow from them. */
import type { SimulationPreview } from '#shared/domain/simulation.ts';
import { latitudes, longitudes, meanTemperature } from '#shared/domain/simulations/climate.ts';
import type { SurfaceOceanSettings } from '#shared/domain/simulations/surface-ocean.ts';
import { evenGrid, vorticity } from '#shared/vorticity.ts';
import type { Field } from '../contract/fields.ts';
import type { Grid } from './map-geometry.ts';

/** Row-major; NaN where a value is missing or the preview has no such field. */
export function valuesOf(preview: SimulationPreview, name: string): Float32Array {
  const found = preview.fields.find((field) => field.name === name);
  const size = preview.layers * preview.height * preview.width;
  return Float32Array.from({ length: size }, (_, at) => found?.values[at] ?? Number.NaN);
}

export const flowQuantities = {
  vorticity: { title: 'vorticity', units: '1/s', table: 'balance' },
  speed: { title: 'speed', units: 'm/s', table: 'tempo' },
  pressure: { title: 'pressure over density', units: 'm²/s²', table: 'balance' },
} as const;
export type FlowQuantity = keyof typeof flowQuantities;
export const flowQuantityNames = ['vorticity', 'speed', 'pressure'] as const satisfies FlowQuantity[];

/** @param length of the channel in metres, between the first and the last column */
export function flowValues(preview: SimulationPreview, quantity: FlowQuantity, length: number): Float32Array {
  if (quantity === 'pressure') return valuesOf(preview, 'p');
  const [u, v] = [valuesOf(preview, 'vx'), valuesOf(preview, 'vy')];
  if (quantity === 'speed') return u.map((value, at) => Math.hypot(value, v[at] ?? 0));
  const spacing = length / Math.max(1, preview.width - 1);
  return vorticity(u, v, evenGrid(preview, { x: spacing, y: spacing }));
}

export function asField(values: Float32Array, size: { height: number; width: number }, units: string): Field {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) {
    if (value < min) min = value;
    if (value > max) max = value;
  }
  const range = min <= max ? { min, max } : null;
  return { data: values, height: size.height, width: size.width, units, range, date: '' };
}

/** The value that all but a hundredth of the cells stay below in size. */
export function usualSize(values: Float32Array): number {
  const sizes = values
    .filter((value) => !Number.isNaN(value))
    .map(Math.abs)
    .sort();
  return sizes[Math.floor(0.99 * (sizes.length - 1))] ?? 0;
}

/** The ocean's box in degrees, on the simulation's own cells or on `height` × `width` coarser ones. */
export function oceanGrid(
  settings: SurfaceOceanSettings,
  height = settings.rows,
  width = settings.columns,
): Grid {
  return {
    height,
    width,
    latitudes: means(latitudes(settings), height),
    longitudes: means(longitudes(settings), width),
  };
}

/** Means over equal blocks, the last of which may be shorter. */
function means(values: Float64Array, count: number): number[] {
  const size = Math.ceil(values.length / count);
  return Array.from({ length: count }, (_, at) => {
    const block = values.subarray(at * size, (at + 1) * size);
    return block.reduce((sum, value) => sum + value, 0) / block.length;
  });
}

/** What the sea would be on the first day without eddies, °C, [rows, columns]. */
export function calmOcean(settings: SurfaceOceanSettings): Float32Array {
  const byRow = meanTemperature(settings, 0);
  return Float32Array.from(
    { length: settings.rows * settings.columns },
    (_, at) => byRow[Math.floor(at / settings.columns)] ?? Number.NaN,
  );
}
