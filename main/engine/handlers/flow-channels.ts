/** Vorticity and speed as further channels of datasets and of forecasts: computed from the velocity when someone looks. */
import type { ForecastReader, ForecastWindow } from '#main/data/forecastReader.ts';
import type { PreparedDataset } from '#main/data/openPrepared.ts';
import type { FlowQuantity } from '#shared/contract/fields.ts';
import { DriftcastError } from '#shared/errors.ts';
import { flowChannels, radiusFor, vorticityUnits } from '#shared/flow.ts';
import { evenGrid, type FlowGrid, partOfGrid, speed, sphereGrid, vorticity } from '#shared/vorticity.ts';

/** What simulations call the static field that is 1 in solid cells. */
const obstacles = 'obstacle_mask';

export interface DerivedChannel {
  readonly quantity: FlowQuantity;
  /** Channels of the components. */
  readonly u: number;
  readonly v: number;
  readonly units: string;
  readonly grid: FlowGrid;
  /** 1 in cells without flow, [height, width], in the trajectory of a time; null where there are none. */
  solid(timeIndex: number): Float32Array | null;
}

/**
 * What a channel beyond the dataset's own stands for; null for its own ones.
 * @throws DriftcastError `bad-input` for a channel that is neither, and on curvilinear grids
 */
export function derivedChannel(dataset: PreparedDataset, channel: number): DerivedChannel | null {
  const { channels, height, width, space, positions } = dataset;
  if (channel < channels.length) return null;
  const found = flowChannels(channels)[channel - channels.length];
  if (!found) throw new DriftcastError('bad-input', `The dataset has no channel with index ${channel}.`);
  if (positions)
    throw new DriftcastError(
      'bad-input',
      `The ${found.quantity} of this flow is not known: its grid is curvilinear, and its velocity may point along the grid's own directions.`,
      'Choose one of the components.',
    );
  const { latitudes, longitudes } = dataset.dataset.summary;
  const velocity = channels[found.u]!.units;
  const solid = (timeIndex: number) => dataset.staticField(obstacles, timeIndex);
  const known = { quantity: found.quantity, u: found.u, v: found.v, solid };
  const onSphere = latitudes !== null && longitudes !== null;
  const { radius, lengthUnits } = onSphere
    ? radiusFor(velocity)
    : { radius: 0, lengthUnits: space.columns.values ? (space.columns.attributes.units ?? '') : 'cell' };
  const cells = evenGrid({ height, width }, { x: 1, y: 1 });
  const grid = onSphere
    ? sphereGrid(latitudes, longitudes, radius)
    : { ...cells, x: space.columns.values ?? cells.x, y: space.rows.values ?? cells.y };
  const units = found.quantity === 'speed' ? velocity : vorticityUnits(velocity, lengthUnits);
  return { ...known, grid, units };
}

/** A frame [height, width, channel] as the field of one channel, [height, width]. */
export function channelOfFrame(
  dataset: PreparedDataset,
  frame: Float32Array,
  channel: number,
  timeIndex: number,
): { data: Float32Array; units: string } {
  const count = dataset.channels.length;
  const plain = (which: number) => frame.filter((_, i) => i % count === which);
  const derived = derivedChannel(dataset, channel);
  if (!derived) return { data: plain(channel), units: dataset.channels[channel]!.units };
  const data = sumOf(derived, plain(derived.u), plain(derived.v), derived.grid, derived.solid(timeIndex));
  return { data, units: derived.units };
}

function sumOf(
  { quantity }: DerivedChannel,
  u: Float32Array,
  v: Float32Array,
  grid: FlowGrid,
  solid: Float32Array | null,
): Float32Array {
  return quantity === 'speed' ? speed(u, v, solid) : vorticity(u, v, grid, solid);
}

/**
 * A forecast of the derived channel: of every member by itself, so that spreads, quantiles and probabilities are those
 * of the vorticity or speed.
 * @param timeIndex of each start
 */
export function derivedReader(
  [u, v]: readonly [ForecastReader, ForecastReader],
  derived: DerivedChannel,
  timeIndex: (start: number) => number,
): ForecastReader {
  const { height, width } = u;
  const whole: ForecastWindow = { rows: { first: 0, count: height }, columns: { first: 0, count: width } };
  return {
    ...u,
    variable: derived.quantity,
    longName: derived.quantity,
    units: derived.units,
    async read(start, lead, part, window = whole) {
      // With a cell more on each side: differences need it.
      const wide = { rows: widened(window.rows, height), columns: widened(window.columns, width) };
      const [us, vs] = [await u.read(start, lead, part, wide), await v.read(start, lead, part, wide)];
      const grid = partOfGrid(derived.grid, wide);
      const solid = derived.solid(timeIndex(start));
      const around = solid && cut(solid, width, wide);
      const inside = {
        rows: { first: window.rows.first - wide.rows.first, count: window.rows.count },
        columns: { first: window.columns.first - wide.columns.first, count: window.columns.count },
      };
      const size = grid.height * grid.width;
      const out = new Float32Array((us.length / size) * window.rows.count * window.columns.count);
      for (let at = 0, to = 0; at < us.length; at += size) {
        const values = sumOf(derived, us.subarray(at, at + size), vs.subarray(at, at + size), grid, around);
        out.set(cut(values, grid.width, inside), to);
        to += window.rows.count * window.columns.count;
      }
      return out;
    },
  };
}

const widened = ({ first, count }: { first: number; count: number }, size: number) => {
  const from = Math.max(0, first - 1);
  return { first: from, count: Math.min(size, first + count + 1) - from };
};

/** A part of [rows, `width`]. */
function cut(values: Float32Array, width: number, { rows, columns }: ForecastWindow): Float32Array {
  const out = new Float32Array(rows.count * columns.count);
  for (let row = 0; row < rows.count; row++) {
    const from = (rows.first + row) * width + columns.first;
    out.set(values.subarray(from, from + columns.count), row * columns.count);
  }
  return out;
}
