/** One way to notice that work is no longer wanted. */
import { DriftcastError } from './errors.ts';

/** @throws DriftcastError `cancelled` once `signal` has fired. */
export function throwIfCancelled(signal: AbortSignal | null | undefined): void {
  if (signal?.aborted) throw new DriftcastError('cancelled', 'The work was cancelled.');
}
