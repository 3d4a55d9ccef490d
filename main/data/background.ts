/** What long work owes the person who waits: progress, and an end when asked for one. */
import { setImmediate } from 'node:timers/promises';
import { DriftcastError } from '#shared/errors.ts';

export interface WorkOptions {
  readonly signal?: AbortSignal;
  /** Share of the work that is done, 0–1. */
  readonly onProgress?: (share: number) => void;
}

/** Lets other work of the process run, among it the message that cancels this one. Throws `cancelled`. */
export async function breathe(signal?: AbortSignal): Promise<void> {
  await setImmediate();
  if (signal?.aborted) throw new DriftcastError('cancelled', 'The work was cancelled.');
}
