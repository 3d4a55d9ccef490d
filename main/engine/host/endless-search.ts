/** Ends a process whose HDF5 library goes in circles in a damaged file; its last words say why. */
import { Worker } from 'node:worker_threads';

/** Written to stderr as the last words of the process, for the service to understand. */
export const endlessSearch = 'The table of contents of a file leads in circles.';

const [patienceSeconds, secondMilliseconds] = [4, 1000];

/**
 * Starts a thread that looks on.
 * @param clock what the process does, and how often it has got on: it is ended once both have stayed the same for
 * four seconds. Counted, not timed, so that a machine that slept does not find it dead.
 * @param searching the first number of the clock during which that must not be
 */
export function watchSearch(clock: Int32Array, searching: number): void {
  try {
    const watcher = new Worker(program, {
      eval: true,
      workerData: { clock, searching, endlessSearch, patienceSeconds, secondMilliseconds },
      resourceLimits: { maxOldGenerationSizeMb: 16 },
    });
    watcher.unref();
    watcher.on('error', () => undefined);
  } catch {
    // Without it the service still ends a process that gives no sign of life, if later.
  }
}

const program = `
  const { writeSync } = require('node:fs');
  const { workerData } = require('node:worker_threads');
  const { clock, searching, endlessSearch, patienceSeconds, secondMilliseconds } = workerData;
  let last = -1;
  let still = 0;
  setInterval(() => {
    const steps = Atomics.load(clock, 1);
    still = Atomics.load(clock, 0) === searching && steps === last ? still + 1 : 0;
    last = steps;
    if (still < patienceSeconds) return;
    try { writeSync(2, endlessSearch + '\\n'); } finally { process.kill(process.pid, 'SIGKILL'); }
  }, secondMilliseconds);
`;
