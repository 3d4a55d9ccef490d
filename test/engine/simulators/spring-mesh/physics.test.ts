import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runMeshCases } from '#main/engine/reference/mesh-cases.ts';
import { initialState } from '#main/engine/simulators/spring-mesh/initial.ts';
import {
  energyOf,
  MeshMotion,
  type MeshPhysics,
  restState,
  stepsFor,
} from '#main/engine/simulators/spring-mesh/physics.ts';
import { buildMesh } from '#shared/domain/simulations/mesh.ts';
import { sharedFolder } from '../../../shared-folder.ts';

const paper: MeshPhysics = { stiffness: 1, mass: 1, damping: 0.1, gravity: [0, 0, 0] };
const drawn = { minDisplacement: 0, maxDisplacement: 0.35, displacements: [] };

describe.skipIf(sharedFolder() === null)('the stored trajectory of an accurate integrator', () => {
  it('is followed to its end', async () => {
    const [report] = await runMeshCases(join(sharedFolder()!, 'cases'));
    expect(report).toMatchObject({ name: 'spring mesh', ok: true });
    expect(report!.error).toBeLessThan(1e-7);
  });
});

describe('runMeshCases', () => {
  const write = async (content: unknown) => {
    const folder = await mkdtemp(join(tmpdir(), 'mesh-case-'));
    await writeFile(join(folder, 'spring_mesh.json'), JSON.stringify(content));
    return folder;
  };

  it('reads size, constants and step from the note', async () => {
    const mesh = buildMesh({ columns: 3, rows: 5, layers: 1 });
    const physics = { ...paper, stiffness: 2.5, mass: 0.5, damping: 0.3 };
    const state = initialState(mesh, drawn, 2, 1, 0);
    // The other order: columns one after the other, x and y of a node side by side.
    const stored = (of: readonly Float64Array[]) =>
      Array.from({ length: 30 }, (_, n) => of[n % 2]![(Math.floor(n / 2) % 5) * 3 + Math.floor(n / 10)]!);
    const q = [stored(state.q)];
    const p = [stored(state.p)];
    const motion = new MeshMotion(mesh, physics);
    for (let n = 0; n < 400; n++) motion.step(state, 0.005);
    q.push(stored(state.q));
    p.push(stored(state.p));
    const note =
      '3x5 spring mesh, node index = 5*i + j at (i, j); row j=4 fixed; k=2.5, mass 0.5, damping 0.3; output steps of 0.02';
    const [good] = await runMeshCases(await write({ note, steps: [0, 100], q, p }));
    expect(good).toMatchObject({ ok: true });
    expect(good!.error).toBeLessThan(1e-6);
    const wrong = note.replace('k=2.5', 'k=2.4');
    const [bad] = await runMeshCases(await write({ note: wrong, steps: [0, 100], q, p }));
    expect(bad).toMatchObject({ ok: false, note: expect.stringContaining('at step 100') });
  });

  it('says what does not fit', async () => {
    const [report] = await runMeshCases(
      await write({ note: '3x4 mesh', steps: [0, 1], q: [[1, 2]], p: [[1, 2]] }),
    );
    expect(report).toMatchObject({ ok: false, error: null });
    expect(report!.note).toContain('do not fit');
  });
});

describe('a mesh', () => {
  it('has springs to the 8 neighbours in the plane and to the 26 in space', () => {
    const plane = buildMesh({ columns: 10, rows: 10, layers: 1 });
    expect(plane.restLengths.length).toBe(2 * 90 + 2 * 81);
    const space = buildMesh({ columns: 3, rows: 3, layers: 3 });
    const ofCentre = [...space.edges].filter((node) => node === 13).length;
    expect(ofCentre).toBe(26);
    expect(new Set(space.restLengths)).toEqual(new Set([1, Math.SQRT2, Math.sqrt(3)]));
    const pairs = new Set(
      Array.from(space.restLengths, (_, e) => `${space.edges[2 * e]} ${space.edges[2 * e + 1]}`),
    );
    expect(pairs.size).toBe(space.edges.length / 2);
    expect(pairs.size).toBe(space.restLengths.length);
  });

  it('stays at rest when nothing disturbs it', () => {
    const mesh = buildMesh({ columns: 4, rows: 3, layers: 2 });
    const state = restState(mesh);
    const motion = new MeshMotion(mesh, paper);
    for (let n = 0; n < 50; n++) motion.step(state, 0.05);
    state.q.forEach((component, d) => {
      component.forEach((value, a) => {
        expect(value).toBeCloseTo(mesh.rest[d]![a]!, 12);
      });
    });
  });

  const shapes = [
    { what: 'the paper’s mesh', size: { columns: 10, rows: 10, layers: 1 }, dimensions: 2, fall: 0 },
    { what: 'a hanging cloth', size: { columns: 8, rows: 6, layers: 1 }, dimensions: 3, fall: -0.05 },
    { what: 'a lattice', size: { columns: 4, rows: 4, layers: 4 }, dimensions: 3, fall: 0 },
  ] as const;

  it.each(shapes)('loses energy at every small step: $what', ({ size, dimensions, fall }) => {
    const mesh = buildMesh(size);
    const physics = { ...paper, gravity: [0, fall, 0] as const };
    const state = initialState(mesh, drawn, dimensions, 3, 0);
    const motion = new MeshMotion(mesh, physics);
    const energies = [energyOf(mesh, physics, state)];
    for (let n = 0; n < 1000; n++) {
      motion.step(state, 0.00781);
      energies.push(energyOf(mesh, physics, state));
    }
    const rises = energies.filter((energy, n) => n > 0 && energy > energies[n - 1]!);
    expect(rises).toEqual([]);
    const [first, last] = [energies[0]!, energies.at(-1)!];
    expect(last).toBeLessThan(first - 0.1 * Math.abs(first - energyOf(mesh, physics, restState(mesh))));
  });

  it('keeps its energy without drag, to the order of the scheme', () => {
    const mesh = buildMesh({ columns: 6, rows: 6, layers: 1 });
    const physics = { ...paper, damping: 0 };
    const drift = (steps: number) => {
      const state = initialState(mesh, drawn, 2, 5, 0);
      const before = energyOf(mesh, physics, state);
      const motion = new MeshMotion(mesh, physics);
      for (let n = 0; n < steps; n++) motion.step(state, 8 / steps);
      return Math.abs(energyOf(mesh, physics, state) / before - 1);
    };
    expect(drift(400)).toBeLessThan(1e-6);
    // Fourth order or better: half the step, at most a sixteenth of the error (with some room).
    expect(drift(80) / drift(160)).toBeGreaterThan(12);
  });

  it('gets steps that leave nothing to gain', () => {
    const mesh = buildMesh({ columns: 10, rows: 10, layers: 1 });
    const physics = { ...paper, stiffness: 4 };
    const end = (steps: number) => {
      const state = initialState(mesh, { ...drawn, maxDisplacement: 0.45 }, 2, 1, 0);
      const motion = new MeshMotion(mesh, physics);
      for (let n = 0; n < 50 * steps; n++) motion.step(state, 0.1 / steps);
      return state.q[0];
    };
    const chosen = stepsFor(mesh, physics, 0.1);
    const [coarse, fine] = [end(chosen), end(4 * chosen)];
    expect(Math.max(...coarse.map((value, a) => Math.abs(value - fine[a]!)))).toBeLessThan(1e-6);
  });
});
