/**
 * How a variable lies in time and space: which of its dimensions is time, which are rows and columns, and where
 * its cells are on the Earth. Every reader and the preparation work on this, never on dimension names.
 */
import {
  attributeText,
  type DataDimension,
  type DataFile,
  type DataVariable,
  hasDefaultFill,
  isNumericType,
  product,
} from '../formats/dataFile.ts';
import { decoderOf } from './decode.ts';
import {
  isTrajectoryName,
  isVerticalOrStacked,
  type Role,
  roleFromAttributes,
  roleFromName,
} from './roles.ts';
import { type TimeAxis, timeAxisOf } from './timeAxis.ts';

export interface Axis {
  readonly dimension: DataDimension;
  readonly role: Role;
  readonly coordinate: DataVariable | null;
  readonly units: string;
  /** Decoded coordinate values, NaN where missing; null where the dimension has none. */
  readonly values: Float64Array | null;
}

export interface Grid {
  readonly variable: DataVariable;
  readonly axes: readonly Axis[];
  /** Places of the dimensions in the variable's shape; null where there is none. */
  readonly time: number | null;
  readonly y: number | null;
  readonly x: number | null;
  readonly trajectory: number | null;
  readonly timeAxis: TimeAxis | null;
  readonly height: number;
  readonly width: number;
  /** Degrees by row and by column, null unless rows are latitudes and columns longitudes. */
  readonly latitudes: Float64Array | null;
  readonly longitudes: Float64Array | null;
  /** Coordinates of single cells, [row, column], where the grid is curvilinear. */
  readonly curvilinear: { latitude: DataVariable; longitude: DataVariable } | null;
}

/** Coordinates longer than this are not loaded: no axis of a map or a series is. */
const longestCoordinate = 8_000_000;
/** Without a coordinate times are counted, up to so many: hours of a century. */
const mostCounted = 1_000_000;
const loaded = new WeakMap<DataVariable, Promise<Float64Array>>();

/** All decoded values of a coordinate variable in float64, read once per open file. */
export function coordinateValues(file: DataFile, variable: DataVariable): Promise<Float64Array> {
  let values = loaded.get(variable);
  if (!values) {
    values = file
      .read(
        variable,
        variable.shape.map(() => 0),
        variable.shape,
      )
      .then((raw) => decoderOf(variable, hasDefaultFill(file)).decode(raw, new Float64Array(raw.length)));
    loaded.set(variable, values);
  }
  return values;
}

const isReadableNumber = (variable: DataVariable) =>
  isNumericType(variable.type) && variable.unreadable === undefined;

/** Names in a `coordinates` attribute as variables, looked up from the variable's group to the root. */
export function listedVariables(file: DataFile, variable: DataVariable, attribute: string): DataVariable[] {
  const groups = variable.path.split('/').slice(0, -1);
  return attributeText(variable.attributes, attribute)
    .split(/\s+/)
    .filter((name) => name !== '' && !name.endsWith(':'))
    .flatMap((name) => {
      for (let depth = groups.length; depth >= 0; depth--) {
        const path = [...groups.slice(0, depth), name].join('/');
        const found = file.variables.find((candidate) => candidate.path === path);
        if (found) return [found];
      }
      return [];
    });
}

function ownCoordinate(file: DataFile, dim: DataDimension): DataVariable | null {
  return (
    file.variables.find(
      (candidate) =>
        candidate.path === dim.path && candidate.shape.length === 1 && candidate.dims[0]!.path === dim.path,
    ) ?? null
  );
}

/** A coordinate along one dimension under another name, e.g. time(record) or lat(ny). */
function auxiliaryCoordinate(file: DataFile, variable: DataVariable, dim: DataDimension) {
  const candidates = [...listedVariables(file, variable, 'coordinates'), ...file.variables].filter(
    (candidate) =>
      candidate !== variable &&
      candidate.shape.length === 1 &&
      candidate.dims[0]!.path === dim.path &&
      isReadableNumber(candidate),
  );
  const roles = candidates.map((candidate) => roleFromAttributes(candidate.attributes));
  // Latitude and longitude along one dimension: a list of stations, not an axis of a map.
  if (roles.includes('latitude') && roles.includes('longitude'))
    return { role: 'other' as const, found: null };
  const exact = candidates.findIndex((c) => attributeText(c.attributes, 'standard_name') === 'time');
  const place = exact >= 0 ? exact : roles.findIndex((role) => role !== null && role !== 'other');
  return place < 0 ? null : { role: roles[place]!, found: candidates[place]! };
}

/**
 * Whether a dimension counts trajectories: by its name, or by a variable along it with `cf_role` "trajectory_id"
 * (CF conventions 1.11, section 9.5). Only beside time, rows and columns: elsewhere "sample" or "run" is anything.
 */
function countsTrajectories(file: DataFile, variable: DataVariable, dim: DataDimension): boolean {
  if (variable.dims.length < 4) return false;
  const isIdentifier = (candidate: DataVariable) =>
    candidate.dims[0]?.path === dim.path &&
    attributeText(candidate.attributes, 'cf_role') === 'trajectory_id';
  return isTrajectoryName(dim.name) || file.variables.some(isIdentifier);
}

async function axisOf(file: DataFile, variable: DataVariable, dim: DataDimension): Promise<Axis> {
  const own = ownCoordinate(file, dim);
  const auxiliary = own ? null : auxiliaryCoordinate(file, variable, dim);
  const coordinate = own ?? auxiliary?.found ?? null;
  const stacked = isVerticalOrStacked(dim.name, coordinate?.attributes);
  const named = stacked ? 'other' : (roleFromName(dim.name) ?? 'other');
  const stated = own ? roleFromAttributes(own.attributes) : null;
  const repeats = stated === null && countsTrajectories(file, variable, dim);
  const role = repeats ? 'trajectory' : (stated ?? auxiliary?.role ?? named);
  const readable = coordinate && isReadableNumber(coordinate) && dim.size <= longestCoordinate;
  const units = coordinate ? attributeText(coordinate.attributes, 'units') : '';
  // A name alone makes no degrees: without coordinates "lat" is just the rows.
  const geographic = role === 'latitude' || role === 'longitude';
  const finalRole = geographic && !readable ? (role === 'latitude' ? 'y' : 'x') : role;
  return {
    dimension: dim,
    role: finalRole,
    coordinate,
    units,
    values: readable ? await coordinateValues(file, coordinate) : null,
  };
}

const isY = (role: Role) => role === 'y' || role === 'latitude';
const isX = (role: Role) => role === 'x' || role === 'longitude';

function findCurvilinear(file: DataFile, variable: DataVariable) {
  const paths = variable.dims.map((dim) => dim.path);
  const candidates = [...listedVariables(file, variable, 'coordinates'), ...file.variables].filter(
    (candidate) =>
      candidate.shape.length === 2 &&
      isReadableNumber(candidate) &&
      product(candidate.shape) <= longestCoordinate &&
      candidate.dims.every((dim) => paths.includes(dim.path)),
  );
  const find = (role: Role) => candidates.find((c) => roleFromAttributes(c.attributes) === role);
  const [latitude, longitude] = [find('latitude'), find('longitude')];
  if (!latitude || !longitude || latitude === variable || longitude === variable) return null;
  const same = latitude.dims.every((dim, i) => dim.path === longitude.dims[i]!.path);
  if (!same) return null;
  return {
    latitude,
    longitude,
    y: paths.indexOf(latitude.dims[0]!.path),
    x: paths.indexOf(latitude.dims[1]!.path),
  };
}

/** Gives every dimension its role; dimensions that nothing tells about are rows and columns by position. */
function settle(axes: Axis[], curvilinear: ReturnType<typeof findCurvilinear>): void {
  const assign = (place: number, role: Role) => {
    axes[place] = { ...axes[place]!, role };
  };
  if (!axes.some((axis) => axis.role === 'time')) {
    const place = axes.findIndex((axis, i) => i === 0 && axis.role === 'other' && axis.dimension.unlimited);
    if (place >= 0) assign(place, 'time');
  }
  // The first of each kind counts; a second time or row dimension is like any other.
  const seen = { time: false, trajectory: false, y: false, x: false };
  for (const [i, axis] of axes.entries()) {
    const { role } = axis;
    const kind = role === 'time' || role === 'trajectory' ? role : isY(role) ? 'y' : isX(role) ? 'x' : null;
    if (kind === null) continue;
    if (seen[kind]) assign(i, 'other');
    seen[kind] = true;
  }
  const degrees = axes.some((axis) => axis.role === 'latitude' || axis.role === 'longitude');
  if (curvilinear && curvilinear.y !== curvilinear.x && !degrees) {
    for (const [i, axis] of axes.entries()) if (isY(axis.role) || isX(axis.role)) assign(i, 'other');
    assign(curvilinear.y, 'y');
    assign(curvilinear.x, 'x');
    return;
  }
  const free = () =>
    axes.findLastIndex(
      (axis) =>
        axis.role === 'other' && !isVerticalOrStacked(axis.dimension.name, axis.coordinate?.attributes),
    );
  for (const kind of ['x', 'y'] as const) {
    if (axes.some((axis) => (kind === 'x' ? isX : isY)(axis.role))) continue;
    const place = free();
    if (place >= 0) assign(place, kind);
  }
}

/** Null where so many times are claimed without a coordinate that they cannot be counted, as in a damaged header. */
async function timeOf(axis: Axis): Promise<TimeAxis | null> {
  if (axis.values === null) {
    const { size } = axis.dimension;
    if (size > mostCounted) return null;
    return timeAxisOf(
      Float64Array.from({ length: size }, (_, i) => i),
      '',
      '',
    );
  }
  const calendar = axis.coordinate ? attributeText(axis.coordinate.attributes, 'calendar') : '';
  return timeAxisOf(axis.values, axis.units, calendar);
}

/** The grid of a variable. Throws where time units or the coordinates themselves cannot be read. */
export async function gridOf(file: DataFile, variable: DataVariable): Promise<Grid> {
  const axes: Axis[] = [];
  for (const dim of variable.dims) axes.push(await axisOf(file, variable, dim));
  const curvilinear = findCurvilinear(file, variable);
  settle(axes, curvilinear);
  const place = (test: (role: Role) => boolean) => {
    const found = axes.findIndex((axis) => test(axis.role));
    return found < 0 ? null : found;
  };
  const [time, y, x] = [place((role) => role === 'time'), place(isY), place(isX)];
  const onSphere = y !== null && x !== null && axes[y]!.role === 'latitude' && axes[x]!.role === 'longitude';
  const usesCurvilinear = curvilinear !== null && !onSphere && curvilinear.y === y && curvilinear.x === x;
  return {
    variable,
    axes,
    time,
    y,
    x,
    trajectory: place((role) => role === 'trajectory'),
    timeAxis: time === null ? null : await timeOf(axes[time]!),
    height: y === null ? 1 : variable.shape[y]!,
    width: x === null ? 1 : variable.shape[x]!,
    latitudes: onSphere ? axes[y]!.values : null,
    longitudes: onSphere ? axes[x]!.values : null,
    curvilinear: usesCurvilinear
      ? { latitude: curvilinear.latitude, longitude: curvilinear.longitude }
      : null,
  };
}
