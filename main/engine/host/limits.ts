/** How long the service waits for an engine process before it takes it for broken, by lane. */
import type { Lane } from '../protocol.ts';

export interface EngineLimits {
  /** From start to `up`, milliseconds: only the program itself is loaded. */
  upMilliseconds: number;
  /** From `up` to `ready`: a compute backend may be read from a cold disk. */
  readyMilliseconds: number;
  /** Between a cancel and killing a call that does not react. */
  cancelMilliseconds: number;
  pingMilliseconds: number;
  /** Pings in a row without any sign of life until the process counts as hung. Counted, not timed, so that a
   * machine that slept does not find its engine dead. */
  missedPings: number;
  /** Between a polite `exit` and killing. */
  closeMilliseconds: number;
  /** Wait before the second start in a row; doubles up to the maximum. */
  backoffMilliseconds: number;
  maxBackoffMilliseconds: number;
  /**
   * Resident memory, in bytes, of which an idle process is replaced by a new one: TensorFlow keeps what it ever took for
   * itself, and after a training that may be most of the machine.
   */
  idleBytes: number;
  /** Deaths in a row without progress that end a restartable call; failed starts that end every call. */
  maxDeaths: number;
}

const common = {
  upMilliseconds: 30_000,
  pingMilliseconds: 5_000,
  closeMilliseconds: 3_000,
  backoffMilliseconds: 250,
  maxBackoffMilliseconds: 10_000,
  idleBytes: 1.5e9,
  maxDeaths: 3,
};

/** A tfjs step is synchronous and may take many minutes where only plain JavaScript computes; a parser yields
 * far more often. */
export const engineLimits: Record<Lane, EngineLimits> = {
  // A damaged HDF5 file can send its library in circles: half a minute without a sign of life is no reading any more.
  files: { ...common, readyMilliseconds: 30_000, cancelMilliseconds: 5_000, missedPings: 6 },
  // Its threads compute and may be ended at any moment; its own work is writing.
  simulation: { ...common, readyMilliseconds: 30_000, cancelMilliseconds: 5_000, missedPings: 12 },
  compute: { ...common, readyMilliseconds: 180_000, cancelMilliseconds: 45_000, missedPings: 240 },
};
