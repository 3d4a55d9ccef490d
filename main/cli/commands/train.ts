/** `driftcast train`: a run from a dataset and a preset, watched epoch by epoch; Ctrl-C pauses it. */
import { settingsFor, stagesOf } from '#shared/domain/methods.ts';
import type { Run, StageName } from '#shared/domain/run.ts';
import { type TrainableMethod, trainableMethods } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';
import { findNamed } from '../names.ts';
import { collect, oneOf, wholeNumber } from '../parse/numbers.ts';
import { applySettings } from '../parse/settings.ts';
import { findPreset } from '../presets.ts';
import { counted, duration, score } from '../print/format.ts';
import { trainToEnd } from '../training.ts';
import { addVerb, type Common, type Session, type Verbs, withCompute } from '../verb.ts';

interface TrainOptions extends Common {
  dataset?: string;
  preset?: string;
  method?: TrainableMethod;
  set?: string[];
  epochs?: string;
  seed?: number;
  init?: string;
  freeze?: string[];
  resume?: string;
  name?: string;
}

export function registerTrain(verbs: Verbs): void {
  addVerb(verbs.program, 'train', 'Train a forecaster on a dataset; Ctrl-C pauses, --resume goes on')
    .option('--dataset <dataset>', 'id or name of the dataset')
    .option('--preset <preset>', 'small or paper, or the full name of a preset')
    .option('--method <method>', `one of ${trainableMethods.join(', ')}`, oneOf('--method', trainableMethods))
    .option(
      '--set <key=value>',
      'change one setting by its dotted path, e.g. forecaster.batchSize=8',
      collect,
    )
    .option('--epochs <count>', 'epochs of each stage, or one number a stage with commas between')
    .option('--seed <number>', 'seed of all randomness', wholeNumber('--seed', 0))
    .option('--init <run>', "start from this run's weights (fine-tuning)")
    .option(
      '--freeze <beginning>',
      'keep the weights whose names begin so; may be given several times',
      collect,
    )
    .option('--resume <run>', 'go on with a paused or broken run')
    .option('--name <name>', 'the name of the run')
    .action((options: TrainOptions) =>
      withCompute(verbs, options, async (session) => {
        const run =
          options.resume === undefined ? await startNew(session, options) : await resume(session, options);
        session.output.answer(
          {
            run: run.id,
            status: run.status,
            epochs: run.epochs,
            bestValidationCrps: run.bestValidationCrps,
            seconds: run.seconds,
          },
          () => describe(run),
        );
        return undefined;
      }),
    );
}

async function startNew(session: Session, options: TrainOptions): Promise<Run> {
  const { client } = session;
  if (options.dataset === undefined || options.preset === undefined) {
    throw new DriftcastError(
      'bad-input',
      'Training needs a dataset and a preset.',
      'Give --dataset and --preset, or --resume RUN to go on with an earlier run; driftcast list shows what there is.',
    );
  }
  const dataset = findNamed('dataset', options.dataset, await client.datasets.list());
  const preset = findPreset(options.preset, dataset.system, await client.presets.list());
  const parent = options.init === undefined ? null : findNamed('run', options.init, await client.runs.list());
  const fresh = settingsFor(preset, options.method ?? preset.settings.method, dataset.summary);
  // Weights fit the network that they were trained in alone.
  const base = parent === null ? fresh : { ...fresh, network: parent.settings.network };
  const stages = stagesOf(base).map(({ name }) => name);
  const settings = applySettings(base, assignments(options, stages));
  const request = { dataset: dataset.id, preset: preset.name, settings, init: parent?.id ?? null };
  return trainToEnd(
    session,
    await client.runs.start({ ...request, ...(options.name ? { name: options.name } : {}) }),
  );
}

async function resume(session: Session, options: TrainOptions): Promise<Run> {
  const { client } = session;
  const fixed = ['dataset', 'preset', 'method', 'set', 'epochs', 'seed', 'init', 'freeze', 'name'] as const;
  const given = fixed.filter((name) => options[name] !== undefined);
  if (given.length > 0) {
    throw new DriftcastError(
      'bad-input',
      `A resumed run keeps its settings, so --${given.join(', --')} cannot be given with --resume.`,
      'Leave them out, or start a new run with --init to train on with other settings.',
    );
  }
  const run = findNamed('run', options.resume ?? '', await client.runs.list());
  const known = await client.runs.metrics({ run: run.id });
  return trainToEnd(session, await client.runs.resume({ run: run.id }), known);
}

/** The short options are only other words for settings, so they take the same way and the same checks. */
function assignments(options: TrainOptions, stages: readonly StageName[]): string[] {
  const all = [...(options.set ?? [])];
  if (options.freeze !== undefined) all.push(`freeze=${JSON.stringify(options.freeze)}`);
  if (options.seed !== undefined) all.push(`seed=${options.seed}`);
  if (options.epochs !== undefined) {
    const counts = options.epochs.split(',');
    if (counts.length > 1 && counts.length !== stages.length) {
      throw new DriftcastError(
        'bad-input',
        `--epochs ${options.epochs} names ${counts.length} stages, the method has ${stages.length}: ${stages.join(', ')}.`,
        'Give one number for all stages, or one a stage.',
      );
    }
    const place = (stage: StageName) => (stage === 'fine-tuning' ? 'fineTuning' : stage);
    all.push(...stages.map((stage, i) => `${place(stage)}.epochs=${counts[i] ?? counts[0]}`));
  }
  return all;
}

function describe(run: Run): string {
  const lines = [
    `Run ${run.name} (${run.id}): ${run.status} after ${counted(run.epochs, 'epoch')}, ${duration(run.seconds)}, ${run.backend}`,
  ];
  if (run.bestValidationCrps !== null)
    lines.push(`Best validation CRPS  ${score(run.bestValidationCrps)} (normalised units)`);
  if (run.validationReferences) {
    const { persistence, climatology } = run.validationReferences;
    lines.push(`To beat: persistence ${score(persistence)}, climatology ${score(climatology)}`);
  }
  lines.push('', `Next: driftcast forecast --run ${run.id} --start last --members 20 --out forecast.nc`);
  return lines.join('\n');
}
