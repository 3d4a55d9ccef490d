/** Topic `simulations`: what can be simulated, simulations under way and the files that they made. */
import { mkdir, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { diskError } from '#main/workspace/disk-errors.ts';
import { newId } from '#main/workspace/ids.ts';
import {
  completeSettings,
  describeSimulator,
  type SimulationFormat,
  type SimulationPreview,
  type SimulationRequest,
  type SimulationResult,
  simulatorNamed,
} from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { EventStream } from './events.ts';
import type { JobContext } from './job-registry.ts';
import { JobResults } from './job-results.ts';
import type { OpenedFiles } from './opened-files.ts';
import { findRecipe, readRecipes } from './recipes.ts';
import { stage } from './staging.ts';

interface Part {
  request: SimulationRequest;
  /** Absolute. */
  goal: string;
}

/** Pictures of one running simulation. */
interface Show {
  last: SimulationPreview | null;
  readonly watchers: Set<EventStream<SimulationPreview>>;
}

type File = SimulationResult['files'][number];

/** Watchers that are slow see the newest picture alone. */
const newestOnly = () => 'preview';

const endings: Record<SimulationFormat, string> = { netcdf: '.nc', zarr: '.zarr', 'nn-benchmark': '' };
const ending = (name: string, format: SimulationFormat) => name.replace(/\.nc$/, endings[format]);

export function simulationsTopic(core: Core, opened: OpenedFiles) {
  const { os, simulation, jobs, workspace, version } = core;
  const results = new JobResults<SimulationResult>(jobs);
  const shows = new Map<string, Show>();

  async function simulate(
    { request, goal }: Part,
    folder: string,
    format: SimulationFormat,
    context: JobContext,
    onStep: (fraction: number, message: string) => void,
  ): Promise<File> {
    const show = shows.get(context.id);
    const { steps, seconds, bytes } = await simulation.call(
      'simulate',
      { request, path: join(folder, basename(goal)), format, version },
      {
        signal: context.signal,
        onEvent(event) {
          if (event.kind === 'step') return onStep(event.fraction ?? 0, event.message);
          if (show === undefined) return;
          show.last = event.preview;
          for (const watcher of show.watchers) watcher.push(event.preview);
        },
      },
    );
    const { trajectories, seed } = request;
    const token = await opened.tokenFor([goal]);
    return { name: basename(goal), token, path: goal, trajectories, steps, seed, bytes, seconds };
  }

  /** One job for all parts: either every file is there in the end or none. */
  function launch(
    title: string,
    parts: readonly Part[],
    format: SimulationFormat,
    newFolder: string | null,
  ): string {
    const { simulator } = parts[0]!.request;
    const { system } = simulatorNamed(simulatorEntries, simulator);
    for (const { request } of parts)
      completeSettings(simulatorNamed(simulatorEntries, request.simulator), request.settings);
    const total = parts.reduce((sum, { request }) => sum + request.trajectories, 0);

    const job = jobs.start({ kind: 'simulate', title, subject: null }, async (context) => {
      shows.set(context.id, { last: null, watchers: new Set() });
      let made: string | undefined;
      try {
        await context.turn('simulate');
        made = newFolder === null ? undefined : await makeFolder(newFolder);
        const goals = parts.map((part) => part.goal);
        const files = await stage(goals, async (folder) => {
          const done: File[] = [];
          let before = 0;
          for (const part of parts) {
            const share = part.request.trajectories / total;
            const prefix = parts.length === 1 ? '' : `${basename(part.goal)}: `;
            const onStep = (fraction: number, message: string): void =>
              context.step({ kind: 'step', fraction: before + fraction * share, message: prefix + message });
            done.push(await simulate(part, folder, format, context, onStep));
            before += share;
          }
          return done;
        });
        const seconds = files.reduce((sum, file) => sum + file.seconds, 0);
        results.set(context.id, { simulator, system, files, seconds });
      } catch (thrown) {
        if (made !== undefined) await rm(made, { recursive: true, force: true });
        throw thrown;
      } finally {
        for (const watcher of shows.get(context.id)?.watchers ?? []) watcher.end();
        shows.delete(context.id);
      }
    });
    return job;
  }

  return {
    list: os.simulations.list.handler(() => simulatorEntries.map(describeSimulator)),
    recipes: os.simulations.recipes.handler(() => readRecipes(core)),
    start: os.simulations.start.handler(({ input: { request, format, name, path }, context }) => {
      if (path !== null)
        requireTrust(
          context,
          'simulate to a path',
          'Leave the path out; the file lies in the workspace then.',
        );
      const { title } = simulatorNamed(simulatorEntries, request.simulator);
      const own = `${newId(name?.trim() || request.simulator)}.nc`;
      const goal = path === null ? join(workspace.simulations, ending(own, format)) : resolve(path);
      return { job: launch(`Simulate ${name?.trim() || title}`, [{ request, goal }], format, null) };
    }),
    startRecipe: os.simulations.startRecipe.handler(
      async ({ input: { recipe: name, format, path }, context }) => {
        if (path !== null)
          requireTrust(
            context,
            'simulate to a path',
            'Leave the path out; the files lie in the workspace then.',
          );
        const recipe = await findRecipe(core, name);
        const folder = path === null ? join(workspace.simulations, newId(recipe.name)) : resolve(path);
        const parts = recipe.files.map(({ name: file, settings, trajectories, seed, splits }) => ({
          request: {
            simulator: recipe.simulator,
            settings,
            trajectories,
            seed,
            splits,
            significantBits: null,
          },
          goal: join(folder, ending(file, format)),
        }));
        return { job: launch(`Simulate ${recipe.title}`, parts, format, folder) };
      },
    ),
    watch: os.simulations.watch.handler(({ input: { job }, signal }) => {
      jobs.get(job);
      const stream = new EventStream<SimulationPreview>(newestOnly).endOn(signal);
      const show = shows.get(job);
      if (show === undefined) {
        stream.end();
        return stream;
      }
      if (show.last) stream.push(show.last);
      show.watchers.add(stream);
      stream.onEnd(() => show.watchers.delete(stream));
      return stream;
    }),
    result: os.simulations.result.handler(({ input, context }) => {
      const result = results.get(input.job);
      if (context.trusted) return result;
      return { ...result, files: result.files.map((file) => ({ ...file, path: null })) };
    }),
  };
}

/** Answers the uppermost folder that was missing, to be taken away again if need be. */
async function makeFolder(folder: string): Promise<string | undefined> {
  try {
    return await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw diskError(thrown, 'write', folder);
  }
}
