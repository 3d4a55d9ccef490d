/** What a series carries along from its source for those who look at it and for files made from it. */
import { type Channel, type Dataset, systems } from '#shared/domain/dataset.ts';
import { coordinateValues, type Grid } from '../cf/grid.ts';
import type { Role } from '../cf/roles.ts';
import { type Run, sliceIndex, type Window } from '../cf/slab.ts';
import { type Attributes, attributeText, type DataFile, type DataVariable } from '../formats/dataFile.ts';
import type { Positions } from './store.ts';

const noAttributes: Attributes = new Map();

export interface SpaceAxis {
  readonly name: string;
  /** Texts alone: units, standard_name, long_name, axis. */
  readonly attributes: Record<string, string>;
  /** Coordinate values of the used rows or columns, also where they are no degrees; null where there are none. */
  readonly values: number[] | null;
}

/** What says of degrees that they are degrees, where the source does not (CF conventions 1.11, sections 4.1 and 4.2). */
const degreeAttributes: Partial<Record<Role, Record<string, string>>> = {
  latitude: { units: 'degrees_north', standard_name: 'latitude', axis: 'Y' },
  longitude: { units: 'degrees_east', standard_name: 'longitude', axis: 'X' },
};

/** A direction in space as the source names it; `runs` are the used rows or columns. */
export function spaceAxis(
  grid: Grid,
  place: number | null,
  fallback: string,
  runs: readonly Run[],
  degrees: number[] | null,
): SpaceAxis {
  const axis = place === null ? undefined : grid.axes[place];
  if (!axis) return { name: fallback, attributes: {}, values: null };
  const names = ['units', 'standard_name', 'long_name', 'axis'];
  const attributes = axis.coordinate?.attributes ?? noAttributes;
  const texts = names.map((name) => [name, attributeText(attributes, name)] as const);
  const all = axis.values;
  const own = all && runs.flatMap((run) => [...all.subarray(run.first, run.first + run.count)]);
  return {
    name: axis.dimension.name,
    attributes: {
      ...degreeAttributes[axis.role],
      ...Object.fromEntries(texts.filter(([, text]) => text !== '')),
    },
    values: degrees ?? (own?.every(Number.isFinite) ? own : null),
  };
}

/** What was chosen of a further dimension, such as a depth: a scalar coordinate of files made from the series. */
export interface SliceValue {
  readonly name: string;
  /** The coordinate's value, or the index where it has none. */
  readonly value: number;
  /** Texts alone. */
  readonly attributes: Record<string, string>;
  /** Of the channels that it holds for. */
  readonly channels: number[];
}

/** The chosen entries of every dimension that is neither time nor space nor made into a series. */
export function sliceValues(
  grids: readonly Grid[],
  slices: Readonly<Record<string, number>>,
  trajectories: number | null,
): SliceValue[] {
  const found = new Map<string, SliceValue>();
  for (const [channel, grid] of grids.entries()) {
    const kept = [grid.time, grid.y, grid.x, ...(trajectories === null ? [] : [grid.trajectory])];
    for (const [place, { dimension, coordinate, values }] of grid.axes.entries()) {
      if (kept.includes(place)) continue;
      const key = dimension.path;
      const known = found.get(key);
      if (known) {
        known.channels.push(channel);
        continue;
      }
      const index = sliceIndex(grid, place, slices);
      const own = values?.[index];
      const names = ['units', 'standard_name', 'long_name', 'axis', 'positive'];
      const texts = names.map((name) => [name, attributeText(coordinate?.attributes ?? noAttributes, name)]);
      const counted = { long_name: `index along ${dimension.name}, counted from 0`, units: '1' };
      found.set(key, {
        name: dimension.name,
        value: own !== undefined && Number.isFinite(own) ? own : index,
        attributes:
          own !== undefined && Number.isFinite(own)
            ? Object.fromEntries(texts.filter(([, text]) => text !== ''))
            : counted,
        channels: [channel],
      });
    }
  }
  return [...found.values()];
}

/** Cuts the region out of the coordinates of a curvilinear grid. */
export async function cellPositions(file: DataFile, grid: Grid, window: Window): Promise<Positions | null> {
  if (grid.curvilinear === null) return null;
  const cut = async (variable: DataVariable) => {
    const all = await coordinateValues(file, variable);
    const rows = Array.from({ length: window.rows.count }, (_, i) => (window.rows.first + i) * grid.width);
    return Float32Array.from(
      rows.flatMap((row) =>
        window.columns.flatMap((run) => [...all.subarray(row + run.first, row + run.first + run.count)]),
      ),
    );
  };
  return {
    latitude: await cut(grid.curvilinear.latitude),
    longitude: await cut(grid.curvilinear.longitude),
  };
}

export function channelOf(grid: Grid): Channel {
  const text = (name: string) => attributeText(grid.variable.attributes, name);
  return {
    name: grid.variable.path,
    longName: text('long_name') || text('standard_name') || grid.variable.path,
    standardName: text('standard_name'),
    units: text('units'),
  };
}

/** The system that a simulated file says it is of; null where it says nothing. */
export function statedSystem(file: DataFile): Dataset['system'] | null {
  const stated = attributeText(file.attributes, 'driftcast_system');
  return systems.find((system) => system === stated) ?? null;
}

/** Which of the systems with a view of its own the channels belong to, by their names. */
export function systemOf(channels: readonly Channel[]): Dataset['system'] {
  const names = channels.map((channel) =>
    channel.name.slice(channel.name.lastIndexOf('/') + 1).toLowerCase(),
  );
  if (channels.length === 1) {
    const { standardName, longName } = channels[0]!;
    const seaSurface = /sea.surface.temperature|surface.temperature/i;
    if (['sst', 'tos', 'analysed_sst'].includes(names[0]!)) return 'sst';
    if (seaSurface.test(standardName) || seaSurface.test(longName)) return 'sst';
  }
  if (names.includes('vx') && names.includes('vy')) return 'navier-stokes';
  if (names.some((name) => /^[pq](_?[xyz])?$/.test(name)) && names.some((name) => name.startsWith('q'))) {
    return 'spring-mesh';
  }
  return 'other';
}
