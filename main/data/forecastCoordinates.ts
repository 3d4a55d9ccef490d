/** Dimensions and coordinates of a forecast file: members, leads, times and the source's own rows and columns. */
import { formatDate } from '#shared/time/dates.ts';
import { describeStep } from '#shared/time/steps.ts';
import type { TimeLine } from './cf/timeAxis.ts';
import type { ForecastLayout } from './forecastWriter.ts';
import type { AttributeValue, Netcdf4Writer } from './formats/netcdf4Writer.ts';
import type { SliceValue, SpaceAxis } from './prepared/describe.ts';

/** Names that no forecast variable may have. */
export const coordinateNames: ReadonlySet<string> = new Set([
  'start',
  'member',
  'lead',
  'lead_time',
  'valid_time',
  'initial_time',
  'trajectory',
]);

function timeUnits(timeLine: TimeLine, starts: readonly number[]): Record<string, AttributeValue> {
  const { calendar, units } = timeLine.axis;
  if (calendar === null) return { units: units === '' ? '1' : units };
  const first = timeLine.date(Math.min(...starts))!;
  return {
    units: `hours since ${formatDate(first).replace('T', ' ')}`,
    calendar,
    // Every day of the arithmetic has 24 hours.
    ...(calendar === 'standard' ? { units_metadata: 'leap_seconds: none' } : {}),
  };
}

/** Times without dates are numbers that CF knows no standard name for: its times are `since` a date. */
const named = (timeLine: TimeLine, name: string): Record<string, AttributeValue> =>
  timeLine.axis.calendar === null ? {} : { standard_name: name };

const isDuration = (units: string) =>
  /^(s|secs?|seconds?|min|minutes?|h|hrs?|hours?|d|days?|months?|years?)$/i.test(units);

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

/** What a scalar coordinate is called where something else has its name. */
export const sourceName = (name: string) => `source_${name}`;

/** Scalar coordinates of what was chosen when the data were prepared, under names that nothing else has. */
function writeSlices(file: Netcdf4Writer, slices: readonly SliceValue[], taken: ReadonlySet<string>) {
  const used = new Set(taken);
  return slices.map(({ name, value, attributes, channels }) => {
    const free = used.has(name) ? sourceName(name) : name;
    used.add(free);
    file.variable(free, Float64Array.of(value), { dims: [], attributes });
    return { name: free, channels };
  });
}

/** Writes dimensions and coordinates; answers the names of the dimensions of rows and columns, and of the slices. */
export function writeCoordinates(
  file: Netcdf4Writer,
  layout: ForecastLayout,
): { rows: string; columns: string; slices: { name: string; channels: readonly number[] }[] } {
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
  const unusual = (name: string, other: string) => (coordinateNames.has(name) ? other : name);
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
      ...named(timeLine, 'forecast_reference_time'),
      long_name: 'time of the initial condition',
      ...units,
    },
  });
  const valid = starts.flatMap((start) => leads.map((lead) => timeLine.after(start, lead)));
  file.variable('valid_time', encodeTimes(timeLine, starts, valid), {
    dims: [...startDims, 'lead'],
    attributes: {
      ...named(timeLine, 'time'),
      long_name: 'time that the forecast is valid for',
      ...units,
    },
  });
  if (timeLine.trajectories) {
    const trajectories = Int32Array.from(starts, (start) => timeLine.trajectoryOf(start));
    file.variable('trajectory', trajectories, {
      dims: startDims,
      attributes: { long_name: 'trajectory of the dataset, counted from 0', units: '1' },
    });
  }
  const durations = leadTimes(timeLine, leads);
  file.variable('lead_time', durations.values, {
    dims: ['lead'],
    attributes: {
      ...(isDuration(durations.units) ? { standard_name: 'forecast_period' } : {}),
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
  const taken = new Set([...coordinateNames, rows, columns, ...(positions ? ['latitude', 'longitude'] : [])]);
  return { rows, columns, slices: writeSlices(file, layout.slices ?? [], taken) };
}
