/** The named data sets: each can be made, has the sizes of the paper, and draws no trajectory twice. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findSimulator } from '#main/engine/simulators/registry.ts';
import { completeSettings, type Recipe, recipeSchema, simulatorNamed } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'resources', 'recipes');
const recipes = new Map<string, Recipe>(
  readdirSync(folder).map((file) => [
    file,
    recipeSchema.parse(JSON.parse(readFileSync(join(folder, file), 'utf8'))),
  ]),
);

describe('recipes', () => {
  it('lie under their own names, two sizes for each system of the paper', () => {
    for (const system of ['spring-mesh', 'navier-stokes', 'surface-ocean'])
      for (const size of ['small', 'paper']) expect([...recipes.keys()]).toContain(`${system}-${size}.json`);
    for (const [file, recipe] of recipes) expect(`${recipe.name}.json`).toBe(file);
  });

  it.each([...recipes.values()].map((recipe) => [recipe.name, recipe] as const))(
    '%s can be made',
    (_, recipe) => {
      const entry = simulatorNamed(simulatorEntries, recipe.simulator);
      for (const { settings, trajectories, splits, periods } of recipe.files) {
        const layout = findSimulator(entry.name).layout(completeSettings(entry, settings) as never);
        expect(layout.time.values.length).toBeGreaterThan(20);
        if (splits) expect(splits.train + splits.validation + splits.test).toBe(trajectories);
        else expect(trajectories).toBe(1);
        expect(periods === null).toBe(trajectories > 1);
      }
      for (const key of ['seed', 'name'] as const)
        expect(new Set(recipe.files.map((file) => file[key])).size).toBe(recipe.files.length);
    },
  );

  it('of the paper have its numbers of trajectories and its radii', () => {
    const files = (name: string) => recipes.get(`${name}-paper.json`)!.files;
    expect(files('spring-mesh')).toMatchObject([
      { splits: { train: 100, validation: 3, test: 15 }, settings: {} },
      { trajectories: 15, settings: { minDisplacement: 0.35, maxDisplacement: 0.45 } },
    ]);
    expect(files('navier-stokes')).toMatchObject([
      { splits: { train: 100, validation: 2, test: 5 }, settings: {} },
      { settings: { minRadius: 0.025, maxRadius: 0.05 } },
    ]);
    expect(files('surface-ocean')).toMatchObject([
      { periods: { train: '1982..2019', validation: '2020..2020', test: '2021..2021' } },
    ]);
  });
});
