/**
 * Writes ensemble forecasts as CF NetCDF-4, lead by lead: what other programs (xarray, Panoply) open with dates,
 * members and leads, on the source's own rows and columns. Source: CF conventions 1.11.
 */
import type { Channel } from '#shared/domain/dataset.ts';
import { formatDate } from '#shared/time/dates.ts';
import { describeStep } from '#shared/time/steps.ts';
import type { TimeLine } from './cf/timeAxis.ts';
import { type AttributeValue, Netcdf4Writer } from './formats/netcdf4Writer.ts';
import type { SpaceAxis } from './prepared/describe.ts';
import type { Positions } from './prepared/store.ts';

export interface ForecastLayout {
  /** One variable each; a path in groups keeps its last part. */
  readonly channels: readonly Channel[];
  readonly members: number;
  /** In data steps, ascending; real numbers are allowed. */
  readonly leads: readonly number[];
  /** Indices of the initial conditions on the time line. One start makes a file without the dimension `start`. */
  readonly starts: readonly number[];
  readonly timeLine: TimeLine;
  readonly height: number;
  readonly width: number;
  readonly space: { readonly rows: SpaceAxis; readonly columns: SpaceAxis };
  readonly positions?: Positions | null;
  /** Whether any truth will be written. */
  readonly truth: boolean;
  readonly title: string;
  /** Global attributes: run, dataset, fingerprint, version, seed, method, … */
  readonly provenance: Readonly<Record<string, string>>;
}

export interface ForecastWriter {
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
const reserved = new Set(['start', 'member', 'lead', 'lead_time', 'valid_time', 'initial_time']);

/** A name that no coordinate has, made of the last part of a variable's path. */
export function forecastVariableName(path: string, taken: Iterable<string> = []): string {
  const name = path.slice(path.lastIndexOf('/') + 1);
  return reserved.has(name) || [...taken].includes(name) ? `${name}_field` : name;
}

function timeUnits(timeLine: TimeLine, starts: readonly number[]): Record<string, AttributeValue> {
  const { calendar, units } = timeLine.axis;
  if (calendar === null) return units === '' ? {} : { units };
  const first = timeLine.date(Math.min(...starts))!;
  return { units: `hours since ${formatDate(first).replace('T', ' ')}`, calendar };
}

/** Values of times in the units of {@link timeUnits}. */
function encodeTimes(
  timeLine: TimeLine,
  starts: readonly number[],
  indices: readonly number[],
): Float64Array {
  const values = indices.map((index) => timeLine.value(index));
  if (timeLine.axis.calendar === null) return Float64Array.from(values);
  const first = timeLine.value(Math.min(...starts));
  return Float64Array.from(values, (value) => (value - first) / 3_600_000);
}

/**
 * Lead times as durations. Months are kept as months (in days they would differ from start to start), other steps
 * are in days or, below a day, in hours, which xarray decodes.
 */
function leadTimes(timeLine: TimeLine, leads: readonly number[]) {
  const { calendar, values, units } = timeLine.axis;
  if (calendar === null) {
    const step = values.length > 1 ? (values[values.length - 1]! - values[0]!) / (values.length - 1) : 1;
    return { values: Float64Array.from(leads, (lead) => lead * step), units: units === '' ? '1' : units };
  }
  const { step } = describeStep(values, calendar);
  if (step?.kind === 'months') {
    return { values: Float64Array.from(leads, (lead) => lead * step.months), units: 'months' };
  }
  const millis = step?.millis ?? 0;
  const unit = millis >= 86_400_000 ? 86_400_000 : 3_600_000;
  return {
    values: Float64Array.from(leads, (lead) => (lead * millis) / unit),
    units: unit === 86_400_000 ? 'days' : 'hours',
  };
}

function spaceAttributes(axis: SpaceAxis, fallback: string): Record<string, AttributeValue> {
  return axis.values ? axis.attributes : { long_name: fallback, units: '1' };
}

function writeCoordinates(file: Netcdf4Writer, layout: ForecastLayout): { rows: string; columns: string } {
  const { timeLine, starts, leads, members, space, height, width, positions } = layout;
  const several = starts.length > 1;
  const units = timeUnits(timeLine, starts);
  if (several) {
    const numbers = Int32Array.from(starts.keys());
    file.dimension('start', numbers, { long_name: 'initial condition, counted from 0', units: '1' });
  }
  file.dimension(
    'member',
    Int32Array.from({ length: members }, (_, i) => i + 1),
    { standard_name: 'realization', long_name: 'ensemble member', units: '1' },
  );
  file.dimension('lead', Float64Array.from(leads), {
    long_name: `lead in steps of the data (${timeLine.axis.label})`,
    units: '1',
  });
  const unusual = (name: string, other: string) => (reserved.has(name) ? other : name);
  const rows = unusual(space.rows.name, 'row');
  const columns = unusual(space.columns.name, 'column');
  const counted = (size: number) => Float64Array.from({ length: size }, (_, i) => i);
  const own = (axis: SpaceAxis, size: number) =>
    axis.values ? Float64Array.from(axis.values) : counted(size);
  file.dimension(rows, own(space.rows, height), spaceAttributes(space.rows, 'row'));
  file.dimension(columns, own(space.columns, width), spaceAttributes(space.columns, 'column'));

  const startDims = several ? ['start'] : [];
  file.variable('initial_time', encodeTimes(timeLine, starts, starts), {
    dims: startDims,
    attributes: {
      standard_name: 'forecast_reference_time',
      long_name: 'time of the initial condition',
      ...units,
    },
  });
  const valid = starts.flatMap((start) => leads.map((lead) => start + lead));
  file.variable('valid_time', encodeTimes(timeLine, starts, valid), {
    dims: [...startDims, 'lead'],
    attributes: { standard_name: 'time', long_name: 'time that the forecast is valid for', ...units },
  });
  const durations = leadTimes(timeLine, leads);
  file.variable('lead_time', durations.values, {
    dims: ['lead'],
    attributes: {
      standard_name: 'forecast_period',
      long_name: 'time since the initial condition',
      units: durations.units,
    },
  });
  if (positions) {
    const dims = [rows, columns];
    const degrees = (name: string, direction: string) => ({
      standard_name: name,
      units: `degrees_${direction}`,
    });
    file.variable('latitude', positions.latitude, { dims, attributes: degrees('latitude', 'north') });
    file.variable('longitude', positions.longitude, { dims, attributes: degrees('longitude', 'east') });
  }
  return { rows, columns };
}

function variableAttributes(channel: Channel, coordinates: string): Record<string, AttributeValue> {
  return {
    ...(channel.standardName === '' ? {} : { standard_name: channel.standardName }),
    long_name: channel.longName || channel.name,
    ...(channel.units === '' ? {} : { units: channel.units }),
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
    const { rows, columns } = writeCoordinates(file, layout);
    const positions = layout.positions ? ' latitude longitude' : '';
    const coordinates = `initial_time valid_time lead_time${positions}`;
    const chunk = chunkSizes(height, width, members);
    const startDims = several ? ['start'] : [];
    const ones = startDims.map(() => 1);
    for (const channel of channels) {
      const name = forecastVariableName(channel.name, [rows, columns, ...names]);
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
