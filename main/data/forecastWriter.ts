/**
 * Writes ensemble forecasts as CF NetCDF-4, lead by lead: what other programs (xarray, Panoply) open with dates,
 * members and leads, on the source's own rows and columns. Source: CF conventions 1.11.
 */
import type { Channel } from '#shared/domain/dataset.ts';
import type { TimeLine } from './cf/timeAxis.ts';
import { onScale } from './cf/unitsMetadata.ts';
import { coordinateNames, writeCoordinates } from './forecastCoordinates.ts';
import { type AttributeValue, Netcdf4Writer } from './formats/netcdf4Writer.ts';
import type { SliceValue, SpaceAxis } from './prepared/describe.ts';
import type { Positions } from './prepared/store.ts';

export interface ForecastLayout {
  /** One variable each; a path in groups keeps its last part. */
  readonly channels: readonly Channel[];
  readonly members: number;
  /** In data steps, ascending; real numbers are allowed. */
  readonly leads: readonly number[];
  /**
   * Indices of the initial conditions on the time line. One start makes a file without the dimension `start`. Where the
   * line is of trajectories, the file says which one each start is in, and its times are on the trajectory's own clock.
   */
  readonly starts: readonly number[];
  readonly timeLine: TimeLine;
  readonly height: number;
  readonly width: number;
  readonly space: { readonly rows: SpaceAxis; readonly columns: SpaceAxis };
  readonly positions?: Positions | null;
  /** Each becomes a scalar coordinate of its channels. */
  readonly slices?: readonly SliceValue[];
  /** Whether any truth will be written. */
  readonly truth: boolean;
  readonly title: string;
  /** Global attributes: run, dataset, fingerprint, version, seed, method, … */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface ForecastWriter {
  /** Names of the channels' variables in the file. */
  readonly variables: readonly string[];
  /**
   * One lead of one start: members [members, height, width, channel] and truth [height, width, channel] in physical
   * units, NaN where missing; truth is null where it is not known. Throws `disk`.
   */
  writeLead(start: number, lead: number, members: Float32Array, truth: Float32Array | null): Promise<void>;
  /** Completes the file. Nothing stands at the path before. Throws `disk`. */
  close(): Promise<void>;
  /** Gives up and leaves nothing behind. */
  abort(): Promise<void>;
}

const chunkBytes = 1024 * 1024;
/** A name that no coordinate has, made of the last part of a variable's path. */
export function forecastVariableName(path: string, taken: Iterable<string> = []): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return coordinateNames.has(name) || [...taken].includes(name) ? `${name}_field` : name;
}

function variableAttributes(channel: Channel, coordinates: string): Record<string, AttributeValue> {
  return {
    ...(channel.standardName === '' ? {} : { standard_name: channel.standardName }),
    long_name: channel.longName || channel.name,
    ...(channel.units === '' ? {} : { units: channel.units }),
    ...onScale(channel.standardName),
    coordinates,
    _FillValue: new Float32Array([Number.NaN]),
  };
}

/** Rows in a chunk and slabs along another dimension, so that chunks hold about a MiB. */
function chunkSizes(height: number, width: number, members: number): { rows: number; members: number } {
  const map = height * width * 4;
  if (map >= chunkBytes) return { rows: Math.max(1, Math.floor(chunkBytes / (width * 4))), members: 1 };
  return { rows: height, members: Math.min(members, Math.max(1, Math.floor(chunkBytes / map))) };
}

/**
 * Creates a forecast file. Dimensions: [start,] member, lead, rows, columns; truth is `<name>_truth` without
 * `member`. Memory is that of one lead. Throws `disk`.
 */
export async function createForecastWriter(path: string, layout: ForecastLayout): Promise<ForecastWriter> {
  const file = await Netcdf4Writer.create(path);
  const { channels, members, starts, height, width, truth } = layout;
  const several = starts.length > 1;
  const names: string[] = [];
  try {
    file.attributes({
      Conventions: 'CF-1.11',
      title: layout.title,
      source: 'Driftcast ensemble forecast',
      history: `${new Date().toISOString()} written by Driftcast`,
      ...layout.provenance,
    });
    const { rows, columns, slices } = writeCoordinates(file, layout);
    const positions = layout.positions ? ' latitude longitude' : '';
    const trajectory = layout.timeLine.trajectories ? ' trajectory' : '';
    const common = `initial_time valid_time lead_time${trajectory}${positions}`;
    const chunk = chunkSizes(height, width, members);
    const startDims = several ? ['start'] : [];
    const ones = startDims.map(() => 1);
    for (const [index, channel] of channels.entries()) {
      const name = forecastVariableName(channel.name, [
        rows,
        columns,
        ...slices.map((one) => one.name),
        ...names,
      ]);
      const own = slices.filter((one) => one.channels.includes(index)).map((one) => one.name);
      const coordinates = [common, ...own].join(' ');
      names.push(name);
      file.slabVariable(name, {
        dims: [...startDims, 'member', 'lead', rows, columns],
        chunks: [...ones, chunk.members, 1, chunk.rows, width],
        attributes: variableAttributes(channel, coordinates),
      });
      if (!truth) continue;
      const attributes = variableAttributes(channel, coordinates);
      file.slabVariable(`${name}_truth`, {
        dims: [...startDims, 'lead', rows, columns],
        chunks: [...ones, 1, chunk.rows, width],
        attributes: { ...attributes, long_name: `${channel.longName || channel.name}, observed` },
      });
    }
  } catch (error) {
    await file.abort();
    throw error;
  }

  const pick = (values: Float32Array, channel: number) =>
    channels.length === 1
      ? values
      : Float32Array.from(
          { length: values.length / channels.length },
          (_, i) => values[i * channels.length + channel]!,
        );
  return {
    variables: names,
    async writeLead(start, lead, ensemble, observed) {
      const at = several ? [start] : [];
      const one = several ? [1] : [];
      for (const [channel, name] of names.entries()) {
        const field = pick(ensemble, channel);
        file.writeSlab(name, [...at, 0, lead, 0, 0], [...one, members, 1, height, width], field);
        if (!truth) continue;
        const known = observed ? pick(observed, channel) : new Float32Array(height * width).fill(Number.NaN);
        file.writeSlab(`${name}_truth`, [...at, lead, 0, 0], [...one, 1, height, width], known);
      }
    },
    close: () => file.close(),
    abort: () => file.abort(),
  };
}
