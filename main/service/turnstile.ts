/** Lets one task of a kind in at a time, in order of arrival; other kinds are not held up. */
import { DriftcastError } from '#shared/errors.ts';

export class Turnstile {
  private readonly queues = new Map<string, Promise<void>>();

  /**
   * Waits for this task's turn; the answer ends it.
   * @throws DriftcastError `cancelled` when `signal` fires first.
   */
  async enter(kind: string, signal: AbortSignal): Promise<() => void> {
    const before = this.queues.get(kind) ?? Promise.resolve();
    let leave: () => void = () => undefined;
    const left = new Promise<void>((resolve) => {
      leave = resolve;
    });
    const mine = before.then(() => left);
    this.queues.set(kind, mine);
    void mine.then(() => {
      if (this.queues.get(kind) === mine) this.queues.delete(kind);
    });
    try {
      await unlessAborted(before, signal);
      return leave;
    } catch (thrown) {
      leave();
      throw thrown;
    }
  }
}

function unlessAborted(wait: Promise<void>, signal: AbortSignal): Promise<void> {
  const cancelled = (): DriftcastError => new DriftcastError('cancelled', 'The work was cancelled.');
  if (signal.aborted) return Promise.reject(cancelled());
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(cancelled());
    signal.addEventListener('abort', stop, { once: true });
    void wait.then(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    });
  });
}
