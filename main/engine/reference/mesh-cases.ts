/** Compares the spring mesh with a trajectory that a far more accurate integrator computed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { buildMesh, nodeIndex } from '#shared/domain/simulations/mesh.ts';
import { springMeshSettingsSchema } from '#shared/domain/simulations/spring-mesh.ts';
import { toErrorData } from '#shared/errors.ts';
import { MeshMotion, type MeshState, restState, stepsFor } from '../simulators/spring-mesh/physics.ts';
import { type CaseReport, Comparison } from './case.ts';

const caseSchema = z.object({
  note: z.string().default(''),
  steps: z.array(z.number().int().min(0)).min(2),
  q: z.array(z.array(z.number())),
  p: z.array(z.array(z.number())),
});

/** Of positions and momenta at every stored step. */
const tolerance = 2e-3;

/** The numbers of the note, such as "10x10", "k=1" or "damping 0.1"; the paper's where it names none. */
function readNote(note: string, nodes: number) {
  const usual = springMeshSettingsSchema.parse({});
  const find = (pattern: RegExp, fallback: number) => Number(pattern.exec(note)?.[1] ?? fallback);
  const columns = find(/(\d+)\s*x\s*\d+/i, Math.sqrt(nodes));
  const rows = nodes / columns;
  return {
    columns,
    rows,
    heldRow: find(/row j\s*=\s*(\d+)/i, rows - 1),
    stiffness: find(/\bk\s*=?\s*([\d.]*\d)/i, usual.stiffness),
    mass: find(/mass\s*=?\s*([\d.]*\d)/i, usual.mass),
    damping: find(/damping\s*=?\s*([\d.]*\d)/i, usual.damping),
    interval: find(/steps? of\s*([\d.]*\d)/i, usual.interval),
  };
}

/** Stored order is node rows·i + j at (i, j), x and y of one node side by side; ours is row-major in [y, x]. */
function toState(state: MeshState['q'], columns: number, rows: number, stored: readonly number[]): void {
  for (let i = 0; i < columns; i++) {
    for (let j = 0; j < rows; j++) {
      const node = nodeIndex({ columns, rows, layers: 1 }, i, j);
      state[0][node] = stored[2 * (rows * i + j)]!;
      state[1][node] = stored[2 * (rows * i + j) + 1]!;
    }
  }
}

function compare(text: string): CaseReport {
  const { note, steps, q, p } = caseSchema.parse(JSON.parse(text));
  const values = q[0]!.length;
  const { columns, rows, heldRow, interval, ...constants } = readNote(note, values / 2);
  if (!Number.isInteger(columns) || !Number.isInteger(rows)) {
    throw new Error(`${values} numbers do not fit a mesh of ${columns} by ${rows} nodes.`);
  }
  const mesh = buildMesh({ columns, rows, layers: 1 });
  const fixed = mesh.fixed.map((_, node) => Number(Math.floor(node / columns) === heldRow));
  const physics = { ...constants, gravity: [0, 0, 0] as const };
  const motion = new MeshMotion({ ...mesh, fixed }, physics);
  const substeps = stepsFor(mesh, physics, interval);
  const [state, expected] = [restState(mesh), restState(mesh)];
  const comparison = new Comparison();
  steps.forEach((step, index) => {
    if (q[index]?.length !== values || p[index]?.length !== values) {
      throw new Error(`Step ${step} holds another number of values than step ${steps[0]}.`);
    }
    toState(expected.q, columns, rows, q[index]);
    toState(expected.p, columns, rows, p[index]);
    if (index === 0) {
      for (const d of [0, 1] as const) {
        state.q[d].set(expected.q[d]);
        state.p[d].set(expected.p[d]);
      }
      return;
    }
    const count = (step - steps[index - 1]!) * substeps;
    for (let n = 0; n < count; n++) motion.step(state, interval / substeps);
    for (const d of [0, 1] as const) {
      comparison.arrays(`position ${'xy'[d]} at step ${step}`, state.q[d], expected.q[d], tolerance);
      comparison.arrays(`momentum ${'xy'[d]} at step ${step}`, state.p[d], expected.p[d], tolerance);
    }
  });
  return comparison.report('spring mesh');
}

/** One line for `spring_mesh.json` of a folder: the largest deviation of all positions and momenta. */
export async function runMeshCases(folder: string): Promise<CaseReport[]> {
  const text = await readFile(join(folder, 'spring_mesh.json'), 'utf8');
  try {
    return [compare(text)];
  } catch (thrown) {
    return [{ name: 'spring mesh', error: null, tolerance, ok: false, note: toErrorData(thrown).message }];
  }
}
