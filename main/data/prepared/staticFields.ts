/** The static fields of a prepared series, by trajectory. */
import { join } from 'node:path';
import type { TimeLine } from '../cf/timeAxis.ts';
import type { StaticInputs } from './conditions.ts';
import { type Description, fileNames, readFloats } from './store.ts';

export interface StaticFields extends StaticInputs {
  /** [height, width] of the trajectory of a time; null for a name that was not prepared. Do not write to it. */
  field(name: string, timeIndex: number): Float32Array | null;
}

const noValues = new Float32Array(0);

/** Throws `damaged-file` and `disk`. */
export async function openStatics(
  folder: string,
  { statics, height, width }: Description,
  timeLine: TimeLine,
): Promise<StaticFields> {
  if (statics === undefined) return { count: 0, at: () => noValues, field: () => null };
  const { names, inputs, file } = statics;
  const values = await readFloats(join(folder, fileNames.statics), file);
  const cells = height * width;
  const from = (timeIndex: number) => timeLine.trajectoryOf(timeIndex) * names.length * cells;
  return {
    count: inputs,
    at: (timeIndex) => values.subarray(from(timeIndex), from(timeIndex) + inputs * cells),
    field(name, timeIndex) {
      const place = names.indexOf(name);
      if (place < 0) return null;
      const at = from(timeIndex) + place * cells;
      return values.subarray(at, at + cells);
    },
  };
}
