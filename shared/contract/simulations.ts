/** The part of the contract about simulations: what can be simulated, starting it, watching it, what came of it. */
import { eventIterator, oc } from '@orpc/contract';
import { z } from 'zod';
import {
  recipeSchema,
  simulationFormats,
  simulationPreviewSchema,
  simulationRequestSchema,
  simulationResultSchema,
  simulatorDescriptionSchema,
} from '../domain/simulation.ts';

const job = z.object({ job: z.string().max(120) });
/** Only the command line has a path; without one the files lie in the workspace. */
const path = z.string().min(1).max(4096).nullable().default(null);

export const simulations = {
  list: oc.output(z.array(simulatorDescriptionSchema)),
  recipes: oc.output(z.array(recipeSchema)),
  /** One file, or with `zarr` and `nn-benchmark` one folder, named by the whole path. */
  start: oc
    .input(
      z.object({
        request: simulationRequestSchema,
        format: z.enum(simulationFormats).default('netcdf'),
        name: z.string().max(120).optional(),
        path,
      }),
    )
    .output(job),
  /** All files of a recipe, into a folder named by its path, which is made if need be. */
  startRecipe: oc
    .input(z.object({ recipe: z.string(), format: z.enum(simulationFormats).default('netcdf'), path }))
    .output(job),
  /** Pictures of a running simulation, the newest first and a few a second, until it ends. */
  watch: oc.input(job).output(eventIterator(simulationPreviewSchema)),
  /** Answer of a finished simulation. */
  result: oc.input(job).output(simulationResultSchema),
};
