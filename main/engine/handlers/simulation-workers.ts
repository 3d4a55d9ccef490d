/**
 * Starts simulating threads: this same program once more in a worker thread, so that the bundle needs no program of
 * its own for them and they are started in the same way by Node and by Electron.
 */
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FromThread, SimulationThread } from './simulation-messages.ts';

/** @param program address of the program, `file:…`, which calls `serveSimulations` when its `workerData` is `simulation` */
export function startSimulationWorker(program: string): SimulationThread {
  const worker = new Worker(new URL(program), { workerData: 'simulation' });
  return {
    post: (message) => worker.postMessage(message),
    onMessage: (listener) => void worker.on('message', (message: FromThread) => listener(message)),
    onBreakdown(listener) {
      worker.on('error', listener);
      worker.on('exit', (code) => listener(new Error(`The thread ended with code ${code}.`)));
    },
    async end() {
      await worker.terminate();
    },
  };
}

/** Threads that a simulation may use: as the user's settings say, else one a core. */
export function simulationThreads(environment: NodeJS.ProcessEnv = process.env): number {
  const wanted = Number(environment.DRIFTCAST_THREADS);
  return Number.isInteger(wanted) && wanted > 0 ? wanted : availableParallelism();
}
