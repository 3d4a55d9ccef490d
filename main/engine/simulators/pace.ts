/** Simulators compute for long stretches; this lets messages through in between, so that a cancel is heeded. */
import { throwIfCancelled } from '#shared/cancellation.ts';

/** Milliseconds of computing between two pauses. */
const stretch = 50;

/** One for each trajectory; call {@link Pace.breathe} between steps, as often as you like. */
export class Pace {
  readonly #signal: AbortSignal | null;
  #last = performance.now();

  constructor(signal: AbortSignal | null | undefined) {
    this.#signal = signal ?? null;
  }

  /**
   * Yields to the event loop if the last time was a while ago.
   * @throws DriftcastError `cancelled`
   */
  async breathe(): Promise<void> {
    throwIfCancelled(this.#signal);
    if (performance.now() - this.#last < stretch) return;
    await new Promise<void>((resolve) => setTimeout(resolve, 0));
    this.#last = performance.now();
    throwIfCancelled(this.#signal);
  }
}
