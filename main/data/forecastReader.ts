/**
 * Reads ensemble forecasts back, slab by slab: our own, and other programs' files with a member and a lead
 * dimension. Dimensions are recognised by name, standard name and what is left, as for any other file.
 */
import { DriftcastError } from '#shared/errors.ts';
import { looksLikeTimeUnits } from '#shared/time/units.ts';
import { decoderOf } from './cf/decode.ts';
import { coordinateValues, type Grid, gridOf } from './cf/grid.ts';
import type { Run } from './cf/slab.ts';
import { labelOf, type TimeAxis, timeAxisOf } from './cf/timeAxis.ts';
import { trajectoryLabel } from './cf/trajectoryLine.ts';
import {
  attributeText,
  type DataFile,
  type DataVariable,
  hasDefaultFill,
  isNumericType,
  product,
} from './formats/dataFile.ts';
import { openDataFile } from './formats/registry.ts';

export type ForecastPart = 'member' | 'truth';

/** A part of the grid. */
export interface ForecastWindow {
  readonly rows: Run;
  readonly columns: Run;
}

export interface ForecastReader {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly variable: string;
  readonly units: string;
  readonly longName: string;
  readonly members: number;
  /** In data steps, or whatever the file counts leads in. */
  readonly leads: readonly number[];
  /** One entry a start; labels are '' where the file has no times, and only forecasts of trajectories have one. */
  readonly starts: readonly {
    readonly date: string;
    readonly validDates: readonly string[];
    readonly trajectory?: number;
  }[];
  /** Valid times by start and lead as the file's time axis has them; null where it has none. */
  readonly validTimes: readonly (readonly number[])[] | null;
  readonly calendar: TimeAxis['calendar'];
  readonly height: number;
  readonly width: number;
  readonly latitudes: number[] | null;
  readonly longitudes: number[] | null;
  /** What the field holds for along dimensions that it does not have, such as one depth: its scalar coordinates. */
  readonly scalars: readonly {
    readonly name: string;
    readonly standardName: string;
    readonly value: number;
  }[];
  readonly hasTruth: boolean;
  /**
   * [members, height, width] or, for the truth, [height, width], of the whole grid or of a part; NaN where missing.
   * Throws `bad-input` and what the file throws.
   */
  read(start: number, lead: number, part: ForecastPart, window?: ForecastWindow): Promise<Float32Array>;
  close(): Promise<void>;
}

const patterns = {
  member: /^(member|members|realization|realisation|number|ens|ensemble|ensemble_member|sample)$/i,
  lead: /^(lead|leads|lead_time|leadtime|step|forecast_period|prediction_timedelta|tau)$/i,
  start: /^(start|starts|initial_time|init_time|init|forecast_reference_time|reference_time|case)$/i,
} as const;

type Special = keyof typeof patterns;

interface Layout {
  readonly variable: DataVariable;
  /** Places in the variable's shape. */
  readonly member: number | null;
  readonly lead: number;
  readonly start: number | null;
  readonly rows: number;
  readonly columns: number;
  readonly grid: Grid;
}

function placeOf(variable: DataVariable, which: Special): number | null {
  const place = variable.dims.findIndex((dim) => patterns[which].test(dim.name));
  return place < 0 ? null : place;
}

function badLayout(file: DataFile, why: string): DriftcastError {
  return new DriftcastError(
    'bad-input',
    `${file.name} is not a forecast that Driftcast can read: ${why}.`,
    'A forecast has the dimensions member and lead and two in space, and optionally start before them.',
  );
}

async function layoutOf(file: DataFile, variable: DataVariable): Promise<Layout | null> {
  const [member, lead, start] = [
    placeOf(variable, 'member'),
    placeOf(variable, 'lead'),
    placeOf(variable, 'start'),
  ];
  const special = [member, lead, start];
  const space = variable.dims.map((_, place) => place).filter((place) => !special.includes(place));
  if (lead === null || space.length !== 2 || !isNumericType(variable.type)) return null;
  const grid = await gridOf(file, variable);
  const known = space.includes(grid.y ?? -1) && space.includes(grid.x ?? -1);
  const [rows, columns] = known ? [grid.y!, grid.x!] : [space[0]!, space[1]!];
  return { variable, member, lead, start, rows, columns, grid };
}

async function findForecast(file: DataFile, name: string | undefined): Promise<Layout> {
  const wanted = file.variables.filter((variable) => name === undefined || variable.path === name);
  if (name !== undefined && wanted.length === 0) throw badLayout(file, `it has no variable "${name}"`);
  for (const variable of wanted) {
    const layout = await layoutOf(file, variable);
    if (layout && layout.member !== null) return layout;
  }
  throw badLayout(file, 'no variable has the dimensions member and lead and two in space');
}

/** The times that belong to dimensions: a coordinate with the given standard name along exactly these. */
function findTimes(
  file: DataFile,
  standardName: string,
  ownName: string,
  names: RegExp,
  paths: readonly string[],
) {
  const fits = (variable: DataVariable) =>
    variable.dims.length === paths.length &&
    paths.every((path) => variable.dims.some((dim) => dim.path === path));
  const candidates = file.variables.filter((variable) => fits(variable) && isNumericType(variable.type));
  const hasName = (variable: DataVariable) =>
    attributeText(variable.attributes, 'standard_name') === standardName;
  return (
    candidates.find(hasName) ??
    candidates.find((variable) => {
      const leaf = variable.path.slice(variable.path.lastIndexOf('/') + 1);
      return names.test(leaf) && looksLikeTimeUnits(attributeText(variable.attributes, 'units'));
    }) ??
    // Times without dates, as our own files have them.
    candidates.find(({ path }) => path === ownName)
  );
}

async function timesOf(file: DataFile, variable: DataVariable | undefined): Promise<TimeAxis | null> {
  if (!variable) return null;
  const values = await coordinateValues(file, variable);
  const text = (name: string) => attributeText(variable.attributes, name);
  return timeAxisOf(values, text('units'), text('calendar'));
}

async function leadsOf(file: DataFile, layout: Layout): Promise<number[]> {
  const axis = layout.grid.axes[layout.lead]!;
  const own = file.variables.find((variable) => variable.path === axis.dimension.path);
  if (own && own.shape.length === 1) return [...(await coordinateValues(file, own))];
  return Array.from({ length: axis.dimension.size }, (_, i) => i + 1);
}

/** Scalar coordinates that a variable names. Source: CF conventions 1.11, section 5.7. */
async function scalarsOf(file: DataFile, variable: DataVariable): Promise<ForecastReader['scalars']> {
  const named = attributeText(variable.attributes, 'coordinates').split(/\s+/);
  const scalars = file.variables.filter(
    ({ path, dims, type }) => named.includes(path) && dims.length === 0 && isNumericType(type),
  );
  return Promise.all(
    scalars.map(async (scalar) => ({
      name: scalar.path,
      standardName: attributeText(scalar.attributes, 'standard_name'),
      value: (await coordinateValues(file, scalar))[0]!,
    })),
  );
}

/** Number of the trajectory of each start; null where the file names none. */
async function trajectoriesOf(file: DataFile, startPaths: readonly string[]): Promise<number[] | null> {
  const found = file.variables.find(
    ({ path, dims, type }) =>
      path === 'trajectory' &&
      isNumericType(type) &&
      dims.length === startPaths.length &&
      dims.every((dim, i) => dim.path === startPaths[i]),
  );
  return found ? [...(await coordinateValues(file, found))] : null;
}

/** Values of one start and lead as [member, row, column], whatever the order in the file. */
async function readBlock(
  file: DataFile,
  layout: Layout,
  start: number,
  lead: number,
  window: ForecastWindow | undefined,
): Promise<Float32Array> {
  const { variable, member, rows, columns } = layout;
  const runs = variable.shape.map((size, place): Run => {
    if (place === layout.lead) return { first: lead, count: 1 };
    if (place === layout.start) return { first: start, count: 1 };
    const part = place === rows ? window?.rows : place === columns ? window?.columns : undefined;
    return part ?? { first: 0, count: size };
  });
  const first = runs.map((run) => run.first);
  const count = runs.map((run) => run.count);
  const raw = await file.read(variable, first, count);
  const decoded = decoderOf(variable, hasDefaultFill(file)).decode(raw, new Float32Array(raw.length));
  const order = [...(member === null ? [] : [member]), rows, columns];
  if (order.every((place, i) => i === 0 || order[i - 1]! < place)) return decoded;
  const stride = (place: number) => product(count.slice(place + 1));
  const members = member === null ? 1 : count[member]!;
  const out = new Float32Array(decoded.length);
  let at = 0;
  for (let m = 0; m < members; m++) {
    for (let y = 0; y < count[rows]!; y++) {
      for (let x = 0; x < count[columns]!; x++) {
        const base = member === null ? 0 : m * stride(member);
        out[at++] = decoded[base + y * stride(rows) + x * stride(columns)]!;
      }
    }
  }
  return out;
}

function checkIndex(what: string, index: number, size: number): void {
  if (Number.isInteger(index) && index >= 0 && index < size) return;
  throw new DriftcastError(
    'bad-input',
    `The forecast has no ${what} with index ${index}.`,
    `Choose an index from 0 to ${size - 1}.`,
  );
}

/** Opens a forecast file. `variable`: which field, the first one with members if not given. Throws `bad-input` and what files throw. */
export async function openForecast(path: string, variable?: string): Promise<ForecastReader> {
  const file = await openDataFile(path);
  try {
    return await describe(file, variable);
  } catch (error) {
    await file.close();
    throw error;
  }
}

async function describe(file: DataFile, name: string | undefined): Promise<ForecastReader> {
  const layout = await findForecast(file, name);
  const { variable, grid } = layout;
  const dimPath = (place: number) => variable.dims[place]!.path;
  const truthVariable = file.variables.find((other) => other.path === `${variable.path}_truth`);
  const truth = truthVariable ? await layoutOf(file, truthVariable) : null;
  const leads = await leadsOf(file, layout);
  const startPaths = layout.start === null ? [] : [dimPath(layout.start)];
  const valid = await timesOf(
    file,
    findTimes(file, 'time', 'valid_time', /^(valid_time|time)$/i, [...startPaths, dimPath(layout.lead)]),
  );
  const initial = await timesOf(
    file,
    findTimes(
      file,
      'forecast_reference_time',
      'initial_time',
      /^(initial_time|init_time|start|time)$/i,
      startPaths,
    ),
  );
  const trajectories = await trajectoriesOf(file, startPaths);
  const labelAt = (axis: TimeAxis, value: number, start: number) => {
    const label = labelOf(axis, value);
    return trajectories ? trajectoryLabel(trajectories[start]!, label) : label;
  };
  const startCount = layout.start === null ? 1 : variable.shape[layout.start]!;
  const slice = (start: number) => valid?.values.slice(start * leads.length, (start + 1) * leads.length);
  const degrees = (place: number, role: string) =>
    grid.axes[place]!.role === role ? [...(grid.axes[place]!.values ?? [])] : null;
  return {
    name: file.name,
    attributes: Object.fromEntries(
      [...file.attributes.keys()].map((key) => [key, attributeText(file.attributes, key)]),
    ),
    variable: variable.path,
    units: attributeText(variable.attributes, 'units'),
    longName: attributeText(variable.attributes, 'long_name'),
    members: variable.shape[layout.member!]!,
    leads,
    starts: Array.from({ length: startCount }, (_, start) => ({
      date: initial ? labelAt(initial, initial.values[start]!, start) : '',
      validDates: slice(start)?.map((value) => labelAt(valid!, value, start)) ?? leads.map(() => ''),
      ...(trajectories ? { trajectory: trajectories[start]! } : {}),
    })),
    validTimes: valid && Array.from({ length: startCount }, (_, start) => slice(start)!),
    calendar: valid?.calendar ?? null,
    height: variable.shape[layout.rows]!,
    width: variable.shape[layout.columns]!,
    latitudes: degrees(layout.rows, 'latitude'),
    longitudes: degrees(layout.columns, 'longitude'),
    scalars: await scalarsOf(file, variable),
    hasTruth: truth !== null,
    async read(start, lead, part, window) {
      checkIndex('start', start, startCount);
      checkIndex('lead', lead, leads.length);
      if (part === 'member') return readBlock(file, layout, start, lead, window);
      if (truth) return readBlock(file, truth, start, lead, window);
      throw new DriftcastError(
        'not-found',
        `${file.name} holds no truth for ${variable.path}.`,
        'Name a file with the observed values.',
      );
    },
    close: () => file.close(),
  };
}
