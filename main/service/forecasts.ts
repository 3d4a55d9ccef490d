/** Topic `forecasts`: ensemble forecasts, each a folder with a NetCDF file and a description. */
import { constants } from 'node:fs';
import { copyFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { temporaryPath } from '#main/workspace/atomic.ts';
import { diskError } from '#main/workspace/disk-errors.ts';
import { type Entities, entityFiles } from '#main/workspace/entities.ts';
import type { ForecastRequest } from '#shared/domain/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import { type Core, makeEntity } from './core.ts';
import { requireTrust } from './errors.ts';

/** Absolute path of a forecast's NetCDF file. */
export function forecastFile(entities: Entities, id: string): string {
  return join(entities.forecasts.folder(id), entityFiles.netcdf);
}

/** Copies a file so that the copy is either whole or not there. Answers its size in bytes. */
export async function copyWhole(from: string, to: string): Promise<number> {
  const temporary = temporaryPath(to);
  try {
    await copyFile(from, temporary, constants.COPYFILE_FICLONE);
    await rename(temporary, to);
    return (await stat(to)).size;
  } catch (thrown) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(thrown, 'write', to);
  }
}

function nameOf(runName: string, { name, starts }: ForecastRequest): string {
  if (name !== undefined && name.trim() !== '') return name.trim();
  const from = starts.length === 1 ? `from ${starts[0]}` : `from ${starts.length} starts`;
  return `${runName}, ${from}`;
}

export function forecastsTopic(core: Core) {
  const { os, entities, compute, files, jobs, log } = core;

  async function folderOf(forecast: string): Promise<string> {
    await entities.forecasts.read(forecast);
    return entities.forecasts.folder(forecast);
  }

  return {
    start: os.forecasts.start.handler(async ({ input: request }) => {
      const run = await entities.runs.read(request.run);
      const dataset = await entities.datasets.read(request.dataset ?? run.dataset);
      const name = nameOf(run.name, request);
      const made = await entities.forecasts.create(name);
      const provenance = {
        driftcast: core.version,
        run: run.id,
        run_name: run.name,
        preset: run.preset,
        dataset: dataset.id,
        dataset_name: dataset.name,
        dataset_fingerprint: dataset.fingerprint,
        sources: dataset.sources.map((source) => source.name).join(', '),
      };
      const job = jobs.start({ kind: 'forecast', title: `Forecast ${name}`, subject: made.id }, (context) =>
        makeEntity(core, { kind: 'forecast', ...made }, 'being forecast', async () => {
          await context.turn('forecast');
          const output = await compute.call(
            'forecast',
            {
              datasetFolder: entities.datasets.folder(dataset.id),
              trainedFolder: entities.datasets.folder(run.dataset),
              runFolder: entities.runs.folder(run.id),
              forecastFolder: made.folder,
              request,
              provenance,
            },
            { signal: context.signal, onEvent: (event) => context.step(event) },
          );
          await entities.forecasts.write(made.id, {
            ...output,
            formatVersion: 1,
            id: made.id,
            name,
            created: new Date().toISOString(),
            run: run.id,
            dataset: dataset.id,
          });
        }),
      );
      return { job, forecast: made.id };
    }),
    list: os.forecasts.list.handler(async () => {
      const { items, problems } = await entities.forecasts.list();
      for (const problem of problems) log.warn({ err: problem }, 'A forecast was left out of the list.');
      return items;
    }),
    get: os.forecasts.get.handler(({ input }) => entities.forecasts.read(input.forecast)),
    probe: os.forecasts.probe.handler(async ({ input: { forecast, ...place }, signal }) =>
      files.call('probe', { forecastFolder: await folderOf(forecast), ...place }, { signal }),
    ),
    transect: os.forecasts.transect.handler(async ({ input: { forecast, ...place }, signal }) =>
      files.call('transect', { forecastFolder: await folderOf(forecast), ...place }, { signal }),
    ),
    remove: os.forecasts.remove.handler(async ({ input: { forecast } }) => {
      if (jobs.isBusy(forecast))
        throw new DriftcastError('conflict', 'The forecast is still being used.', 'Cancel its job first.');
      await entities.forecasts.remove(forecast);
      return {};
    }),
    export: os.forecasts.export.handler(async ({ input, context, signal }) => {
      requireTrust(context, 'write a forecast to a path', 'Download the forecast instead.');
      await entities.forecasts.read(input.forecast);
      const file = forecastFile(entities, input.forecast);
      if (/\.zarr$/i.test(input.path))
        return files.call('exportZarr', { path: file, folder: input.path }, { signal });
      return { bytes: await copyWhole(file, input.path) };
    }),
  };
}
