/**
 * The variables of a series: those of its files, with all times, and with all groups side by side. Where files pack a
 * quantity differently or state it in other units, values are decoded file by file.
 */

import { fromMillis } from '#shared/time/dates.ts';
import { parseTimeUnits } from '#shared/time/units.ts';
import {
  type Attributes,
  attributeText,
  type DataAttribute,
  type DataDimension,
  type DataVariable,
  isNumericType,
  type NumericType,
} from '../formats/dataFile.ts';
import { type Conversion, conversionOf } from './conversions.ts';
import type { Member } from './headers.ts';
import { encodingAttributes, type Layout } from './layout.ts';
import type { Group, SeriesPlan } from './plan.ts';
import { countFiles, listed } from './words.ts';

/** How a variable of the series is made of those of its files. */
export interface Recipe {
  readonly variable: DataVariable;
  /** Place of the times in the members' own dimensions, null where there are none. */
  readonly time: number | null;
  /** Whether the first dimension counts groups (and the trajectories in them). */
  readonly beside: boolean;
  /** Whether the members' first dimension is that of their trajectories. */
  readonly repeated: boolean;
  /** Null: values are handed on as stored; else decoded, then converted as the layout of their file needs. */
  readonly conversions: ReadonlyMap<Layout, Conversion> | null;
}

interface Definition {
  readonly variable: DataVariable;
  readonly member: Member;
}

const text = (attributes: Attributes, name: string) => JSON.stringify(attributes.get(name) ?? null);

const isPackedAlike = (a: DataVariable, b: DataVariable) =>
  a.type === b.type &&
  encodingAttributes.every((name) => text(a.attributes, name) === text(b.attributes, name));

const wideTypes = new Set(['float64', 'int32', 'uint32', 'int64', 'uint64']);

/** Every definition of a variable, one a layout, that of the first member first. */
function definitionsOf(groups: readonly Group[]): Map<string, Definition[]> {
  const found = new Map<string, Definition[]>();
  const seen = new Set<Layout>();
  for (const member of groups.flatMap(({ members }) => members)) {
    if (seen.has(member.layout)) continue;
    seen.add(member.layout);
    for (const variable of member.layout.variables) {
      const known = found.get(variable.path);
      if (known) known.push({ variable, member });
      else found.set(variable.path, [{ variable, member }]);
    }
  }
  return found;
}

/** Dimensions without those that grow when files are joined, as text. */
function ownShape({ variable, member }: Definition): string {
  const { time, trajectory } = member.layout;
  return variable.dims
    .map(({ path, size }) => (path === time || path === trajectory ? path : `${path} ${size}`))
    .join(' × ');
}

/** Why definitions do not make one variable, as the end of a sentence about it; null where they do. */
function disagreement(definitions: readonly Definition[]): string | null {
  const first = definitions[0]!;
  for (const other of definitions.slice(1)) {
    const [a, b] = [ownShape(first), ownShape(other)];
    if (a !== b)
      return `has the dimensions ${b || 'of a single value'} in ${other.member.name} and ${a || 'of a single value'} in ${first.member.name}, so it cannot be joined`;
    if (isNumericType(first.variable.type) !== isNumericType(other.variable.type))
      return `holds values of type ${other.variable.type} in ${other.member.name} and ${first.variable.type} in ${first.member.name}, so it cannot be joined`;
    const units = [first, other].map(({ variable }) => attributeText(variable.attributes, 'units'));
    if (conversionOf(units[1]!, units[0]!) === null)
      return `is in ${units[1] || 'no units'} in ${other.member.name} and in ${units[0] || 'no units'} in ${first.member.name}, so it cannot be joined`;
  }
  return definitions.find(({ variable }) => variable.unreadable !== undefined)?.variable.unreadable ?? null;
}

const attribute = (type: string, value: string | number[]): DataAttribute => ({ type, value });

/** Attributes of decoded values: those of the first file without its packing. */
function unpacked(attributes: Attributes): Attributes {
  const kept = [...attributes].filter(([name]) => name === 'units' || !encodingAttributes.includes(name));
  return new Map([...kept, ['_FillValue', attribute('float32', [Number.NaN])]]);
}

/** Whether some times or groups have no values, which the stored type may be unable to say. */
function hasHoles(plan: SeriesPlan, path: string, time: number | null): boolean {
  return plan.groups.some(({ pieces, members }) => {
    if (time === null) return !members.some(({ layout }) => layout.variables.some((v) => v.path === path));
    const held = pieces.get(path)?.reduce((sum, { count }) => sum + count, 0) ?? 0;
    return held < plan.axis.values.length;
  });
}

/** The bounds of times are in their file's own units, which the times of the series are not. */
const boundsTimes = ({ layout }: Member, path: string) =>
  ['bounds', 'climatology'].some((name) =>
    text(layout.timeVariable?.attributes ?? new Map(), name).includes(`"${path}"`),
  );

function decodedType(definitions: readonly Definition[]): NumericType {
  return definitions.some(({ variable }) => wideTypes.has(variable.type)) ? 'float64' : 'float32';
}

function conversionsTo(variable: DataVariable, definitions: readonly Definition[]): Map<Layout, Conversion> {
  const units = attributeText(variable.attributes, 'units');
  return new Map(
    definitions.map((other) => [
      other.member.layout,
      conversionOf(attributeText(other.variable.attributes, 'units'), units)!,
    ]),
  );
}

/** What a person should know about a variable's files: other units, and times or places without it. */
function notesOn(path: string, definitions: readonly Definition[], members: readonly Member[]): string[] {
  const units = definitions.map(({ variable }) => attributeText(variable.attributes, 'units'));
  const odd = definitions.find((_, i) => {
    const { scale, offset } = conversionOf(units[i]!, units[0]!)!;
    return scale !== 1 || offset !== 0;
  });
  const own = odd ? attributeText(odd.variable.attributes, 'units') : '';
  const converted = odd
    ? [
        `${path} is in ${own} in ${odd.member.name} and in ${units[0]} elsewhere; all of it is shown in ${units[0]}.`,
      ]
    : [];
  const without = members.filter(({ layout }) => !layout.variables.some((other) => other.path === path));
  const gone = `${path} is missing in ${countFiles(without.length)} of ${members.length} (${listed(without.map(({ name }) => name))}); there its values count as missing.`;
  return without.length > 0 ? [...converted, gone] : converted;
}

class SeriesShape {
  readonly members: readonly Member[];
  /** The dimension of groups side by side. */
  readonly beside: DataDimension | null;
  readonly samePlaces: boolean;

  constructor(private readonly plan: SeriesPlan) {
    const { groups, beside: name } = plan;
    this.members = groups.flatMap((group) => group.members);
    const size = groups.reduce((sum, { repeats }) => sum + (repeats ?? 1), 0);
    this.beside = name === null ? null : { name: leaf(name), path: name, size, unlimited: false };
    this.samePlaces = this.members.every(({ places }) => places === this.members[0]!.places);
  }

  /** Null for what a series does not have: coordinates that differ between groups, bounds of single files. */
  recipe(path: string, definitions: readonly Definition[]): Recipe | null {
    const { variable, member } = definitions[0]!;
    const { time: timePath, timeVariable, trajectory, places } = member.layout;
    const place = variable.dims.findIndex((dim) => dim.path === timePath);
    const time = place < 0 ? null : place;
    const isPlace = places.includes(path);
    if (path === timeVariable?.path || (time !== null && boundsTimes(member, path))) return null;
    if (this.beside && isPlace && !this.samePlaces) return null;
    const repeats = trajectory !== null && variable.dims[0]?.path === trajectory;
    const beside = this.beside !== null && !isPlace && (repeats || variable.dims.length > 1);
    const repeated = beside && repeats;
    const inner = variable.dims
      .slice(repeated ? 1 : 0)
      .map((dim) => (dim.path === timePath ? { ...dim, size: this.plan.axis.values.length } : dim));
    const dims = beside ? [this.beside!, ...inner] : inner;
    const unreadable = disagreement(definitions);
    const decoded = unreadable === null && this.mustDecode(path, definitions, time);
    return {
      variable: {
        path,
        dims,
        shape: dims.map(({ size }) => size),
        type: decoded ? decodedType(definitions) : variable.type,
        attributes: decoded ? unpacked(variable.attributes) : variable.attributes,
        chunks: variable.chunks && (beside && !repeated ? [1, ...variable.chunks] : variable.chunks),
        ...(unreadable === null ? {} : { unreadable }),
      },
      time,
      beside,
      repeated,
      conversions: decoded ? conversionsTo(variable, definitions) : null,
    };
  }

  private mustDecode(path: string, definitions: readonly Definition[], time: number | null): boolean {
    const { type, attributes } = definitions[0]!.variable;
    if (!isNumericType(type)) return false;
    const alike = definitions.every(({ variable }) => isPackedAlike(definitions[0]!.variable, variable));
    const hasFill = attributes.has('_FillValue') || attributes.has('missing_value');
    return !alike || (!hasFill && hasHoles(this.plan, path, time));
  }

  /** The times, in the units of the first file. */
  times(): { variable: DataVariable; values: Float64Array } | null {
    const { layout } = this.members[0]!;
    const { axis } = this.plan;
    if (layout.timeVariable === null) return null;
    const { attributes, path } = layout.timeVariable;
    const dim = layout.variables.flatMap(({ dims }) => dims).find((each) => each.path === layout.time)!;
    const size = axis.values.length;
    const units = attributeText(attributes, 'units');
    const values =
      axis.calendar === null
        ? Float64Array.from(axis.values)
        : Float64Array.from(axis.values, (value) =>
            parseTimeUnits(units, axis.calendar!).encode(fromMillis(axis.calendar!, value)),
          );
    // Packing, and what its own file says of its range, do not hold for all of them.
    const kept = [...attributes].filter(([name]) =>
      ['units', 'standard_name', 'long_name', 'axis', 'calendar'].includes(name),
    );
    const variable: DataVariable = {
      path,
      dims: [{ ...dim, size }],
      shape: [size],
      type: 'float64',
      attributes: new Map(kept),
      chunks: null,
    };
    return { variable, values };
  }

  /** Numbers that tell groups apart: those in the names of their files where these differ in nothing else. */
  besideNumbers(): { variable: DataVariable; values: Float64Array } | null {
    const { beside, plan } = this;
    if (!beside || plan.groups.some(({ repeats }) => repeats !== null)) return null;
    const numbers = numbersIn(plan.groups.map(({ members }) => members[0]!.name));
    const variable: DataVariable = {
      path: beside.path,
      dims: [beside],
      shape: [beside.size],
      type: 'float64',
      attributes: new Map([
        ['long_name', attribute('string', 'number of the file')],
        ['cf_role', attribute('string', 'trajectory_id')],
      ]),
      chunks: null,
    };
    return { variable, values: Float64Array.from(numbers ?? plan.groups.map((_, i) => i)) };
  }
}

const leaf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The number that is different in every name, where there is exactly one such place. */
export function numbersIn(names: readonly string[]): number[] | null {
  const parts = names.map((name) => name.split(/(\d+)/));
  if (parts.some((each) => each.length !== parts[0]!.length)) return null;
  const places = parts[0]!.flatMap((_, i) => (new Set(parts.map((each) => each[i])).size > 1 ? [i] : []));
  const numbers = parts.map((each) => Number(each[places[0] ?? 0]));
  const isOne = places.length === 1 && places[0]! % 2 === 1;
  return isOne && new Set(numbers).size === names.length ? numbers : null;
}

export interface SeriesVariables {
  readonly recipes: readonly Recipe[];
  /** Coordinates of the series itself, whose values are known without reading. */
  readonly coordinates: ReadonlyMap<DataVariable, Float64Array>;
  readonly warnings: readonly string[];
}

export function seriesVariables(plan: SeriesPlan): SeriesVariables {
  const shape = new SeriesShape(plan);
  const recipes: Recipe[] = [];
  const warnings: string[] = [];
  for (const [path, definitions] of definitionsOf(plan.groups)) {
    const recipe = shape.recipe(path, definitions);
    if (!recipe) continue;
    recipes.push(recipe);
    const isData = recipe.time !== null && recipe.variable.dims.length > 2;
    if (isData && recipe.variable.unreadable === undefined)
      warnings.push(...notesOn(path, definitions, shape.members));
  }
  const coordinates = [shape.times(), shape.besideNumbers()].filter((found) => found !== null);
  return {
    recipes,
    coordinates: new Map(coordinates.map(({ variable, values }) => [variable, values])),
    warnings,
  };
}
