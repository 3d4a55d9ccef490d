/**
 * `driftcast demo`: the whole way from a simulation to a scored forecast in under three minutes, offline: a small
 * simulated ocean, a tiny network, an ensemble forecast beside truth. Everything stays in one folder.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scoresCsv } from '#main/service/scoresCsv.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { simulationRequestSchema } from '#shared/domain/simulation.ts';
import { followJob } from '../jobs.ts';
import { applySettings } from '../parse/settings.ts';
import { findPreset } from '../presets.ts';
import { scoresText } from '../print/scores.ts';
import { trainToEnd } from '../training.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';
import { scoreRun } from './evaluate.ts';
import { exportTo, makeForecast, splitStarts } from './forecast.ts';
import { prepareFiles } from './prepare.ts';

interface DemoOptions extends Common {
  out: string;
}

/** Three years off a coast: eddies fast enough to be worth a forecast, a season that nobody is praised for. */
const ocean = simulationRequestSchema.parse({
  simulator: 'surface-ocean',
  settings: { rows: 20, columns: 28, eddySpeed: 0.3, days: 1096, coast: 'east' },
  seed: 7,
});
const horizon = 5;
const members = 20;
/** Starts of the test split that are forecast into the file, and scored beside the references. */
const forecastStarts = 3;
const scoredStarts = 6;

/** Time limits that hold on slower machines too; epochs enough to reach them. */
const limits = [
  'interpolator.epochs=1000',
  'interpolator.maxSeconds=30',
  'forecaster.epochs=1000',
  'forecaster.maxSeconds=50',
  'diffusion.forecasterDropout=true',
  'validation.starts=4',
];

export function registerDemo(verbs: Verbs): void {
  addVerb(verbs.program, 'demo', 'From a simulated ocean to a scored forecast in three minutes, offline')
    .option('--out <folder>', 'folder for all that it makes', 'driftcast-demo')
    .action((options: DemoOptions) => {
      const workspace = options.workspace ?? join(options.out, 'workspace');
      return withService(verbs, { ...options, workspace }, (session) => runDemo(session, options.out));
    });
}

async function runDemo(session: Session, out: string): Promise<undefined> {
  const { client, output } = session;
  const folder = session.path(out);
  await mkdir(folder, { recursive: true });
  const files = {
    data: join(folder, 'simulated-ocean.nc'),
    forecast: join(folder, 'forecast.nc'),
    scores: join(folder, 'scores.csv'),
  };

  output.note(`1/5  Simulating an ocean of ${ocean.settings.days} days: ${files.data}`);
  const { job } = await client.simulations.start({ request: ocean, path: files.data });
  await followJob(session, job);

  output.note(`2/5  Preparing: horizon ${horizon} days, anomalies from the seasonal cycle`);
  const dataset = await prepareFiles(session, [files.data], 'Simulated ocean (demo)', () =>
    prepareSettingsSchema.parse({ variables: ['sst'], horizon, normalisation: 'seasonal-anomaly' }),
  );

  output.note('3/5  Training a tiny network (about a minute and a half)');
  const preset = findPreset('tiny', dataset.system, await client.presets.list());
  const settings: TrainSettings = applySettings(preset.settings, limits);
  const run = await trainToEnd(
    { ...session, output: output.quiet() },
    await client.runs.start({ dataset: dataset.id, preset: preset.name, name: 'Tiny (demo)', settings }),
  );

  const all = splitStarts(dataset, 'test', horizon);
  const starts = Array.from(
    { length: forecastStarts },
    (_, index) => all[Math.floor((index * all.length) / forecastStarts)]!,
  );
  output.note(`4/5  Forecasting ${starts.length} starts of the test split, ${members} members each`);
  const request = {
    run: run.id,
    dataset: null,
    starts,
    members,
    horizon: null,
    schedule: null,
    leadTimes: [],
    seed: 1,
  };
  const forecast = await makeForecast(session, { ...request, name: 'Demo' });
  await exportTo(session, forecast.id, files.forecast);

  output.note(`5/5  Scoring ${scoredStarts} starts beside persistence and climatology`);
  const { scores, methods } = await scoreRun(session, {
    run: run.id,
    split: 'test',
    members,
    starts: scoredStarts,
  });
  await writeFile(files.scores, scoresCsv(methods));

  output.answer({ files, dataset: dataset.id, run: run.id, forecast: forecast.id, ...scores, methods }, () =>
    [
      'Simulated data: these scores say that the machinery works, nothing about a real ocean.',
      '',
      scoresText(scores, methods, 'fair'),
      '',
      `Kept in ${folder}: ${Object.values(files)
        .map((file) => file.slice(folder.length + 1))
        .join(', ')} and the workspace.`,
      `Look at it: driftcast serve --workspace ${join(out, 'workspace')}`,
    ].join('\n'),
  );
  return undefined;
}
