/** The paper's spring mesh and its sibling in space, as simulators: settings in, frames out. */
import { buildMesh, type Mesh } from '#shared/domain/simulations/mesh.ts';
import { type Displacements, pulledNodes } from '#shared/domain/simulations/mesh-start.ts';
import type { SpringMesh3dSettings, SpringMeshSettings } from '#shared/domain/simulations/spring-mesh.ts';
import { DriftcastError } from '#shared/errors.ts';
import { Pace } from '../pace.ts';
import type { SimulationTask, Simulator } from '../simulator.ts';
import { initialState } from './initial.ts';
import { fixedMask, layoutOf } from './layout.ts';
import { MeshMotion, type MeshPhysics, type MeshState, stepsFor } from './physics.ts';

/** Settings of either mesh, reduced to what the shared code below needs. */
interface Experiment extends Displacements {
  readonly mesh: Mesh;
  readonly dimensions: 2 | 3;
  readonly physics: MeshPhysics;
  readonly frames: number;
  readonly interval: number;
  readonly substeps: number;
}

/** @throws DriftcastError `bad-input` */
function experiment(
  settings: SpringMeshSettings | SpringMesh3dSettings,
  dimensions: 2 | 3,
  size: { layers: number; gravity: MeshPhysics['gravity'] },
): Experiment {
  const mesh = buildMesh({ columns: settings.columns, rows: settings.rows, layers: size.layers });
  if (settings.minDisplacement > settings.maxDisplacement) {
    throw new DriftcastError(
      'bad-input',
      `The least displacement, ${settings.minDisplacement}, is more than the largest, ${settings.maxDisplacement}.`,
      'Choose the least displacement so that it does not exceed the largest.',
    );
  }
  pulledNodes(mesh, settings);
  const { stiffness, mass, damping } = settings;
  const physics = { stiffness, mass, damping, gravity: size.gravity };
  const substeps = settings.substeps || stepsFor(mesh, physics, settings.interval);
  return { ...settings, mesh, dimensions, physics, substeps };
}

function inPlane(settings: SpringMeshSettings): Experiment {
  return experiment(settings, 2, { layers: 1, gravity: [0, 0, 0] });
}

function inSpace(settings: SpringMesh3dSettings): Experiment {
  return settings.shape === 'lattice'
    ? experiment(settings, 3, { layers: settings.layers, gravity: [0, 0, -settings.gravity] })
    : experiment(settings, 3, { layers: 1, gravity: [0, -settings.gravity, 0] });
}

/** Writes momenta, then positions, as float32; false where a number is not finite. */
function copyState(state: MeshState, dimensions: 2 | 3, fields: readonly Float32Array[]): boolean {
  const components = [...state.p.slice(0, dimensions), ...state.q.slice(0, dimensions)];
  components.forEach((component, index) => {
    fields[index]!.set(component);
  });
  return fields.every((field) => field.every(Number.isFinite));
}

async function run(what: Experiment, task: SimulationTask): Promise<void> {
  const { mesh, dimensions, physics, frames, interval, substeps } = what;
  const pace = new Pace(task.signal);
  const state = initialState(mesh, what, dimensions, task.seed, task.trajectory);
  const motion = new MeshMotion(mesh, physics);
  const fields = Array.from({ length: 2 * dimensions }, () => new Float32Array(mesh.nodes));
  await task.onStatics?.([fixedMask(mesh)]);
  for (let frame = 0; frame < frames; frame++) {
    for (let step = 0; frame > 0 && step < substeps; step++) {
      motion.step(state, interval / substeps);
      await pace.breathe();
    }
    if (!copyState(state, dimensions, fields)) {
      throw new DriftcastError(
        'diverged',
        `The spring mesh diverged before frame ${frame} of trajectory ${task.trajectory}.`,
        'Take more steps between frames, or 0 to have them chosen, and smaller displacements.',
      );
    }
    await task.onFrame(frame, fields);
    await pace.breathe();
  }
}

const method =
  'Linear springs to all neighbours with drag on every free node; classical fourth-order Runge-Kutta steps in float64.';
const references =
  'Otness et al. 2021, An Extensible Benchmark Suite for Learning to Simulate Physical Systems; Rühling Cachay et al. 2023, DYffusion';

export const springMesh: Simulator<SpringMeshSettings> = {
  name: 'spring-mesh',
  title: 'Spring mesh',
  layout: (settings) => {
    const what = inPlane(settings);
    return layoutOf(what.mesh, 2, what, {
      title: 'Mesh of springs in the plane, held at its top row',
      references,
      comment: method,
      driftcast_system: 'spring-mesh',
    });
  },
  simulate: async (settings, task) => run(inPlane(settings), task),
};

export const springMesh3d: Simulator<SpringMesh3dSettings> = {
  name: 'spring-mesh-3d',
  title: 'Spring mesh in 3D',
  layout: (settings) => {
    const what = inSpace(settings);
    return layoutOf(what.mesh, 3, what, {
      title:
        settings.shape === 'lattice'
          ? 'Lattice of springs, held at its top layer'
          : 'Cloth of springs, hung from its top row',
      references,
      comment: method,
      driftcast_system: 'spring-mesh',
    });
  },
  simulate: async (settings, task) => run(inSpace(settings), task),
};
