/** `driftcast prepare FILE…`: variables, region, period and split become a dataset to train on. */

import type { Dataset, PrepareSettings } from '#shared/domain/dataset.ts';
import { normalisationKinds, prepareSettingsSchema } from '#shared/domain/dataset.ts';
import type { FileSummary } from '#shared/domain/file.ts';
import { suggestedChoices } from '#shared/domain/prepare-defaults.ts';
import { DriftcastError } from '#shared/errors.ts';
import { followJob } from '../jobs.ts';
import { openFiles } from '../opening.ts';
import { collect, oneOf, wholeNumber } from '../parse/numbers.ts';
import {
  chosenSlices,
  parseCells,
  parseIrregular,
  parseMasks,
  parsePeriod,
  parseRegion,
  parseSlices,
  parseSplit,
} from '../parse/prepare.ts';
import { bytes, date, percent } from '../print/format.ts';
import { table } from '../print/table.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';

const extras = ['season', 'latitude', 'land-mask'] as const;

interface PrepareOptions extends Common {
  name: string;
  variable?: string[];
  region?: string;
  cells?: string;
  period?: string;
  split?: string;
  horizon: number;
  normalisation?: PrepareSettings['normalisation'];
  extra?: string;
  masks?: string;
  stride?: number;
  slice?: string[];
  maxGap?: number;
  irregular?: string;
}

export function registerPrepare(verbs: Verbs): void {
  addVerb(verbs.program, 'prepare', 'Choose variables, region and split of one or several files')
    .argument(
      '<files...>',
      'NetCDF files; several, a folder or a pattern ("sst.*.nc") are joined along time, or side by side',
    )
    .requiredOption('--name <name>', 'the name of the dataset')
    .option('--variable <name>', 'variable to forecast; may be given several times', collect)
    .option('--region <s,n,w,e>', 'box in degrees: south,north,west,east')
    .option('--cells <r0,r1,c0,c1>', 'box in cells: firstRow,lastRow,firstColumn,lastColumn')
    .option('--period <from..to>', 'only times in this period, e.g. 1990..2019-06')
    .option(
      '--split <split>',
      'three fractions, trajectories:100,2,5, or train=from..to,validation=from..to,test=from..to; trajectories are split whole',
    )
    .option('--horizon <steps>', 'lead times to learn, in data steps', wholeNumber('--horizon', 2), 7)
    .option(
      '--normalisation <kind>',
      `one of ${normalisationKinds.join(', ')}`,
      oneOf('--normalisation', normalisationKinds),
    )
    .option('--extra <channels>', `extra input channels with commas between: ${extras.join(', ')}`)
    .option(
      '--masks <names>',
      'static fields that become extra input channels, with commas between, or none; those that a simulated file names if not given',
    )
    .option(
      '--stride <steps>',
      'begin a training window at every so many steps of a trajectory or split',
      wholeNumber('--stride', 1),
    )
    .option(
      '--slice <dimension=value>',
      'choice in another dimension by its coordinate, e.g. depth=10, or by its index, e.g. depth=#0 or trajectory=#3',
      collect,
    )
    .option(
      '--irregular <choice>',
      'what to do about irregular times: resample-mean=STEP, interpolate=STEP (6h, 1d, 1mo, …), split at the gaps, or cut to the longest regular stretch',
    )
    .option('--max-gap <steps>', 'longest gap in time that is interpolated', wholeNumber('--max-gap', 0))
    .action((files: string[], options: PrepareOptions) =>
      withService(verbs, options, async (session) => {
        const dataset = await prepareFiles(
          session,
          files.map((file) => session.path(file)),
          options.name,
          (summary) => settingsOf(options, summary),
        );
        const answer = { dataset: dataset.id, ...dataset };
        session.output.answer(answer, () => describe(dataset));
        return undefined;
      }),
    );
}

/** Opens the files and prepares them: the whole verb but for its options, which the demonstration shares. */
export async function prepareFiles(
  session: Session,
  paths: readonly string[],
  name: string,
  settings: (summary: FileSummary) => PrepareSettings,
): Promise<Dataset> {
  const { client, output } = session;
  const { id, summary } = await openFiles(session, paths, false);
  if (summary.joined) output.note(summary.joined.words);
  for (const warning of summary.warnings) output.note(`Note: ${warning}`);
  const started = await client.datasets.prepare({ files: [id], name, settings: settings(summary) });
  await followJob(session, started.job);
  return client.datasets.get({ dataset: started.dataset });
}

function settingsOf(options: PrepareOptions, summary: FileSummary): PrepareSettings {
  if (options.region !== undefined && options.cells !== undefined)
    throw new DriftcastError('bad-input', '--region and --cells cannot both be given.', 'Leave one out.');
  const suggested = suggestedChoices(summary);
  const extraChannels = (options.extra ?? '').split(',').filter((word) => word !== '');
  return prepareSettingsSchema.parse({
    variables:
      options.variable?.flatMap((names) => names.split(',')) ??
      suggestedVariables(suggested.variables, summary),
    region: options.region
      ? parseRegion(options.region)
      : options.cells
        ? parseCells(options.cells)
        : undefined,
    period: options.period === undefined ? undefined : parsePeriod(options.period),
    split: options.split === undefined ? undefined : parseSplit(options.split),
    horizon: options.horizon,
    normalisation: options.normalisation ?? suggested.normalisation ?? undefined,
    extraChannels: extraChannels.map((word) => oneOf('--extra', extras)(word)),
    ...(options.masks === undefined ? {} : { masks: parseMasks(options.masks) }),
    ...(options.stride === undefined ? {} : { stride: options.stride }),
    ...(options.irregular === undefined ? {} : { irregular: parseIrregular(options.irregular) }),
    slices: chosenSlices(parseSlices(options.slice ?? []), summary),
    maxGapFill: options.maxGap,
  });
}

function suggestedVariables(suggested: readonly string[], summary: FileSummary): readonly string[] {
  if (suggested.length > 0) return suggested;
  const names = summary.variables.filter((variable) => variable.forecastable).map(({ name }) => name);
  if (names.length > 1) {
    throw new DriftcastError(
      'bad-input',
      `${summary.name} holds ${names.length} variables that can be forecast.`,
      `Choose with --variable, one of: ${names.join(', ')}.`,
    );
  }
  const why = summary.variables.find((variable) => variable.reason !== undefined);
  throw new DriftcastError(
    'unsupported',
    `${summary.name} holds no variable that can be forecast${why ? ` (${why.name}: ${why.reason})` : ''}.`,
    'A variable needs a regular time axis and two dimensions in space.',
  );
}

function describe(dataset: Dataset): string {
  const { summary } = dataset;
  const { trajectories, masks } = summary;
  const span = trajectories
    ? `${trajectories.count} trajectories of ${trajectories.length} times × ${summary.step}`
    : `${summary.times} times × ${summary.step}`;
  const channels = summary.channels.map((channel) => `${channel.name} (${channel.units || '1'})`).join(', ');
  const splits = (['train', 'validation', 'test'] as const).map((name) => ({
    name,
    ...summary.splits[name],
  }));
  const lines = [
    `Dataset ${dataset.name} (${dataset.id})`,
    `${channels}, ${summary.height} × ${summary.width} cells, ${span} (${summary.calendar || 'no calendar'})`,
    `${summary.maskedCells} cells are never observed; ${summary.filledValues} values interpolated in time; ${bytes(summary.memoryBytes)} in memory`,
  ];
  if (summary.seasonalShare !== null)
    lines.push(`A seasonal cycle explains ${percent(summary.seasonalShare)} of the training variance.`);
  if (masks) lines.push(`Static input channels: ${masks.join(', ')}`);
  lines.push(
    '',
    table(splits, [
      { title: 'split', value: (row) => row.name },
      ...(trajectories
        ? [{ title: 'trajectories', value: (row: (typeof splits)[number]) => String(row.trajectories ?? 0) }]
        : []),
      { title: 'from', value: (row) => date(row.from) },
      { title: 'to', value: (row) => date(row.to) },
      { title: 'examples', value: (row) => String(row.examples), right: true },
      { title: 'dropped for gaps', value: (row) => String(row.droppedForGaps), right: true },
    ]),
  );
  for (const warning of summary.warnings) lines.push('', `Note: ${warning}`);
  return lines.join('\n');
}
