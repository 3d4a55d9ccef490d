/**
 * The time axis of several trajectories one after the other: index = trajectory · length + step. Each has the same
 * clock, and goes on by its own beyond its end, where the index of the next trajectory would otherwise begin.
 */
import { DriftcastError } from '#shared/errors.ts';
import { GappyLine } from './gappyLine.ts';
import { type Piece, type TimeAxis, TimeLine, type Trajectories } from './timeAxis.ts';

/** Steps of a trajectory that indices beyond the data can tell apart. */
const reach = 2 ** 20;

/** "trajectory 3, 0.24 s", trajectories counted from 0 as in files. */
export const trajectoryLabel = (trajectory: number, time: string) => `trajectory ${trajectory}, ${time}`;

export class TrajectoryLine extends TimeLine {
  override readonly trajectories: Trajectories;

  /** `axis` is that of one trajectory, and regular. */
  constructor(
    axis: TimeAxis,
    private readonly number: number,
  ) {
    super(axis);
    this.trajectories = { count: number, length: axis.values.length };
  }

  override get count(): number {
    return this.number * this.axis.values.length;
  }

  override get pieces(): readonly Piece[] {
    const { count, length } = this.trajectories;
    return Array.from({ length: count }, (_, k) => ({ first: k * length, end: (k + 1) * length }));
  }

  /** Trajectory and step (real-valued for real-valued indices) of an index, also of one made by {@link after}. */
  locate(index: number): { trajectory: number; step: number } {
    const size = index < this.count ? this.axis.values.length : reach;
    const from = index < this.count ? index : index - this.count;
    const trajectory = Math.min(this.number - 1, Math.max(0, Math.floor(from / size)));
    return { trajectory, step: from - trajectory * size };
  }

  /** Inside of the trajectory the plain sum; beyond its end an index past all data that still knows its trajectory. */
  override after(index: number, lead: number): number {
    const { trajectory, step } = this.locate(index);
    const { length } = this.axis.values;
    if (step + lead <= length - 1) return trajectory * length + step + lead;
    return this.count + trajectory * reach + step + lead;
  }

  override trajectoryOf(index: number): number {
    return this.locate(index).trajectory;
  }

  override value(index: number): number {
    return super.value(this.locate(index).step);
  }

  /** As of {@link trajectoryLabel}. */
  override label(index: number): string {
    return trajectoryLabel(this.trajectoryOf(index), super.label(index));
  }

  /**
   * Understands what {@link label} writes, with or without units, a trajectory alone as its first time, and a whole
   * number as the index itself.
   */
  override indexOf(text: string): number {
    if (/^\s*\d+\s*$/.test(text) && Number(text) < this.count) return Number(text);
    const match = /^\s*(?:trajectory\s+(\d+)|(\d+)\s*(?=[,;]))\s*(?:[,;]\s*(.+))?$/i.exec(text);
    if (!match) {
      throw new DriftcastError(
        'bad-input',
        `"${text}" does not say which of the ${this.number} trajectories is meant.`,
        `Write trajectory and time, for instance "${this.label(0)}".`,
      );
    }
    const trajectory = Number(match[1] ?? match[2]);
    if (trajectory >= this.number) {
      throw new DriftcastError(
        'bad-input',
        `The dataset has no trajectory ${trajectory}.`,
        `Choose one from 0 to ${this.number - 1}.`,
      );
    }
    const step = match[3] === undefined ? 0 : super.indexOf(match[3]);
    return trajectory * this.axis.values.length + step;
  }
}

/** The line that a series has: of one trajectory, of `count` of them, or of pieces with gaps between them. */
export function timeLineOf(
  axis: TimeAxis,
  count: number | null,
  pieces: readonly Piece[] | null = null,
): TimeLine {
  if (pieces !== null) return new GappyLine(axis, pieces);
  return count === null ? new TimeLine(axis) : new TrajectoryLine(axis, count);
}
