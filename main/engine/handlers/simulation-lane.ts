/** Everything that the simulation lane can do, by call. */
import type { Handlers } from '../host/engine-main.ts';
import { simulateWith } from './simulation.ts';
import { simulationThreads, startSimulationWorker } from './simulation-workers.ts';

/** @param program address of the engine's own program, which also runs as a simulating thread */
export function simulationLane(program: string): Handlers<'simulation'> {
  return {
    simulate: simulateWith({
      startThread: () => startSimulationWorker(program),
      threads: simulationThreads(),
    }),
  };
}
