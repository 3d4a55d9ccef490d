/** The named data sets in resources/recipes, one JSON file each. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '#main/workspace/disk-errors.ts';
import { type Recipe, recipeSchema } from '#shared/domain/simulation.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';

/** Every recipe that is whole, in order of file name; a broken one is logged. */
export async function readRecipes({ resourcesFolder, log }: Core): Promise<Recipe[]> {
  const folder = join(resourcesFolder, 'recipes');
  const recipes: Recipe[] = [];
  for (const file of await filesIn(folder)) {
    try {
      recipes.push(recipeSchema.parse(JSON.parse(await readFile(join(folder, file), 'utf8'))));
    } catch (thrown) {
      log.error({ err: thrown, file }, 'A recipe is broken.');
    }
  }
  return recipes;
}

async function filesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
  } catch (thrown) {
    if (isMissing(thrown)) return [];
    throw thrown;
  }
}

/** @throws DriftcastError `not-found` with the names there are. */
export async function findRecipe(core: Core, name: string): Promise<Recipe> {
  const recipes = await readRecipes(core);
  const found = recipes.find((recipe) => recipe.name === name);
  if (found) return found;
  throw new DriftcastError(
    'not-found',
    `There is no recipe "${name}".`,
    `Choose one of: ${recipes.map((recipe) => recipe.name).join(', ')}.`,
  );
}
