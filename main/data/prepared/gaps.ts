/** Fills short gaps in time cell by cell while a series streams past, holding only as many frames as a gap may have. */

export class GapFiller {
  private readonly pending: { time: number; frame: Float32Array }[] = [];
  private readonly lastTime: Int32Array;
  private readonly lastValue: Float32Array;
  /** Values that were interpolated so far. */
  filled = 0;

  /** `size` values a frame; gaps of up to `longest` times are filled linearly, longer ones stay NaN. */
  constructor(
    size: number,
    private readonly longest: number,
    private readonly emit: (time: number, frame: Float32Array) => Promise<void> | void,
  ) {
    this.lastTime = new Int32Array(size).fill(-1);
    this.lastValue = new Float32Array(size);
  }

  /** Takes the next frame (times must follow each other from 0) and hands on those that nothing can change any more. */
  async push(time: number, frame: Float32Array): Promise<void> {
    this.pending.push({ time, frame });
    for (let i = 0; i < frame.length; i++) {
      const value = frame[i]!;
      if (Number.isNaN(value)) continue;
      const last = this.lastTime[i]!;
      const gap = time - last - 1;
      if (last >= 0 && gap > 0 && gap <= this.longest) this.fill(i, last, time, value);
      this.lastTime[i] = time;
      this.lastValue[i] = value;
    }
    while (this.pending.length > this.longest) await this.emitFirst();
  }

  /** Hands on the rest. */
  async finish(): Promise<void> {
    while (this.pending.length > 0) await this.emitFirst();
  }

  private fill(cell: number, last: number, time: number, value: number): void {
    const before = this.lastValue[cell]!;
    for (const { time: between, frame } of this.pending) {
      if (between <= last || between >= time) continue;
      frame[cell] = before + ((value - before) * (between - last)) / (time - last);
      this.filled++;
    }
  }

  private async emitFirst(): Promise<void> {
    const { time, frame } = this.pending.shift()!;
    await this.emit(time, frame);
  }
}
