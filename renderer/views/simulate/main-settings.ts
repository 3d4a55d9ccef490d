/** Which settings decide what a simulation looks like; the others are one click away. */
import type { SimulationParameter, SimulatorDescription } from '#shared/domain/simulation.ts';

const main: Readonly<Record<string, readonly string[]>> = {
  'spring-mesh': ['columns', 'rows', 'maxDisplacement', 'stiffness', 'damping', 'frames'],
  'spring-mesh-3d': ['shape', 'columns', 'rows', 'layers', 'gravity', 'maxDisplacement', 'damping', 'frames'],
  'navier-stokes': ['obstacles', 'minRadius', 'maxRadius', 'peakVelocity', 'viscosity', 'frames'],
  'surface-ocean': ['rows', 'columns', 'latitude', 'longitude', 'eddySpeed', 'coast', 'days'],
};

/** Obstacles and pulled nodes are lists, which have an editor of their own. */
export function groupedSettings({ name, parameters }: SimulatorDescription): {
  main: SimulationParameter[];
  more: SimulationParameter[];
} {
  const first = main[name] ?? [];
  const editable = parameters.filter(({ kind }) => kind !== 'json');
  return {
    main: first.flatMap((key) => editable.filter((parameter) => parameter.key === key)),
    more: editable.filter(({ key }) => !first.includes(key)),
  };
}

/** What each system is good for, in a line. */
export const systemNotes: Readonly<Record<string, string>> = {
  'spring-mesh': 'A sheet of nodes and springs in the plane, held at its top row. Pull nodes, let go.',
  'spring-mesh-3d': 'A hanging cloth or a lattice of springs that swings in space.',
  'navier-stokes': 'Water through a channel, around obstacles that you place. Eddies are shed behind them.',
  'surface-ocean': 'Temperature of a patch of sea over the seasons, stirred by eddies.',
};
