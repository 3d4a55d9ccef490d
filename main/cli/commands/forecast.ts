/** `driftcast forecast`: an ensemble forecast of a trained run, kept in the workspace and written to a file. */
import { existsSync } from 'node:fs';
import { type Dataset, type SplitName, splitNames } from '#shared/domain/dataset.ts';
import type { Forecast, ForecastRequest } from '#shared/domain/forecast.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from '../jobs.ts';
import { findNamed } from '../names.ts';
import { collect, oneOf, positiveNumbers, wholeNumber } from '../parse/numbers.ts';
import { bytes, counted, date, duration, number } from '../print/format.ts';
import { addVerb, type Common, type Session, type Verbs, withCompute } from '../verb.ts';

interface ForecastOptions extends Common {
  run: string;
  dataset?: string;
  start?: string[];
  split?: SplitName;
  members: number;
  horizon?: number;
  schedule?: string;
  leadTimes?: number[];
  seed: number;
  name?: string;
  out?: string;
}

export function registerForecast(verbs: Verbs): void {
  addVerb(verbs.program, 'forecast', 'Run an ensemble forecast from one or several initial conditions')
    .requiredOption('--run <run>', 'id or name of the trained run')
    .option('--dataset <dataset>', 'forecast other data than the run was trained on, with the same grid')
    .option('--start <when>', 'time index, date, or last; may be given several times', collect)
    .option(
      '--split <split>',
      `every start of a split: ${splitNames.join(', ')}`,
      oneOf('--split', splitNames),
    )
    .option('--members <count>', 'ensemble members', wholeNumber('--members'), 20)
    .option('--horizon <steps>', "data steps; the run's own when left out", wholeNumber('--horizon'))
    .option('--schedule <name>', 'accelerated sampling schedule')
    .option(
      '--lead-times <list>',
      'extra real-valued lead times in data steps',
      positiveNumbers('--lead-times'),
    )
    .option('--seed <number>', 'seed of the members', wholeNumber('--seed', 0), 1)
    .option('--name <name>', 'the name of the forecast')
    .option('--out <file.nc>', 'where to write the NetCDF file; a name that ends in .zarr makes a Zarr store')
    .action((options: ForecastOptions) =>
      withCompute(verbs, options, async (session) => {
        const file = options.out === undefined ? null : session.path(options.out);
        if (file !== null) refuseExistingStore(file);
        const run = findNamed('run', options.run, await session.client.runs.list());
        const other =
          options.dataset === undefined
            ? null
            : findNamed('dataset', options.dataset, await session.client.datasets.list()).id;
        const starts = await startsOf(session, options, other ?? run.dataset);
        const { run: _name, json: _json, workspace: _workspace, out: _out, ...wanted } = options;
        const forecast = await makeForecast(session, {
          run: run.id,
          dataset: other,
          starts,
          members: wanted.members,
          horizon: wanted.horizon ?? null,
          schedule: wanted.schedule ?? null,
          leadTimes: wanted.leadTimes ?? [],
          seed: wanted.seed,
          ...(wanted.name ? { name: wanted.name } : {}),
        });
        const size = file === null ? null : await exportTo(session, forecast.id, file);
        session.output.answer({ forecast: forecast.id, file, ...forecast }, () =>
          describe(forecast, file, size),
        );
        return undefined;
      }),
    );
}

/** Runs the forecast to its end. */
export async function makeForecast(session: Session, request: ForecastRequest): Promise<Forecast> {
  const started = await session.client.forecasts.start(request);
  await followJob(session, started.job);
  return session.client.forecasts.get({ forecast: started.forecast });
}

/** Said before the forecast is made, not after. A file is replaced, a folder never. */
function refuseExistingStore(path: string): void {
  if (!/\.zarr$/i.test(path) || !existsSync(path)) return;
  throw new DriftcastError('conflict', `${path} exists already.`, 'Choose another name, or remove it first.');
}

/** Copies a forecast's NetCDF file out of the workspace, as Zarr to a path that ends in .zarr; its size in bytes. */
export async function exportTo(session: Session, forecast: string, path: string): Promise<number> {
  return (await session.client.forecasts.export({ forecast, path })).bytes;
}

async function startsOf(
  session: Session,
  options: ForecastOptions,
  datasetId: string,
): Promise<(number | string)[]> {
  if (options.split === undefined) return (options.start ?? ['last']).map(parseStart);
  if (options.start !== undefined) {
    throw new DriftcastError(
      'bad-input',
      '--start and --split cannot both be given.',
      'Leave one of them out.',
    );
  }
  const dataset = await session.client.datasets.get({ dataset: datasetId });
  return splitStarts(dataset, options.split, options.horizon ?? dataset.settings.horizon);
}

/** A whole number is an index on the dataset's time axis, except that four digits alone are a year. */
export function parseStart(text: string): number | string {
  return /^\d+$/.test(text) && text.length !== 4 ? Number(text) : text;
}

/** Time indices of all initial conditions whose truth lies wholly inside a split, and in their own trajectory. */
export function splitStarts(dataset: Dataset, split: SplitName, horizon: number): number[] {
  const { firstTime, endTime } = dataset.summary.splits[split];
  const times = endTime - firstTime;
  const length = dataset.summary.trajectories?.length ?? Number.POSITIVE_INFINITY;
  const starts = Array.from({ length: Math.max(0, times - horizon) }, (_, index) => firstTime + index);
  const inside = starts.filter((start) => (start % length) + horizon < length);
  if (inside.length === 0) {
    throw new DriftcastError(
      'bad-input',
      `The ${split} split of ${dataset.name} has ${times > length ? `${length} times in each trajectory` : `${times} times`}, too few for a horizon of ${horizon}.`,
      'Choose a shorter horizon or another split.',
    );
  }
  return inside;
}

function describe(forecast: Forecast, file: string | null, size: number | null): string {
  const inOrder = [...forecast.starts].sort((a, b) => a.timeIndex - b.timeIndex);
  const [first] = inOrder;
  const last = inOrder.at(-1);
  const span =
    forecast.starts.length === 1
      ? date(first?.date ?? '')
      : `${date(first?.date ?? '')} to ${date(last?.date ?? '')}`;
  const lines = [
    `Forecast ${forecast.name} (${forecast.id}): ${forecast.members} members of ${forecast.variable} (${forecast.units})`,
    `${counted(forecast.starts.length, 'start')}: ${span}`,
    `Lead times ${forecast.leads.map((lead) => number(lead)).join(', ')} data steps`,
    `${forecast.networkCalls} network calls in ${duration(forecast.seconds)}`,
  ];
  if (file !== null && size !== null) lines.push(`Written to ${file} (${bytes(size)})`);
  const scored = forecast.starts.some((start) => start.truth);
  if (scored) lines.push('', `Next: driftcast evaluate --forecast ${file ?? forecast.id}`);
  return lines.join('\n');
}
