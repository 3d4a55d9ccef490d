/**
 * Many files as one: a data file whose variables have the times of all of them, read from whichever file holds the
 * block that is asked for. Everything that works on one file works on a series, because it is one.
 */
import type { FileFormat } from '#shared/domain/file.ts';
import { decoderOf } from '../cf/decode.ts';
import {
  type Attributes,
  arrayTypes,
  attributeNumbers,
  checkBlock,
  type DataFile,
  type DataVariable,
  type NumericType,
  product,
  type RawArray,
} from '../formats/dataFile.ts';
import type { Member } from './headers.ts';
import { OpenMembers } from './openMembers.ts';
import type { Group, SeriesPlan } from './plan.ts';
import type { Piece } from './times.ts';
import { type Recipe, seriesVariables } from './variables.ts';

interface Block {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

/** Where a block goes in the array that is being filled. */
interface Target {
  readonly out: RawArray;
  readonly at: number;
}

export interface JoinedParts {
  readonly path: string;
  readonly name: string;
  readonly plan: SeriesPlan;
  /** Of the first file, or what all share. */
  readonly attributes: Attributes;
  /** In the order in which they were given. */
  readonly members: readonly Member[];
  readonly warnings: readonly string[];
}

export class JoinedFile implements DataFile {
  readonly path: string;
  readonly name: string;
  readonly format: FileFormat;
  readonly bytes: number;
  readonly attributes: Attributes;
  readonly variables: readonly DataVariable[];
  readonly warnings: readonly string[];
  readonly joined: NonNullable<DataFile['joined']>;
  private readonly groups: readonly Group[];
  private readonly coordinates: ReadonlyMap<DataVariable, Float64Array>;
  private readonly recipes: ReadonlyMap<DataVariable, Recipe>;
  private readonly open = new OpenMembers();

  constructor({ path, name, plan, attributes, members, warnings }: JoinedParts) {
    this.path = path;
    this.name = name;
    this.attributes = attributes;
    this.groups = plan.groups;
    this.format = plan.groups[0]!.members[0]!.layout.format;
    this.bytes = members.reduce((sum, member) => sum + member.bytes, 0);
    const made = seriesVariables(plan);
    this.coordinates = made.coordinates;
    this.recipes = new Map(made.recipes.map((recipe) => [recipe.variable, recipe]));
    this.variables = [...made.coordinates.keys(), ...this.recipes.keys()];
    this.warnings = [...warnings, ...plan.notes, ...made.warnings];
    this.joined = { words: plan.words, beside: plan.beside, files: members };
  }

  async read(variable: DataVariable, start: readonly number[], count: readonly number[]): Promise<RawArray> {
    checkBlock(this, variable, start, count);
    const known = this.coordinates.get(variable);
    if (known) return known.slice(start[0]!, start[0]! + count[0]!);
    const recipe = this.recipes.get(variable)!;
    const out = missingValues(variable, product(count));
    if (!recipe.beside) {
      await this.readGroup(recipe, this.groups[0]!, { start, count }, { out, at: 0 });
      return out;
    }
    const size = product(count.slice(1));
    for (let i = 0; i < count[0]!; i++) {
      const { group, repeat } = this.groupAt(start[0]! + i);
      const own = recipe.repeated ? [repeat] : [];
      const block = { start: [...own, ...start.slice(1)], count: [...own.map(() => 1), ...count.slice(1)] };
      await this.readGroup(recipe, group, block, { out, at: i * size });
    }
    return out;
  }

  close(): Promise<void> {
    return this.open.close();
  }

  private groupAt(index: number): { group: Group; repeat: number } {
    let rest = index;
    for (const group of this.groups) {
      const size = group.repeats ?? 1;
      if (rest < size) return { group, repeat: rest };
      rest -= size;
    }
    throw new RangeError(`There is no group ${index}.`);
  }

  /** Fills in what the files of a group hold of a block; the rest stays missing. */
  private async readGroup(recipe: Recipe, group: Group, block: Block, { out, at }: Target): Promise<void> {
    const { path } = recipe.variable;
    const { start, count } = block;
    if (recipe.time === null) {
      const holder = group.members.find((member) => member.layout.variables.some((v) => v.path === path));
      if (holder) copyInto(out, at, await this.readMember(recipe, holder, block));
      return;
    }
    const place = recipe.time;
    const [first, end] = [start[place]!, start[place]! + count[place]!];
    const inner = product(count.slice(place + 1));
    const outer = product(count.slice(0, place));
    for (const piece of piecesBetween(group.pieces.get(path) ?? [], first, end)) {
      const from = Math.max(first, piece.first);
      const times = Math.min(end, piece.first + piece.count) - from;
      const values = await this.readMember(recipe, piece.member, {
        start: start.with(place, from - piece.first),
        count: count.with(place, times),
      });
      for (let i = 0; i < outer; i++) {
        const slab = values.subarray(i * times * inner, (i + 1) * times * inner);
        copyInto(out, at + (i * count[place]! + from - first) * inner, slab);
      }
    }
  }

  private readMember(recipe: Recipe, member: Member, { start, count }: Block): Promise<RawArray> {
    return this.open.use(member, async (file) => {
      const variable = file.variables.find((candidate) => candidate.path === recipe.variable.path)!;
      const raw = await file.read(variable, start, count);
      if (recipe.conversions === null) return raw;
      const values = decoderOf(variable, file.format !== 'hdf5').decode(raw, new Float64Array(raw.length));
      const { scale, offset } = recipe.conversions.get(member.layout)!;
      if (scale !== 1 || offset !== 0)
        for (let i = 0; i < values.length; i++) values[i] = values[i]! * scale + offset;
      return values;
    });
  }
}

/** Pieces that touch the times from `first` to `end`; they are in order and do not overlap. */
function* piecesBetween(pieces: readonly Piece[], first: number, end: number): Generator<Piece> {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (pieces[middle]!.first + pieces[middle]!.count <= first) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < pieces.length && pieces[i]!.first < end; i++) yield pieces[i]!;
}

function missingValues(variable: DataVariable, length: number): RawArray {
  const values = new arrayTypes[variable.type as NumericType](length);
  if (values instanceof BigInt64Array || values instanceof BigUint64Array) return values;
  const fill = ['_FillValue', 'missing_value'].flatMap((name) =>
    attributeNumbers(variable.attributes, name),
  )[0];
  return fill === undefined ? values : values.fill(fill);
}

/** Both arrays are of one type, or plain numbers. */
function copyInto(out: RawArray, at: number, values: RawArray): void {
  (out as Float64Array).set(values as Float64Array, at);
}
