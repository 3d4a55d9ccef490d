/** Settings of a simulation judged before it is started, in the words of the window. */
import { simulatorNamed } from '#shared/domain/simulation.ts';
import { latitudes, longitudes } from '#shared/domain/simulations/climate.ts';
import { buildMesh, type Mesh } from '#shared/domain/simulations/mesh.ts';
import { pulledNodes } from '#shared/domain/simulations/mesh-start.ts';
import { channel, type NavierStokesSettings } from '#shared/domain/simulations/navier-stokes.ts';
import { obstaclesOf } from '#shared/domain/simulations/obstacles.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import type { SpringMesh3dSettings, SpringMeshSettings } from '#shared/domain/simulations/spring-mesh.ts';
import type { SurfaceOceanSettings } from '#shared/domain/simulations/surface-ocean.ts';
import { DriftcastError } from '#shared/errors.ts';
import { judgeObstacles } from './obstacle-editing.ts';

export type Settings = Readonly<Record<string, unknown>>;
export type MeshSettings = SpringMeshSettings | SpringMesh3dSettings;

export interface Checked {
  /** By key of the setting that cannot have its value; '' for what concerns several. */
  readonly problems: Readonly<Record<string, string>>;
  readonly advice: readonly string[];
  /** Complete and of the right types; null while there are problems with single values. */
  readonly settings: Settings | null;
}

export const isMesh = (simulator: string) => simulator === 'spring-mesh' || simulator === 'spring-mesh-3d';

/** The mesh that settings describe: one layer, or those of a lattice. */
export function meshOf(settings: MeshSettings): Mesh {
  const isLattice = 'shape' in settings && settings.shape === 'lattice';
  return buildMesh({
    columns: settings.columns,
    rows: settings.rows,
    layers: isLattice ? settings.layers : 1,
  });
}

/** @param seed of the first trajectory's draw, which has to find room */
export function checkSettings(simulator: string, values: Settings, seed: number): Checked {
  const { schema } = simulatorNamed(simulatorEntries, simulator);
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    const problems: Record<string, string> = {};
    for (const { path, message } of parsed.error.issues) {
      const key = String(path[0] ?? '');
      problems[key] ??= sentence(message);
    }
    return { problems, advice: [], settings: null };
  }
  try {
    const { problem, advice } = judge(simulator, parsed.data, seed);
    return { problems: problem === null ? {} : { '': problem }, advice, settings: parsed.data };
  } catch (thrown) {
    if (!(thrown instanceof DriftcastError)) throw thrown;
    return { problems: { '': `${thrown.message} ${thrown.hint}`.trim() }, advice: [], settings: parsed.data };
  }
}

/** "Too small: expected number to be >=2" → "Too small: at least 2." */
function sentence(message: string): string {
  return `${message
    .replace(/expected \w+ to be >=\s*/, 'at least ')
    .replace(/expected \w+ to be <=\s*/, 'at most ')
    .replace(/expected \w+ to be >\s*/, 'more than ')
    .replace('Invalid input: expected int, received number', 'It has to be a whole number')
    .replace(/Invalid input: expected number, received \w+/, 'It has to be a number')}.`;
}

function judge(
  simulator: string,
  settings: Settings,
  seed: number,
): { problem: string | null; advice: readonly string[] } {
  if (simulator === 'navier-stokes') {
    const flow = settings as NavierStokesSettings;
    const judged = judgeObstacles(flow.placed);
    if (judged.problem === null) obstaclesOf(flow, seed, 0);
    return judged;
  }
  if (simulator === 'surface-ocean') {
    latitudes(settings as SurfaceOceanSettings);
    longitudes(settings as SurfaceOceanSettings);
  }
  if (isMesh(simulator)) {
    const mesh = settings as MeshSettings;
    if (mesh.minDisplacement > mesh.maxDisplacement)
      return {
        problem: 'The least displacement is more than the largest: choose a smaller one.',
        advice: [],
      };
    pulledNodes(meshOf(mesh), mesh);
  }
  return { problem: null, advice: [] };
}

/** Whether every trajectory would be the same: nothing about it is drawn at random. */
export function isDetermined(simulator: string, settings: Settings): boolean {
  if (simulator === 'navier-stokes') {
    const { placed, obstacles } = settings as NavierStokesSettings;
    return placed.length > 0 || obstacles === 0;
  }
  return isMesh(simulator) && (settings as MeshSettings).maxDisplacement === 0;
}

/** Bytes of one frame of one trajectory: float32, every variable on every cell. */
export function roomFor(simulator: string, settings: Settings | null): number | null {
  if (settings === null) return null;
  if (simulator === 'navier-stokes')
    return (
      3 *
      4 *
      (Math.round(channel.length / channel.spacing) + 1) *
      (Math.round(channel.height / channel.spacing) + 1)
    );
  if (simulator === 'surface-ocean') {
    const { rows, columns } = settings as SurfaceOceanSettings;
    return 4 * rows * columns;
  }
  return (simulator === 'spring-mesh' ? 4 : 6) * 4 * meshOf(settings as MeshSettings).nodes;
}
