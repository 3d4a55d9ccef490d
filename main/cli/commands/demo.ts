/**
 * `driftcast demo`: the whole way from a file to a scored forecast in under three minutes, offline: a small
 * synthetic ocean, a tiny network, an ensemble forecast beside truth. Everything stays in one folder.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { scoresCsv } from '#main/service/scoresCsv.ts';
import { prepareSettingsSchema } from '#shared/domain/dataset.ts';
import type { TrainSettings } from '#shared/domain/settings.ts';
import { writeOcean } from '../demo/file.ts';
import { syntheticOcean } from '../demo/ocean.ts';
import { applySettings } from '../parse/settings.ts';
import { findPreset } from '../presets.ts';
import { scoresText } from '../print/scores.ts';
import { trainToEnd } from '../training.ts';
import { addVerb, type Common, type Session, type Verbs, withService } from '../verb.ts';
import { evaluateForecasts } from './evaluate.ts';
import { exportTo, makeForecast, splitStarts } from './forecast.ts';
import { prepareFiles } from './prepare.ts';

interface DemoOptions extends Common {
  out: string;
}

const ocean = { height: 20, width: 28, days: 1096, seed: 7 };
const horizon = 5;
const members = 20;
/** Starts that are forecast and scored, spread over the test split. */
const starts = 12;

/** Small enough for three minutes on two cores; the time limits hold on slower machines too. */
const tiny = [
  'network.kind="unet_simple"',
  'network.dim=16',
  'network.dimMults=[1,2]',
  'network.upsampleDims=[20,28]',
  'interpolator.epochs=100',
  'interpolator.maxSeconds=35',
  'interpolator.batchSize=16',
  'forecaster.epochs=100',
  'forecaster.maxSeconds=60',
  'forecaster.batchSize=16',
  'diffusion.schedule="before_t1_only"',
  'diffusion.auxiliarySteps=2',
  'validation.starts=8',
  'validation.members=8',
];

export function registerDemo(verbs: Verbs): void {
  addVerb(verbs.program, 'demo', 'From a synthetic file to a scored forecast in three minutes, offline')
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
    data: join(folder, 'synthetic-ocean.nc'),
    forecast: join(folder, 'forecast.nc'),
    scores: join(folder, 'scores.csv'),
  };

  output.note(`1/5  A synthetic ocean of ${ocean.days} days: ${files.data}`);
  await writeOcean(files.data, syntheticOcean(ocean));

  output.note(`2/5  Preparing: horizon ${horizon} days, anomalies from the seasonal cycle`);
  const dataset = await prepareFiles(session, [files.data], 'Synthetic ocean (demo)', () =>
    prepareSettingsSchema.parse({ variables: ['sst'], horizon, normalisation: 'seasonal-anomaly' }),
  );

  output.note('3/5  Training a tiny network (about a minute and a half)');
  const preset = findPreset('small', dataset.system, await client.presets.list());
  const settings: TrainSettings = applySettings(preset.settings, tiny);
  const run = await trainToEnd(
    { ...session, output: output.quiet() },
    await client.runs.start({ dataset: dataset.id, preset: preset.name, name: 'Tiny (demo)', settings }),
  );

  output.note(`4/5  Forecasting ${starts} starts of the test split, ${members} members each`);
  const all = splitStarts(dataset, 'test', horizon);
  const chosen = Array.from(
    { length: Math.min(starts, all.length) },
    (_, index) => all[Math.floor((index * all.length) / Math.min(starts, all.length))]!,
  );
  const forecast = await makeForecast(session, {
    run: run.id,
    starts: chosen,
    members,
    horizon: null,
    schedule: null,
    leadTimes: [],
    seed: 1,
    name: 'Demo',
  });
  await exportTo(session, forecast.id, files.forecast);

  output.note('5/5  Scoring against truth, persistence and climatology');
  const { scores, methods } = await evaluateForecasts(session, [forecast.id], undefined);
  await writeFile(files.scores, scoresCsv(methods));

  output.answer({ files, dataset: dataset.id, run: run.id, forecast: forecast.id, ...scores, methods }, () =>
    [
      'Synthetic data: these scores say that the machinery works, nothing about a real ocean.',
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
