/**
 * What a dimension means. Recognised by `axis`, then `standard_name`, then `units` and, last, by name.
 * Source: CF conventions 1.11, chapter 4.
 */
import { looksLikeTimeUnits } from '#shared/time/units.ts';
import { type Attributes, attributeText } from '../formats/dataFile.ts';

export type Role = 'time' | 'latitude' | 'longitude' | 'y' | 'x' | 'trajectory' | 'other';

const standardNames: Record<string, Role> = {
  time: 'time',
  latitude: 'latitude',
  longitude: 'longitude',
  grid_latitude: 'y',
  grid_longitude: 'x',
  projection_y_coordinate: 'y',
  projection_x_coordinate: 'x',
};

const northUnits = /^degrees?_?n(orth)?$/i;
const eastUnits = /^degrees?_?e(ast)?$/i;

const names: readonly (readonly [RegExp, Role])[] = [
  [/^(time|time_?counter|times|t|valid_time|record|rec|frame|step|month|year)$/i, 'time'],
  [/^(lat|latitude|nav_lat|lats)$/i, 'latitude'],
  [/^(lon|longitude|nav_lon|lons|long)$/i, 'longitude'],
  [/^(y|j|nj|nlat|rlat|yc|ni_y|south_north|eta_rho|yt_ocean|row|rows|height)$/i, 'y'],
  [/^(x|i|ni|nlon|rlon|xc|west_east|xi_rho|xt_ocean|col|cols|column|columns|width)$/i, 'x'],
];

const vertical = /^(lev|level|levels|depth|height|plev|z|altitude|pressure|sigma|bottom_top|isobaric.*)$/i;
const stacked =
  /^(member|members|ens|ensemble|realization|number|band|channel|channels|trajectory|bnds|bounds|nv|vertices|nbnds|axis_nbounds)$/i;

const repeated =
  /^(traj|trajectory|trajectories|trajectory_id|run|runs|sample|samples|case|cases|sim|simulation|simulations|episode|episodes|box|boxes)$/i;

/** Whether a dimension's name says that it counts repetitions of the same time line: runs of a simulation. */
export const isTrajectoryName = (name: string) => repeated.test(name);

/** Whether a dimension's name or attributes say that it is neither time nor a direction on a map. */
export function isVerticalOrStacked(name: string, attributes?: Attributes): boolean {
  if (stacked.test(name)) return true;
  if (attributes) {
    if (attributeText(attributes, 'axis').toUpperCase() === 'Z' || attributes.has('positive')) return true;
    if (roleFromAttributes(attributes) !== null) return false;
  }
  return vertical.test(name) && !/^height$/i.test(name);
}

export function roleFromAttributes(attributes: Attributes): Role | null {
  const units = attributeText(attributes, 'units').trim();
  const standardName = standardNames[attributeText(attributes, 'standard_name').trim().toLowerCase()];
  const axis = attributeText(attributes, 'axis').trim().toUpperCase();
  if (axis === 'T') return 'time';
  if (axis === 'Z') return 'other';
  if (axis === 'Y')
    return standardName === 'y' || !northUnits.test(units) ? (standardName ?? 'y') : 'latitude';
  if (axis === 'X')
    return standardName === 'x' || !eastUnits.test(units) ? (standardName ?? 'x') : 'longitude';
  if (standardName) return standardName;
  if (looksLikeTimeUnits(units)) return 'time';
  if (northUnits.test(units)) return 'latitude';
  if (eastUnits.test(units)) return 'longitude';
  return null;
}

export function roleFromName(name: string): Role | null {
  return names.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}
