/** Puts the times of many files on one axis, and tells which of them overlap. */
import { DriftcastError } from '#shared/errors.ts';
import { calendarAxis, labelOf, type TimeAxis, timeAxisOf } from '../cf/timeAxis.ts';
import type { DataVariable } from '../formats/dataFile.ts';
import type { Member } from './headers.ts';
import { shortLabel, usualStep } from './words.ts';

/** Times of one member, and where they lie on the joined axis. */
export interface Piece {
  readonly member: Member;
  readonly first: number;
  readonly count: number;
}

export interface JoinedTimes {
  readonly axis: TimeAxis;
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  /** All members by their first times. */
  readonly borders: readonly Piece[];
}

/** Whether a variable of a member lies over its times and at least one direction in space. */
export const isGridVariable = (member: Member) => (variable: DataVariable) => {
  const { time, rows, columns } = member.layout;
  const paths = variable.dims.map((dim) => dim.path);
  return time !== null && paths.includes(time) && paths.some((path) => path === rows || path === columns);
};

const isOverTime = (member: Member, { dims }: DataVariable) =>
  dims.some((dim) => dim.path === member.layout.time);

function axisOfTimes(values: readonly number[], like: TimeAxis, notes: readonly string[]): TimeAxis {
  if (like.calendar === null) return { ...timeAxisOf(values, like.units, ''), notes };
  return calendarAxis(values, like.calendar, notes);
}

function refuseDisorder({ name, times }: Member): void {
  const { values } = times!;
  const at = values.findIndex((value, i) => !Number.isFinite(value) || (i > 0 && value <= values[i - 1]!));
  if (at < 0) return;
  const why = Number.isFinite(values[at])
    ? `${labelOf(times!, values[at - 1]!)} is followed by ${labelOf(times!, values[at]!)}`
    : `there is none at index ${at}`;
  throw new DriftcastError(
    'conflict',
    `${name} cannot be joined with other files: its times do not increase (${why}).`,
    'Leave this file out, or sort its times.',
  );
}

function refuseOverlaps(pieces: readonly Piece[], axis: TimeAxis, variable: string): void {
  const step = usualStep(axis.values);
  const day = (index: number) => shortLabel(axis, axis.values[index]!, step);
  const pairs: string[] = [];
  let [reach, holder] = [-1, pieces[0]!];
  for (const piece of pieces) {
    if (piece.first <= reach) {
      const last = Math.min(reach, piece.first + piece.count - 1);
      const span = last === piece.first ? day(last) : `${day(piece.first)} to ${day(last)}`;
      pairs.push(`${holder.member.name} and ${piece.member.name} both hold ${variable} at ${span}`);
    }
    if (piece.first + piece.count - 1 > reach) [reach, holder] = [piece.first + piece.count - 1, piece];
  }
  if (pairs.length === 0) return;
  const more = pairs.length > 3 ? `; so do ${pairs.length - 3} other pairs of files` : '';
  throw new DriftcastError(
    'conflict',
    `The files overlap: ${pairs.slice(0, 3).join('; ')}${more}.`,
    'Leave one of each pair out, or cut them so that every time occurs once.',
  );
}

/**
 * Joins members on one grid. Files with different variables may share times; two that hold the same one may not.
 * Throws `conflict`.
 */
export function joinTimes(members: readonly Member[]): JoinedTimes {
  for (const member of members) refuseDisorder(member);
  const notes = [...new Set(members.flatMap(({ times }) => times!.notes))];
  const all = members.flatMap(({ times }) => times!.values).sort((a, b) => a - b);
  const values = all.filter((value, i) => i === 0 || value !== all[i - 1]);
  const axis = axisOfTimes(values, members[0]!.times!, notes);
  const indices = new Map(values.map((value, i) => [value, i]));
  const borders = members
    .map((member): Piece => {
      const own = member.times!.values;
      return { member, first: indices.get(own[0] ?? Number.NaN) ?? 0, count: own.length };
    })
    .filter(({ count }) => count > 0)
    .sort((a, b) => a.first - b.first);
  const pieces = new Map<string, Piece[]>();
  for (const piece of borders) {
    for (const variable of piece.member.layout.variables) {
      if (!isOverTime(piece.member, variable)) continue;
      const known = pieces.get(variable.path);
      if (known) known.push(piece);
      else pieces.set(variable.path, [piece]);
    }
  }
  for (const { member, first, count } of borders) {
    for (const variable of member.layout.variables.filter(isGridVariable(member))) {
      const own = pieces.get(variable.path)!;
      if (own[0]!.member === member) refuseOverlaps(own, axis, variable.path);
    }
    const last = member.times!.values[count - 1]!;
    if (values[first + count - 1] !== last) {
      const other = borders.find(
        (piece) => piece.member !== member && piece.first > first && piece.first < first + count,
      );
      throw new DriftcastError(
        'conflict',
        `The times of ${member.name} and ${other?.member.name ?? 'another file'} interleave, so they cannot follow each other.`,
        'Merge these two files into one, or leave one of them out.',
      );
    }
  }
  return { axis, pieces, borders };
}
