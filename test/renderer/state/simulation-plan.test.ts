/** What a person sets up, as the request that the simulator takes. */
import { describe, expect, it } from 'vitest';
import { completeSettings, simulatorNamed } from '#shared/domain/simulation.ts';
import { buildMesh } from '#shared/domain/simulations/mesh.ts';
import { startPositions } from '#shared/domain/simulations/mesh-start.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { springMeshSettingsSchema } from '#shared/domain/simulations/spring-mesh.ts';
import { isFreeNode, nodeAt, pullsWithin, withPull } from '../../../renderer/state/mesh-pulls.ts';
import { checkSettings, isDetermined, type Settings } from '../../../renderer/state/simulation-checks.ts';
import { SimulationPlan } from '../../../renderer/state/simulation-plan.svelte.ts';

describe('a set-up', () => {
  it.each(simulatorEntries.map(({ name }) => name))('of %s is sound as it comes', (name) => {
    const plan = new SimulationPlan();
    plan.choose(name);
    expect(plan.checked).toMatchObject({ problems: {}, advice: [] });
    expect(plan.checked.settings).toEqual(completeSettings(simulatorNamed(simulatorEntries, name), {}));
    expect(plan.request).toMatchObject({ simulator: name, settings: {} });
    expect(plan.bytes).toBeGreaterThan(1000);
  });

  it('asks for what was changed alone, keeps it beside another system, and takes it back', () => {
    const plan = new SimulationPlan();
    plan.choose('spring-mesh');
    plan.set({ columns: 7 });
    plan.set({ columns: 6 });
    plan.set({ damping: 0.2 });
    plan.choose('navier-stokes');
    expect(plan.request.settings).toEqual({});
    plan.choose('spring-mesh');
    expect(plan.request.settings).toEqual({ columns: 6, damping: 0.2 });
    plan.set({ damping: 0.1 });
    expect(plan.request.settings).toEqual({ columns: 6 });
    plan.undo();
    expect(plan.request.settings).toEqual({ columns: 6, damping: 0.2 });
    plan.undo();
    plan.undo();
    expect(plan.request.settings).toEqual({});
    expect(plan.undoable).toBe(false);
  });

  it('is a ready data set until something about it is changed', () => {
    const plan = new SimulationPlan();
    const file = { name: 'a.nc', title: '', settings: { frames: 40 }, trajectories: 7, seed: 5 };
    const recipe = {
      ...{ name: 'a', title: 'A', description: '', simulator: 'spring-mesh' },
      files: [{ ...file, splits: null, periods: null }],
    };
    plan.choose('spring-mesh');
    plan.chooseRecipe(recipe);
    expect(plan.recipe).toBe(recipe);
    plan.set({ columns: 6 });
    expect(plan.recipe).toBeNull();
    plan.takeFrom(recipe, recipe.files[0]!);
    expect(plan.request).toMatchObject({ settings: { frames: 40 }, trajectories: 7, seed: 5 });
  });

  it('says at which setting something is wrong', () => {
    const broken = { ...springMeshSettingsSchema.parse({}), columns: 1.5, damping: -1 };
    expect(checkSettings('spring-mesh', broken, 1)).toMatchObject({
      problems: { columns: expect.stringMatching(/whole number/), damping: 'Too small: at least 0.' },
      settings: null,
    });
    const crowded = { obstacles: 24, minRadius: 0.1, maxRadius: 0.1 };
    expect(checkSettings('navier-stokes', crowded, 1).problems['']).toMatch(/no room for 24 obstacles/);
    expect(checkSettings('surface-ocean', { latitude: 75, rows: 128 }, 1).problems['']).toMatch(/pole/);
  });

  it('knows when all trajectories would be the same', () => {
    const placed = [{ x: 1, y: 0.2, radius: 0.05 }];
    const settings = (changes: Settings) => checkSettings('navier-stokes', changes, 1).settings!;
    expect(isDetermined('navier-stokes', settings({}))).toBe(false);
    expect(isDetermined('navier-stokes', settings({ placed }))).toBe(true);
    expect(
      isDetermined('spring-mesh', checkSettings('spring-mesh', { maxDisplacement: 0 }, 1).settings!),
    ).toBe(true);
  });
});

describe('pulled nodes', () => {
  const mesh = buildMesh({ columns: 5, rows: 4, layers: 1 });

  it('start where they were pulled to, the others where the seed has them', () => {
    const displacements = withPull([], [2, 1], [0.4, -1.2345, 9], 2);
    expect(displacements).toEqual([{ node: [2, 1], dx: 0.4, dy: -1.234 }]);
    const settings = springMeshSettingsSchema.parse({ columns: 5, rows: 4, displacements });
    const [x, y] = startPositions(mesh, settings, 2, 3, 0);
    const [drawn] = startPositions(mesh, { ...settings, displacements: [] }, 2, 3, 0);
    expect(x[7]).toBeCloseTo(2.4);
    expect(y[7]).toBeCloseTo(1 - 1.234);
    expect(x[6]).toBe(drawn[6]);
  });

  it('are replaced, bounded, and dropped by a mesh that lacks them', () => {
    const once = withPull([], [2, 1], [1, 1, 0], 2);
    const again = withPull(once, [2, 1], [-50, 2, 0], 2);
    expect(again).toEqual([{ node: [2, 1], dx: -20, dy: 2 }]);
    const two = withPull(again, [4, 0], [1, 0, 0], 2);
    expect(pullsWithin(buildMesh({ columns: 3, rows: 4, layers: 1 }), two)).toEqual(again);
    expect(withPull([], [0, 0, 1], [1, 2, 3], 3)).toEqual([{ node: [0, 0, 1], dx: 1, dy: 2, dz: 3 }]);
  });

  it('are named by column, row and layer', () => {
    const lattice = buildMesh({ columns: 3, rows: 2, layers: 4 });
    expect(nodeAt(lattice, 3 * 2 * 2 + 4)).toEqual([1, 1, 2]);
    expect(nodeAt(mesh, 7)).toEqual([2, 1]);
    expect(isFreeNode(mesh, [0, 3])).toBe(false);
    expect(isFreeNode(mesh, [5, 0])).toBe(false);
    expect(isFreeNode(lattice, [1, 1, 2])).toBe(true);
    expect(isFreeNode(lattice, [1, 1, 3])).toBe(false);
  });
});
