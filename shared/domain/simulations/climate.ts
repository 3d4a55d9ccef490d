/** What the sea surface would be without eddies: a box on the globe, its mean temperature and its seasons. */
import { DriftcastError } from '../../errors.ts';
import { isValidDay } from '../../time/calendars.ts';
import { dayOfYear } from '../../time/dates.ts';
import type { SurfaceOceanSettings } from './surface-ocean.ts';

/** Metres in a degree of latitude, on a sphere of 6371 km. */
export const metresPerDegree = (Math.PI / 180) * 6_371_000;

const daysPerYear = 365.2425;
/** Day of the year on which the northern mid-latitude ocean is warmest: late in August. */
const warmest = 237;

/** Centres of cells in degrees, from south to north. @throws DriftcastError `bad-input` */
export function latitudes({ rows, spacing, latitude }: SurfaceOceanSettings): Float64Array {
  const values = centres(rows, spacing, latitude);
  if (values[0]! < -85 || values[rows - 1]! > 85) {
    throw new DriftcastError(
      'bad-input',
      `The box reaches from ${values[0]!.toFixed(1)} to ${values[rows - 1]!.toFixed(1)} degrees of latitude, too close to a pole.`,
      'Choose fewer rows, a smaller spacing or a latitude nearer to the equator.',
    );
  }
  return values;
}

/** Centres of cells in degrees, from west to east, rising even across the date line. @throws DriftcastError `bad-input` */
export function longitudes({ columns, spacing, longitude }: SurfaceOceanSettings): Float64Array {
  if (columns * spacing > 360) {
    throw new DriftcastError(
      'bad-input',
      `The box is ${columns * spacing} degrees wide, more than once around the globe.`,
      'Choose fewer columns or a smaller spacing.',
    );
  }
  return centres(columns, spacing, longitude);
}

function centres(count: number, spacing: number, middle: number): Float64Array {
  return Float64Array.from({ length: count }, (_, i) => middle + (i - (count - 1) / 2) * spacing);
}

/** Day of the year of the first field, from 1. @throws DriftcastError `bad-input` for a date that does not exist */
export function firstDayOfYear({ startDate }: SurfaceOceanSettings): number {
  const [year, month, day] = startDate.split('-').map(Number) as [number, number, number];
  if (!isValidDay('standard', { year, month, day })) {
    throw new DriftcastError(
      'bad-input',
      `There is no date ${startDate}.`,
      'Name a first day such as 2001-01-01.',
    );
  }
  return dayOfYear({
    calendar: 'standard',
    ...{ year, month, day, hour: 0, minute: 0, second: 0, millisecond: 0 },
  });
}

/** Mean temperature in °C at each latitude `day` days after the first field, [rows]. */
export function meanTemperature(settings: SurfaceOceanSettings, day: number): Float64Array {
  const { latitude, gradient, seasonalAmplitude, meanTemperature: middle } = settings;
  const late = latitude < 0 ? daysPerYear / 2 : 0;
  const phase = (2 * Math.PI * (firstDayOfYear(settings) + day - warmest - late)) / daysPerYear;
  const season = seasonalAmplitude * Math.cos(phase);
  return latitudes(settings).map((degrees) => middle + gradient * (degrees - latitude) + season);
}
