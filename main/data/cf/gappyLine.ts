/**
 * The time axis of a series with gaps: pieces of one step each, one after the other. Index and time part ways at
 * every gap, so what follows a piece's last time lies beyond the data, as after the end of a trajectory.
 */
import { longestOf } from '#shared/time/stretches.ts';
import { type Piece, sliceAxis, stepOf, type TimeAxis, TimeLine } from './timeAxis.ts';

/** Steps after a piece that indices beyond the data can tell apart. */
const reach = 2 ** 20;

export class GappyLine extends TimeLine {
  /** `stretches` cover the axis in order, each regular, and at least one holds two times. */
  constructor(
    axis: TimeAxis,
    private readonly stretches: readonly Piece[],
  ) {
    const longest = longestOf(stretches);
    const regular = sliceAxis(axis, longest.first, longest.end);
    super({ ...axis, label: regular.label }, stepOf(regular));
  }

  override get pieces(): readonly Piece[] {
    return this.stretches;
  }

  /** Piece, and steps (real-valued for real-valued indices) since its first time; also of what {@link after} made. */
  private locate(index: number): { piece: number; step: number } {
    if (index >= this.count) {
      const piece = Math.floor((index - this.count) / reach);
      return { piece, step: index - this.count - piece * reach };
    }
    const found = this.pieces.findIndex(({ end }) => index < end);
    const piece = Math.max(0, found);
    return { piece, step: index - this.pieces[piece]!.first };
  }

  override after(index: number, lead: number): number {
    const { piece, step } = this.locate(index);
    const { first, end } = this.pieces[piece]!;
    if (step + lead <= end - first - 1) return first + step + lead;
    return this.count + piece * reach + step + lead;
  }

  override value(index: number): number {
    const { piece, step } = this.locate(index);
    const { first, end } = this.pieces[piece]!;
    const last = end - first - 1;
    if (step <= last) return super.value(first + step);
    return this.ahead(end - 1, step - last);
  }
}
