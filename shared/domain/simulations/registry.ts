/** Every simulator by what can be asked of it; how it computes is registered in main/engine/simulators/registry.ts. */
import type { SimulatorEntry } from '../simulation.ts';
import { navierStokesSettingsSchema } from './navier-stokes.ts';
import { springMesh3dSettingsSchema, springMeshSettingsSchema } from './spring-mesh.ts';
import { surfaceOceanSettingsSchema } from './surface-ocean.ts';

function entry(
  name: string,
  system: string,
  steps: string,
  schema: SimulatorEntry['schema'],
): SimulatorEntry {
  const { title = name, description = '' } = schema.meta() ?? {};
  return { name, title, description, system, steps, schema };
}

/** One line a simulator: name, system of its datasets, the setting that counts output frames, settings. */
export const simulatorEntries: readonly SimulatorEntry[] = [
  entry('spring-mesh', 'spring-mesh', 'frames', springMeshSettingsSchema),
  entry('spring-mesh-3d', 'spring-mesh', 'frames', springMesh3dSettingsSchema),
  entry('navier-stokes', 'navier-stokes', 'frames', navierStokesSettingsSchema),
  entry('surface-ocean', 'sst', 'days', surfaceOceanSettingsSchema),
];
