/**
 * The paper's flow through a channel with obstacles, as a simulator: settings in, frames out. A projection method on
 * a staggered grid with sharp cut cells: unlike a lattice Boltzmann scheme it has no sound, which the starting inflow
 * would fill the channel with, so pressure is right from the first frame; and as the geometry of a trajectory never
 * changes, a sparse direct solver makes it cheap and exactly free of divergence. README.md has the figures.
 */
import { channel, type NavierStokesSettings } from '#shared/domain/simulations/navier-stokes.ts';
import { checkObstacles, obstaclesOf } from '#shared/domain/simulations/obstacles.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Pace } from '../pace.ts';
import type { SimulationLayout, SimulationTask, Simulator } from '../simulator.ts';
import { Flow } from './flow.ts';
import { createGeometry } from './geometry.ts';
import { createGrid } from './grid.ts';
import { outputColumns, outputPerMetre, outputRows, Sampler } from './sampling.ts';

export const navierStokes: Simulator<NavierStokesSettings> = {
  name: 'navier-stokes',
  title: 'Navier–Stokes flow',
  layout,
  simulate,
};

function layout(settings: NavierStokesSettings): SimulationLayout {
  checkObstacles(settings);
  const axis = (name: 'x' | 'y', size: number, longName: string) => ({
    name,
    values: Float64Array.from({ length: size }, (_, i) => i / outputPerMetre),
    attributes: { axis: name.toUpperCase(), units: 'm', long_name: longName },
  });
  return {
    variables: [
      { name: 'vx', longName: 'velocity along the channel', standardName: '', units: 'm s-1' },
      { name: 'vy', longName: 'velocity across the channel', standardName: '', units: 'm s-1' },
      { name: 'p', longName: 'pressure over density, 0 at the outflow', standardName: '', units: 'm2 s-2' },
    ],
    time: {
      name: 'time',
      values: Float64Array.from({ length: settings.frames }, (_, i) => i * settings.interval),
      attributes: { axis: 'T', units: 's', long_name: 'time since the inflow was turned on' },
    },
    space: [
      axis('y', outputRows, 'height above the lower wall'),
      axis('x', outputColumns, 'distance from the inflow'),
    ],
    tables: [],
    masks: ['fixed_mask', 'obstacle_mask'],
    attributes: {
      title: 'Incompressible flow around round obstacles in a channel',
      references:
        'Otness et al. 2021, An extensible benchmark suite for learning to simulate physical systems; Schäfer and Turek 1996, Benchmark computations of laminar flow around a cylinder',
      comment:
        'Parabolic inflow at x = 0, turned on from rest; no slip at walls and obstacles; no stress at the outflow.',
    },
  };
}

async function simulate(settings: NavierStokesSettings, task: SimulationTask): Promise<void> {
  const pace = new Pace(task.signal);
  const breathe = (): Promise<void> => pace.breathe();
  const { refinement, viscosity, peakVelocity, rampRate, frames, interval } = settings;
  const perMetre = refinement * outputPerMetre;
  const grid = createGrid(
    Math.round(channel.length * perMetre),
    Math.round(channel.height * perMetre),
    1 / perMetre,
  );
  const geometry = createGeometry(grid, obstaclesOf(settings, task.seed, task.trajectory));
  const sampler = new Sampler(geometry);
  await task.onStatics?.([
    {
      name: 'fixed_mask',
      attributes: { long_name: '1 where the velocity is prescribed: walls, inflow, obstacles', units: '1' },
      values: sampler.fixedMask,
    },
    {
      name: 'obstacle_mask',
      attributes: { long_name: '1 in obstacles', units: '1' },
      values: sampler.obstacleMask,
    },
  ]);
  await breathe();
  const flow = await Flow.create(geometry, { viscosity, inflow: { peakVelocity, rampRate } }, breathe);
  const size = outputColumns * outputRows;
  const fields = [new Float32Array(size), new Float32Array(size), new Float32Array(size)] as const;
  for (let frame = 0; frame < frames; frame++) {
    const reached = await flow.advanceTo(frame * interval, breathe);
    sampler.sample(flow, flow.pressureNow(), fields);
    if (!reached || !fields.every((field) => field.every(Number.isFinite))) {
      throw new DriftcastError(
        'diverged',
        `The flow diverged before frame ${frame} of trajectory ${task.trajectory}.`,
        'Use more refinement, more viscosity or a slower inflow.',
      );
    }
    await task.onFrame(frame, fields);
    await breathe();
  }
}
