/**
 * Decides how files become one series: one after the other in time, or side by side as boxes or trajectories with the
 * same times. What does not fit together is refused in words that name files and dates; gaps are told, not hidden.
 */
import { DriftcastError } from '#shared/errors.ts';
import { dayNumber } from '#shared/time/calendars.ts';
import { millisPerDay } from '#shared/time/dates.ts';
import { looksLikeTimeUnits } from '#shared/time/units.ts';
import { labelOf, type TimeAxis } from '../cf/timeAxis.ts';
import { attributeText } from '../formats/dataFile.ts';
import type { Member } from './headers.ts';
import { firstDifference } from './layout.ts';
import { isGridVariable, joinTimes, type Piece } from './times.ts';
import { countFiles, describeGaps, gridDifference, listed, spanWords } from './words.ts';

/** Members that follow each other in time on one grid. */
export interface Group {
  readonly members: readonly Member[];
  /** By path of the variable: where on the joined axis each member's times lie, in order. */
  readonly pieces: ReadonlyMap<string, readonly Piece[]>;
  /** Trajectories that the members hold themselves; null where they have no such dimension. */
  readonly repeats: number | null;
}

export interface SeriesPlan {
  readonly axis: TimeAxis;
  /** One, or several with the same times side by side. */
  readonly groups: readonly Group[];
  /** Name of the dimension along which groups lie side by side; null where there is one group as it is. */
  readonly beside: string | null;
  /** What was joined, in a sentence. */
  readonly words: string;
  readonly notes: readonly string[];
}

const sizeOf = ({ layout }: Member, path: string | null) =>
  layout.variables.flatMap(({ dims }) => dims).find((dim) => dim.path === path)?.size ?? null;

export const rowsOf = (member: Member) => sizeOf(member, member.layout.rows);
export const columnsOf = (member: Member) => sizeOf(member, member.layout.columns);

const sameShape = (a: Member, b: Member) => rowsOf(a) === rowsOf(b) && columnsOf(a) === columnsOf(b);

const onSameGrid = (a: Member, b: Member) =>
  a.places === b.places ? sameShape(a, b) : sameShape(a, b) && firstDifference(a.places, b.places) === null;

/** Members by where their cells lie, the largest group first. */
function byGrid(members: readonly Member[]): Member[][] {
  const found: Member[][] = [];
  for (const member of members) {
    const own = found.find(([first]) => onSameGrid(first!, member));
    if (own) own.push(member);
    else found.push([member]);
  }
  return found.sort((a, b) => b.length - a.length);
}

function conflict(message: string, hint: string): DriftcastError {
  return new DriftcastError('conflict', message, hint);
}

/** From here on the calendars `standard` and `proleptic_gregorian` are one. */
const reform = dayNumber('standard', { year: 1582, month: 10, day: 15 }) * millisPerDay;

/** Whether times are in one calendar, or in two that have the same dates all along, or in the same plain units. */
function agree(a: TimeAxis, b: TimeAxis): boolean {
  if (a.calendar === b.calendar) return a.calendar !== null || a.units === b.units;
  return [a, b].every(
    ({ calendar, values }) =>
      (calendar === 'standard' || calendar === 'proleptic_gregorian') && values[0]! >= reform,
  );
}

function checkCalendars(members: readonly Member[]): void {
  const first = members[0]!;
  const odd = members.find(({ times }) => !agree(first.times!, times!));
  if (!odd) return;
  const say = ({ name, times }: Member) =>
    times!.calendar === null
      ? `${name} counts ${times!.units === '' ? 'indices' : times!.units}`
      : `${name} has dates in the calendar ${times!.calendar}`;
  throw conflict(
    `${first.name} and ${odd.name} cannot be joined: ${say(first)}, ${say(odd)}.`,
    'Open files together only if they count time alike.',
  );
}

/** Whether plain times agree to a thousandth of a step. */
function sameClock(a: TimeAxis, b: TimeAxis): boolean {
  const step = Math.abs((a.values[1] ?? 1) - (a.values[0] ?? 0));
  return (
    a.values.length === b.values.length && a.values.every((v, i) => Math.abs(v - b.values[i]!) <= 1e-3 * step)
  );
}

/** Files that hold trajectories, or whose plain times begin anew in every file: each is a world of its own. */
function sideBySide(members: readonly Member[]): boolean {
  const clock = members[0]!.times!;
  const same = members.every(({ times }) => sameClock(clock, times!));
  const holdTrajectories = members.some((member) => member.layout.trajectory !== null);
  if (holdTrajectories && !same) {
    const odd = members.find(({ times }) => !sameClock(clock, times!))!;
    throw conflict(
      `The trajectories in ${members[0]!.name} and ${odd.name} have different times.`,
      'Join only files whose trajectories begin, step and end alike.',
    );
  }
  if (!same && clock.calendar === null) refuseOddRuns(members);
  return same && (holdTrajectories || clock.calendar === null);
}

/** Plain times that begin anew in every file are runs of a simulation, which must be of one length. */
function refuseOddRuns(members: readonly Member[]): void {
  const [first] = members;
  const start = first!.times!.values[0];
  if (members.some(({ times }) => times!.values[0] !== start)) return;
  const odd = members.find(({ times }) => !sameClock(first!.times!, times!))!;
  throw conflict(
    `${first!.name} and ${odd.name} cannot be joined: both begin at ${labelOf(odd.times!, start!)}, but one holds ${first!.timeCount} times and the other ${odd.timeCount}, or other ones.`,
    'Join only files whose times are dates, or runs that begin, step and end alike.',
  );
}

/** Dates that could not be understood count as indices, which say nothing about the order of files. */
function refuseLostDates(members: readonly Member[]): void {
  const lost = members.find(({ layout, times }) => {
    const units = layout.timeVariable ? attributeText(layout.timeVariable.attributes, 'units') : '';
    return times!.calendar === null && looksLikeTimeUnits(units);
  });
  if (!lost || members.length === 1) return;
  throw conflict(
    `${lost.name} cannot be joined with others: ${lost.times!.notes[0] ?? 'its times are no dates.'}`,
    'Repair the units and the calendar of its times, or open it alone.',
  );
}

function trajectoryPlan(members: readonly Member[]): SeriesPlan {
  const groups = members.map((member): Group => {
    const count = member.timeCount;
    const pieces = new Map(
      member.layout.variables.map(({ path }) => [path, [{ member, first: 0, count }]] as const),
    );
    return { members: [member], pieces, repeats: sizeOf(member, member.layout.trajectory) };
  });
  const total = groups.reduce((sum, { repeats }) => sum + (repeats ?? 1), 0);
  const axis = members[0]!.times!;
  const named = members.find(({ layout }) => layout.trajectory !== null)?.layout.trajectory;
  return {
    axis,
    groups,
    beside: named ?? 'trajectory',
    words: `${countFiles(members.length)} side by side: ${total} trajectories of ${axis.values.length} times each.`,
    notes: [],
  };
}

function timePlan(members: readonly Member[]): SeriesPlan {
  const { axis, pieces, borders } = joinTimes(members);
  return {
    axis,
    groups: [{ members, pieces, repeats: null }],
    beside: null,
    words: `${countFiles(members.length)} joined along time: ${spanWords(axis)}.`,
    notes: describeGaps(axis, borders),
  };
}

/** Grids of one shape with the same times: the paper's boxes of sea surface temperature. */
function boxPlan(grids: readonly (readonly Member[])[]): SeriesPlan {
  const [largest] = grids;
  const reference = largest![0]!;
  for (const grid of grids.slice(1)) {
    const other = grid[0]!;
    if (!sameShape(reference, other)) {
      throw conflict(
        `${other.name} lies on another grid than ${reference.name}: ${gridDifference(reference, other)}.`,
        'Open files together only if they share one grid, or if they are boxes of one size and the same times.',
      );
    }
  }
  // Boxes are told apart by their files, in the order of their names.
  const collator = new Intl.Collator('en', { numeric: true });
  const ordered = [...grids].sort((a, b) => collator.compare(a[0]!.name, b[0]!.name));
  const joined = ordered.map((members) => ({ members, ...joinTimes(members) }));
  const { axis } = joined[0]!;
  const odd = joined.find(
    (each) => each.axis.values.length !== axis.values.length || !sameClock(axis, each.axis),
  );
  if (odd) {
    const [a, b] = [joined[0]!.members[0]!, odd.members[0]!];
    throw conflict(
      `${b.name} lies on another grid than ${a.name} (${gridDifference(a, b)}) and has other times: ${spanWords(odd.axis)} where ${a.name} has ${spanWords(axis)}.`,
      'Open files together only if they share one grid, or if they are boxes of one size and the same times.',
    );
  }
  return {
    axis,
    groups: joined.map(({ members, pieces }) => ({ members, pieces, repeats: null })),
    beside: 'box',
    words: `${countFiles(grids.flat().length)} as ${grids.length} boxes side by side, each with the same times: ${spanWords(axis)}.`,
    notes: [
      `Each box lies elsewhere (${listed(ordered.map((members) => members[0]!.name))}), so rows and columns are shown without degrees.`,
      ...describeGaps(axis, joined[0]!.borders),
    ],
  };
}

/** Throws `conflict` for files that do not fit together, `unsupported` where none of them has times. */
export function planSeries(all: readonly Member[]): SeriesPlan {
  const isUsable = (member: Member) =>
    member.times !== null && member.layout.variables.some(isGridVariable(member));
  const members = all.filter(isUsable);
  const left = all.filter((member) => !isUsable(member));
  if (members.length === 0) {
    throw new DriftcastError(
      'unsupported',
      `None of the ${countFiles(all.length)} has a variable over time and space, so they cannot be joined to a series.`,
      'Choose files that hold the same variables at different times.',
    );
  }
  const notes =
    left.length === 0
      ? []
      : [`Left out, for want of a variable over time and space: ${listed(left.map(({ name }) => name))}.`];
  checkCalendars(members);
  refuseLostDates(members);
  const grids = byGrid(members);
  const plan =
    members.length > 1 && sideBySide(members) && grids.length === 1
      ? trajectoryPlan(members)
      : grids.length === 1
        ? timePlan(members)
        : boxPlan(grids);
  return { ...plan, notes: [...notes, ...plan.notes] };
}
