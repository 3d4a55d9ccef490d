/** Every simulator by its name; what can be asked of it is registered in shared/domain/simulations/registry.ts. */
import { DriftcastError } from '#shared/errors.ts';
import { navierStokes } from './navier-stokes/navier-stokes.ts';
import type { Simulator } from './simulator.ts';
import { springMesh, springMesh3d } from './spring-mesh/simulators.ts';
import { surfaceOcean } from './surface-ocean/surface-ocean.ts';

/** Each takes settings of its own, which its schema has made: whoever holds several knows them by name alone. */
export type AnySimulator = Simulator<never>;

/** One line a simulator. */
const simulators: readonly AnySimulator[] = [springMesh, springMesh3d, navierStokes, surfaceOcean];

/** @throws DriftcastError `bad-input` with the names there are */
export function findSimulator(name: string, among: readonly AnySimulator[] = simulators): AnySimulator {
  const found = among.find((simulator) => simulator.name === name);
  if (found) return found;
  throw new DriftcastError(
    'bad-input',
    `There is no simulator "${name}".`,
    `Choose one of: ${among.map((simulator) => simulator.name).join(', ')}.`,
  );
}
