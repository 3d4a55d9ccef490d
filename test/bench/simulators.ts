/** Measure 6: seconds a trajectory of every simulator at its own settings, on one core. */
import { findSimulator } from '#main/engine/simulators/registry.ts';
import { completeSettings } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import type { Measure } from './measure.ts';

export async function benchSimulators(): Promise<Measure[]> {
  const measures: Measure[] = [];
  for (const entry of simulatorEntries) {
    const simulator = findSimulator(entry.name);
    const settings = completeSettings(entry, {}) as never;
    const { time, space, variables } = simulator.layout(settings);
    let checked = 0;
    const start = performance.now();
    await simulator.simulate(settings, {
      trajectory: 0,
      seed: 1,
      onFrame: (_, fields) => {
        checked += fields.length;
      },
    });
    const value = (performance.now() - start) / 1000;
    if (checked !== time.values.length * variables.length) throw new Error(`${entry.name} left out frames.`);
    const grid = space.map((axis) => axis.values.length).join(' × ');
    measures.push({
      name: `${entry.name}: one trajectory`,
      value,
      unit: 's',
      settings: { frames: time.values.length, grid, variables: variables.length },
    });
  }
  return measures;
}
