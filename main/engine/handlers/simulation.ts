/** Simulates trajectories in threads and writes them to a file as they come. */
import { rm, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { exportNnBenchmark } from '#main/data/nnBenchmark/export.ts';
import {
  createSimulationWriter,
  framesPerBlock,
  type SimulationFileLayout,
} from '#main/data/simulationWriter.ts';
import { exportZarr } from '#main/data/zarr/export.ts';
import { type AnySimulator, findSimulator } from '#main/engine/simulators/registry.ts';
import type { SimulationLayout } from '#main/engine/simulators/simulator.ts';
import { completeSettings, type SimulatorEntry, simulatorNamed } from '#shared/domain/simulation.ts';
import { simulatorEntries } from '#shared/domain/simulations/registry.ts';
import type { Handler } from '../host/engine-main.ts';
import type { SimulateInput } from '../protocol.ts';
import { stepEmitter } from './files.ts';
import type { SimulationThread } from './simulation-messages.ts';
import { computeTrajectories } from './simulation-pool.ts';

export interface SimulationTools {
  startThread(): SimulationThread;
  /** Threads at most. */
  threads: number;
  /** The registered ones unless a test has its own. */
  simulators?: readonly AnySimulator[];
  entries?: readonly SimulatorEntry[];
}

const secondsSince = (start: number) => (performance.now() - start) / 1000;

/** What the file says about itself. */
function fileLayout(
  layout: SimulationLayout,
  entry: SimulatorEntry,
  settings: Record<string, unknown>,
  { request, version }: SimulateInput,
): SimulationFileLayout {
  const { trajectories, seed, splits, significantBits } = request;
  const single = trajectories === 1 && entry.system === 'sst';
  return {
    ...layout,
    trajectories: single ? null : trajectories,
    rounding: significantBits === null ? null : { significantBits, version },
    attributes: {
      title: entry.title,
      ...layout.attributes,
      source: `Driftcast simulator ${entry.name}`,
      history: `${new Date().toISOString()} simulated by Driftcast ${version}${significantBits === null ? '' : `, values rounded to ${significantBits} significant bits`}`,
      driftcast: version,
      driftcast_system: entry.system,
      ...(layout.masks.length === 0 ? {} : { driftcast_masks: layout.masks.join(' ') }),
      driftcast_simulation: JSON.stringify({
        simulator: entry.name,
        settings,
        seed,
        trajectories,
        ...(significantBits === null ? {} : { significantBits }),
      }),
      ...(splits === null ? {} : { driftcast_splits: JSON.stringify(splits) }),
    },
  };
}

/** The handler, with threads of the given kind. */
export function simulateWith(tools: SimulationTools): Handler<'simulate'> {
  return async (input, { signal, emit }) => {
    const start = performance.now();
    const { request, format } = input;
    const entry = simulatorNamed(tools.entries ?? simulatorEntries, request.simulator);
    const settings = completeSettings(entry, request.settings);
    const layout = findSimulator(entry.name, tools.simulators).layout(settings as never);
    const file = fileLayout(layout, entry, settings, input);
    const path = format === 'netcdf' ? resolve(input.path) : `${resolve(input.path)}.nc`;
    const steps = layout.time.values.length;
    const { trajectories, seed } = request;
    const words = (finished: number) =>
      `Trajectory ${Math.min(finished + 1, trajectories)} of ${trajectories}`;

    const writer = await createSimulationWriter(path, file);
    const threads: SimulationThread[] = [];
    try {
      while (threads.length < Math.min(tools.threads, trajectories)) threads.push(tools.startThread());
      let shown = Number.NEGATIVE_INFINITY;
      const order = {
        simulator: entry.name,
        settings,
        seed,
        trajectories,
        blockFrames: framesPerBlock(file),
      };
      await computeTrajectories(
        threads,
        order,
        steps,
        {
          statics: writer.writeStatics,
          block: (at, b) => writer.writeFrames(at, b.first, b.count, b.fields),
        },
        {
          signal,
          onProgress(fraction, finished) {
            const now = performance.now();
            if (now - shown < 100 && fraction < 1) return;
            shown = now;
            emit({ kind: 'step', fraction, message: words(finished) });
          },
          onPreview: (preview) => emit({ kind: 'preview', preview }),
        },
      );
      await writer.close();
    } finally {
      await Promise.all(threads.map((thread) => thread.end()));
      // After a complete file there is nothing left to give up.
      await writer.abort();
    }
    if (format !== 'netcdf') {
      try {
        const onProgress = stepEmitter(emit, `Writing the ${format} folder`);
        const write = format === 'zarr' ? exportZarr : exportNnBenchmark;
        const bytes = await write(path, resolve(input.path), { signal, onProgress });
        return { steps, seconds: secondsSince(start), bytes };
      } finally {
        await rm(path, { force: true });
      }
    }
    return { steps, seconds: secondsSince(start), bytes: (await stat(path)).size };
  };
}
