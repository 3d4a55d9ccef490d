/** A small ocean for the browser tests: monthly, with a seasonal cycle, a slow wave and a corner of land. */
import { type FieldFile, writeFieldFile } from '../data/files.ts';

export const sample = {
  times: 60,
  height: 16,
  width: 24,
  latitudes: Array.from({ length: 16 }, (_, row) => -15 + 2 * row),
  longitudes: Array.from({ length: 24 }, (_, column) => 201 + 2 * column),
  /** °C; NaN on land. */
  value(time: number, row: number, column: number): number {
    if (row >= 12 && column >= 19) return Number.NaN;
    const season = 2 * Math.cos((2 * Math.PI * time) / 12) * (row / 15);
    const wave = 0.8 * Math.sin(0.5 * column - 0.35 * time + 0.3 * row);
    return 18 + 0.5 * row + season + wave;
  },
} satisfies Omit<FieldFile, 'timeValues'>;

export function writeSample(folder: string): string {
  const origin = Date.UTC(2001, 0, 1);
  const timeValues = Array.from(
    { length: sample.times },
    (_, month) => (Date.UTC(2001, month, 1) - origin) / 86_400_000,
  );
  return writeFieldFile(folder, 'pacific.nc', { ...sample, timeValues });
}
