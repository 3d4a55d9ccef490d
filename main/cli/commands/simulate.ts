/** `driftcast simulate SYSTEM`: trajectories of a simulator in a NetCDF file; with --recipe a whole data set. */
import type { Command } from 'commander';
import {
  describeSimulator,
  type SimulationFormat,
  type SimulationResult,
  simulationFormats,
  simulationRequestSchema,
  simulatorNamed,
} from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from '../jobs.ts';
import { collect, oneOf, wholeNumber } from '../parse/numbers.ts';
import { simulationSettings } from '../parse/simulation.ts';
import { bytes, counted, duration } from '../print/format.ts';
import { recipeText, simulatorText } from '../print/simulation.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';

interface SimulateOptions extends Common {
  out?: string;
  trajectories?: number;
  steps?: number;
  seed?: number;
  set?: string[];
  significantBits?: number;
  recipe?: string;
  format?: SimulationFormat;
  list?: boolean;
}

const names = simulatorEntries.map((entry) => entry.name);

export function registerSimulate(verbs: Verbs): void {
  const verb: Command = addVerb(verbs.program, 'simulate', 'Make trajectories of a physical system, seeded')
    .argument('[system]', `one of ${names.join(', ')}`)
    .option('--out <file>', 'the NetCDF file (or .zarr store) to write; with --recipe the folder')
    .option('--trajectories <count>', 'independent trajectories (1)', wholeNumber('--trajectories'))
    .option(
      '--steps <count>',
      'output frames of a trajectory, the initial condition included',
      wholeNumber('--steps', 2),
    )
    .option('--seed <number>', 'seed of all randomness (1)', wholeNumber('--seed', 0))
    .option('--set <key=value>', 'change one setting; may be given several times', collect)
    .option(
      '--significant-bits <count>',
      'round values to so many mantissa bits, 1 to 23, for a smaller file (10: within 0.05 %)',
      wholeNumber('--significant-bits', 1),
    )
    .option('--recipe <recipe>', 'all files of a named data set, e.g. spring-mesh-small')
    .option(
      '--format <format>',
      `one of ${simulationFormats.join(', ')}; netcdf when left out, zarr where --out ends in .zarr`,
      oneOf('--format', simulationFormats),
    )
    .option('--list', 'list the simulators with their settings, and the recipes')
    .action((system: string | undefined, options: SimulateOptions) =>
      withService(verbs, options, async (session) => {
        if (options.list) return list(session);
        const job =
          options.recipe === undefined
            ? await one(session, system, options)
            : await recipe(session, system, options);
        await followJob(session, job);
        answer(session, await session.client.simulations.result({ job }));
        return undefined;
      }),
    );
  verb.addHelpText(
    'after',
    () =>
      `\nSettings for --set, by system:\n\n${simulatorEntries.map((entry) => simulatorText(describeSimulator(entry))).join('\n\n')}`,
  );
}

async function one(session: Session, system: string | undefined, options: SimulateOptions): Promise<string> {
  if (system === undefined || options.out === undefined)
    throw new DriftcastError(
      'bad-input',
      'A simulation needs a system and --out.',
      `The systems are ${names.join(', ')}. Or give --recipe; driftcast simulate --list shows what there is.`,
    );
  const entry = simulatorNamed(simulatorEntries, system);
  const { trajectories, seed, significantBits } = options;
  if (significantBits !== undefined && significantBits > 23)
    throw new DriftcastError(
      'bad-input',
      `--significant-bits ${significantBits} is more than the 23 that a single-precision number has.`,
      'Leave it out to keep every bit.',
    );
  const request = simulationRequestSchema.parse({
    simulator: system,
    settings: simulationSettings(entry, options.set ?? [], options.steps),
    trajectories,
    seed,
    significantBits,
  });
  const path = session.path(options.out);
  const { job } = await session.client.simulations.start({ request, format: formatOf(options), path });
  return job;
}

const formatOf = ({ format, out = '' }: SimulateOptions): SimulationFormat =>
  format ?? (/\.zarr$/i.test(out) ? 'zarr' : 'netcdf');

async function recipe(
  session: Session,
  system: string | undefined,
  options: SimulateOptions,
): Promise<string> {
  const fixed = ['trajectories', 'steps', 'seed', 'set', 'significantBits'] as const;
  const given = fixed
    .filter((name) => options[name] !== undefined)
    .map((name) => (name === 'significantBits' ? '--significant-bits' : `--${name}`));
  if (system !== undefined) given.unshift(`the system ${system}`);
  if (given.length > 0)
    throw new DriftcastError(
      'bad-input',
      `A recipe says itself what it makes, so ${given.join(', ')} cannot be given with --recipe.`,
      'Leave them out, or simulate a system without --recipe.',
    );
  if (options.out === undefined)
    throw new DriftcastError('bad-input', 'A recipe needs --out.', 'Name the folder for its files.');
  const path = session.path(options.out);
  const { job } = await session.client.simulations.startRecipe({
    recipe: options.recipe ?? '',
    format: options.format ?? 'netcdf',
    path,
  });
  return job;
}

function answer({ output }: Session, result: SimulationResult): void {
  const { simulator, files, seconds } = result;
  const documents = files.map(({ path, trajectories, steps, seed, bytes: size, seconds: own }) => ({
    file: path,
    system: simulator,
    trajectories,
    steps,
    seconds: own,
    bytes: size,
    seed,
  }));
  const [only] = documents;
  output.answer(documents.length === 1 ? only : { system: simulator, seconds, files: documents }, () =>
    documents
      .map(
        (file) =>
          `${file.file}: ${file.trajectories === 1 ? '1 trajectory' : `${file.trajectories} trajectories`} of ${counted(file.steps, 'frame')} (${file.system}, seed ${file.seed}), ${bytes(file.bytes)} in ${duration(file.seconds)}`,
      )
      .join('\n'),
  );
}

async function list({ client, output }: Session): Promise<undefined> {
  const simulators = await client.simulations.list();
  const recipes = await client.simulations.recipes();
  output.answer({ simulators, recipes }, () =>
    [
      'Simulators',
      '',
      ...simulators.map((simulator) => `${simulatorText(simulator)}\n`),
      'Recipes',
      '',
      ...recipes.map((one) => `${recipeText(one)}\n`),
    ].join('\n'),
  );
  return undefined;
}
