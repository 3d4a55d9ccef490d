/** Extra input channels that are known at any time: the season at the initial time, latitude, and where land is. */
import type { PreparationSummary, PrepareSettings } from '#shared/domain/dataset.ts';
import { seasonPhase } from '#shared/time/dates.ts';
import type { TimeLine } from '../cf/timeAxis.ts';

export interface ConditionMaker {
  readonly channels: number;
  /** [times.length, height, width, channels]; null when there are none. */
  make(times: readonly number[]): Float32Array | null;
}

const channelsOf = { season: 2, latitude: 1, 'land-mask': 1 } as const;

/** Static fields of the trajectory of a time. */
export interface StaticInputs {
  readonly count: number;
  /** [field, height, width] */
  at(timeIndex: number): Float32Array;
}

/**
 * Channels in the order of the settings, then the static fields; season is sine and cosine, latitude is scaled to
 * −1…1.
 */
export function conditionMaker(
  wanted: PrepareSettings['extraChannels'],
  summary: Pick<PreparationSummary, 'height' | 'width' | 'latitudes'>,
  mask: Float32Array,
  timeLine: TimeLine,
  statics: StaticInputs,
  /** Of curvilinear grids, by cell. */
  cellLatitudes: Float32Array | null = null,
): ConditionMaker {
  const { width, latitudes } = summary;
  /** Degrees; 0 where the grid has none. */
  const latitudeOf = (cell: number) =>
    (cellLatitudes ? cellLatitudes[cell]! : latitudes?.[Math.floor(cell / width)]) || 0;
  const channels = wanted.reduce((sum, name) => sum + channelsOf[name], statics.count);
  const cells = mask.length;
  return {
    channels,
    make(times) {
      if (channels === 0) return null;
      const values = new Float32Array(times.length * cells * channels);
      for (const [i, time] of times.entries()) {
        const date = timeLine.date(time);
        const phase = date ? seasonPhase(date) : 0;
        const fields = statics.at(time);
        for (let cell = 0; cell < cells; cell++) {
          let at = (i * cells + cell) * channels;
          for (const name of wanted) {
            if (name === 'season') {
              values[at++] = date ? Math.sin(phase) : 0;
              values[at++] = date ? Math.cos(phase) : 0;
            } else if (name === 'latitude') {
              values[at++] = latitudeOf(cell) / 90;
            } else {
              values[at++] = mask[cell]!;
            }
          }
          for (let k = 0; k < statics.count; k++) values[at++] = fields[k * cells + cell]!;
        }
      }
      return values;
    },
  };
}
