/**
 * How close the channel flow comes to the published figures of Schäfer and Turek's cylinder, by resolution, and in
 * which time. The finer grid takes minutes; seconds for a trajectory of the paper are among the simulators' benchmark.
 */
import {
  coefficients,
  cylinderFlow,
  published,
  unsteady,
} from '../engine/simulators/navier-stokes/schaefer-turek.ts';
import type { Measure } from './measure.ts';

const REFINEMENTS = [1, 2];

export async function benchNavierStokes(): Promise<Measure[]> {
  const results: Measure[] = [];
  for (const refinement of REFINEMENTS) {
    const cells = `${220 * refinement}×${41 * refinement}`;
    let start = performance.now();
    const slow = await cylinderFlow(refinement, 0.3);
    await slow.advanceTo(8, async () => {});
    const steady = coefficients(slow);
    const seconds = (): string => ((performance.now() - start) / 1000).toFixed(1);
    results.push({
      name: 'drag error at Re = 20',
      value: 100 * (steady.drag / published.steady.drag - 1),
      unit: '%',
      settings: {
        cells,
        drag: steady.drag.toFixed(4),
        lift: steady.lift.toFixed(4),
        'pressure difference': steady.pressureDifference.toFixed(4),
        divergence: `${slow.largestDivergence().toExponential(0)} 1/s`,
        seconds: seconds(),
      },
    });

    start = performance.now();
    const fast = await cylinderFlow(refinement, 1.5);
    const shedding = await unsteady(fast, 4.5, 7);
    results.push({
      name: 'Strouhal number at Re = 100',
      value: shedding.strouhal,
      unit: '',
      settings: {
        cells,
        published: published.unsteady.strouhal.join(' to '),
        'largest drag': shedding.drag.toFixed(3),
        'largest lift': shedding.lift.toFixed(3),
        'largest pressure difference': shedding.pressureDifference.toFixed(3),
        divergence: `${fast.largestDivergence().toExponential(0)} 1/s`,
        periods: shedding.periods,
        seconds: seconds(),
      },
    });
  }
  return results;
}
