/**
 * The time axis of a variable, whether its times are dates, seconds of a simulation or bare indices: one
 * place that knows labels, order, spacing and what follows beyond the end of the data.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { Calendar } from '#shared/time/calendars.ts';
import { type CalendarDate, formatDate, fromMillis, parseDateRange, toMillis } from '#shared/time/dates.ts';
import { addSteps, describePlainStep, describeStep, type TimeStep } from '#shared/time/steps.ts';
import { looksLikeTimeUnits, parseTimeUnits, type TimeAxisCodec } from '#shared/time/units.ts';

export interface TimeAxis {
  /** Null where times are no dates. */
  readonly calendar: Calendar | null;
  /** Units of {@link values} where times are no dates: "s", or '' for indices. */
  readonly units: string;
  /** Dates as milliseconds on the calendar's axis, else plain numbers. Ascending if `regular`. */
  readonly values: readonly number[];
  readonly label: string;
  readonly regular: boolean;
  /** Why the times cannot be used for a forecast: the end of a sentence that begins with "The times". */
  readonly problem?: string;
  readonly notes: readonly string[];
}

/**
 * Builds the axis from decoded values (NaN = missing) and the attributes of the time variable. Where its calendar or units
 * cannot be understood, times are counted from 0, which a note says.
 */
export function timeAxisOf(values: ArrayLike<number>, units: string, calendarName: string): TimeAxis {
  const numbers = Array.from(values);
  if (!looksLikeTimeUnits(units)) {
    const { label, regular, problem } = describePlainStep(numbers, units);
    return {
      calendar: null,
      units,
      values: numbers,
      label,
      regular,
      notes: [],
      ...(problem ? { problem } : {}),
    };
  }
  const codec = codecOf(units, calendarName);
  if (codec instanceof DriftcastError) {
    const counted = numbers.map((_, index) => index);
    const { label, regular, problem } = describePlainStep(counted, '');
    return {
      calendar: null,
      units: '',
      values: counted,
      label,
      regular,
      notes: [`${codec.message} Times are counted from 0 instead. ${codec.hint}`],
      ...(problem ? { problem } : {}),
    };
  }
  const notes = codec.note === undefined ? [] : [codec.note];
  const missing = numbers.findIndex((value) => !Number.isFinite(value));
  if (missing >= 0) {
    const problem = `have no value at index ${missing}`;
    return {
      calendar: codec.calendar,
      units,
      values: numbers.map((value) => (Number.isFinite(value) ? toMillis(codec.decode(value)) : Number.NaN)),
      label: 'irregular',
      regular: false,
      problem,
      notes,
    };
  }
  return calendarAxis(
    numbers.map((value) => toMillis(codec.decode(value))),
    codec.calendar,
    notes,
  );
}

/** How to read the numbers, or why they cannot be. */
function codecOf(units: string, calendarName: string): TimeAxisCodec | DriftcastError {
  try {
    return parseTimeUnits(units, calendarName || undefined);
  } catch (thrown) {
    if (thrown instanceof DriftcastError) return thrown;
    throw thrown;
  }
}

/** An axis of dates given as milliseconds. */
export function calendarAxis(
  values: readonly number[],
  calendar: Calendar,
  notes: readonly string[] = [],
): TimeAxis {
  const { label, regular, problem } = describeStep(values, calendar);
  return { calendar, units: '', values, label, regular, notes, ...(problem ? { problem } : {}) };
}

/** A contiguous part of an axis, judged anew: a series with a gap may have regular parts. */
export function sliceAxis(axis: TimeAxis, first: number, end: number): TimeAxis {
  const values = axis.values.slice(first, end);
  if (axis.calendar !== null) return calendarAxis(values, axis.calendar, axis.notes);
  const { label, regular, problem } = describePlainStep(values, axis.units);
  return { ...axis, values, label, regular, problem };
}

/** The text of one value of the axis: an ISO date, or the number with its units. */
export function labelOf(axis: TimeAxis, value: number): string {
  if (axis.calendar !== null)
    return Number.isFinite(value) ? formatDate(fromMillis(axis.calendar, value)) : '';
  const number = String(Number(value.toPrecision(9)));
  return axis.units === '' || axis.units === '1' ? number : `${number} ${axis.units}`;
}

/** The step of a regular axis; null where there are not two times. */
export const stepOf = (axis: TimeAxis): TimeStep | number | null =>
  axis.calendar === null
    ? describePlainStep(axis.values, axis.units).step
    : describeStep(axis.values, axis.calendar).step;

/** Indices of times that follow each other at the same step, end exclusive. */
export interface Piece {
  readonly first: number;
  readonly end: number;
}

/** How trajectories lie on a time axis: one after the other, all of the same number of times. */
export interface Trajectories {
  readonly count: number;
  readonly length: number;
}

/** Times at any (also real-valued) index, in and beyond the data. */
export class TimeLine {
  /** Null where the axis is a single line. */
  readonly trajectories: Trajectories | null = null;

  /** The axis must be regular, unless it is told what its step is. */
  constructor(
    readonly axis: TimeAxis,
    protected readonly step: TimeStep | number | null = stepOf(axis),
  ) {}

  get count(): number {
    return this.axis.values.length;
  }

  /** Value of the axis at an index; beyond the data the series goes on with its own step. */
  value(index: number): number {
    const { values } = this.axis;
    if (Number.isInteger(index) && index >= 0 && index < values.length) return values[index]!;
    const anchor = Math.min(values.length - 1, Math.max(0, Math.floor(index)));
    return this.ahead(anchor, index - anchor);
  }

  /** The value that many steps after that of a time of the data. */
  protected ahead(index: number, steps: number): number {
    const { values, calendar } = this.axis;
    if (this.step === null) return values[0] ?? Number.NaN;
    if (typeof this.step === 'number') return values[index]! + steps * this.step;
    return toMillis(addSteps(fromMillis(calendar!, values[index]!), this.step, steps));
  }

  /** The date at an index; null where times are no dates. */
  date(index: number): CalendarDate | null {
    return this.axis.calendar === null ? null : fromMillis(this.axis.calendar, this.value(index));
  }

  label(index: number): string {
    return labelOf(this.axis, this.value(index));
  }

  /** The index that lies `lead` steps (also real-valued) after another: the one way to go forward in time. */
  after(index: number, lead: number): number {
    return index + lead;
  }

  /** What no window may straddle: the whole line, or its trajectories, or what lies between its gaps. */
  get pieces(): readonly Piece[] {
    return [{ first: 0, end: this.count }];
  }

  /** Number of the trajectory that an index belongs to, from 0; 0 on a single line. */
  trajectoryOf(_index: number): number {
    return 0;
  }

  /** Index of the first time that a text means: a date's prefix, or a number in the axis' units. Throws `bad-input`. */
  indexOf(text: string): number {
    const found = this.axis.calendar === null ? this.nearest(text) : this.range(text, text);
    if (found.first < found.end) return found.first;
    throw new DriftcastError(
      'bad-input',
      `The dataset has no time ${text}.`,
      `Its times go from ${this.label(0)} to ${this.label(this.count - 1)}, every ${this.axis.label}.`,
    );
  }

  /** A number as a label shows it is rounded, so it means the time within a hundredth of a step. */
  private nearest(text: string): { first: number; end: number } {
    const { values } = this.axis;
    const wanted = this.parse(text).start;
    const slack = 0.01 * (typeof this.step === 'number' ? this.step : 1);
    const first = values.findIndex((value) => Math.abs(value - wanted) <= slack);
    return first < 0 ? { first: 0, end: 0 } : { first, end: first + 1 };
  }

  /**
   * First and end index of the times inside a period of inclusive prefixes; null means open.
   * On an axis without dates the ends are numbers in its units. Throws `bad-input`.
   */
  range(from: string | null, to: string | null): { first: number; end: number } {
    const { values } = this.axis;
    const low = from === null ? -Infinity : this.parse(from).start;
    const high = to === null ? Infinity : this.parse(to).end;
    const first = values.findIndex((value) => value >= low);
    if (first < 0) return { first: values.length, end: values.length };
    const past = values.findIndex((value, i) => i >= first && value >= high);
    return { first, end: past < 0 ? values.length : past };
  }

  private parse(text: string): { start: number; end: number } {
    if (this.axis.calendar !== null) return parseDateRange(text, this.axis.calendar);
    const number = Number.parseFloat(text);
    if (Number.isFinite(number))
      return { start: number, end: number + Math.max(1e-9, Math.abs(number) * 1e-9) };
    throw new DriftcastError(
      'bad-input',
      `"${text}" is not a time of this series, whose times are plain numbers.`,
      'Write the number as the file gives it.',
    );
  }
}
