/** Topic `runs`: training, and the weights that come of it. */
import { settingsFor } from '#shared/domain/methods.ts';
import { DriftcastError } from '#shared/errors.ts';
import type { Core } from './core.ts';
import { requireTrust } from './errors.ts';
import { packModel } from './models.ts';
import { findPreset } from './presets.ts';
import type { Training } from './training.ts';

export function runsTopic(core: Core, training: Training) {
  const { os, entities, compute, log } = core;

  return {
    estimate: os.runs.estimate.handler(async ({ input, signal }) => {
      const { summary } = await entities.datasets.read(input.dataset);
      const preset = await findPreset(core, input.preset);
      const settings = input.settings ?? settingsFor(preset, preset.settings.method, summary);
      const datasetFolder = entities.datasets.folder(input.dataset);
      return compute.call('estimate', { datasetFolder, settings }, { signal });
    }),
    start: os.runs.start.handler(({ input }) => training.start(input)),
    resume: os.runs.resume.handler(({ input }) => training.resume(input.run)),
    pause: os.runs.pause.handler(async ({ input }) => {
      await training.pause(input.run);
      return {};
    }),
    finishEarly: os.runs.finishEarly.handler(async ({ input }) => {
      await training.finishEarly(input.run);
      return {};
    }),
    list: os.runs.list.handler(async () => {
      const { items, problems } = await entities.runs.list();
      for (const problem of problems) log.warn({ err: problem }, 'A run was left out of the list.');
      return items;
    }),
    get: os.runs.get.handler(({ input }) => entities.runs.read(input.run)),
    metrics: os.runs.metrics.handler(async ({ input }) => {
      await entities.runs.read(input.run);
      return entities.metrics(input.run);
    }),
    watch: os.runs.watch.handler(({ input, signal }) => training.watch(input.run, signal)),
    remove: os.runs.remove.handler(async ({ input }) => {
      await training.remove(input.run);
      return {};
    }),
    exportWeights: os.runs.exportWeights.handler(async ({ input, context, signal }) => {
      requireTrust(context, 'write weights to a path', 'Use: driftcast weights export RUN FILE.safetensors');
      await entities.runs.read(input.run);
      const runFolder = entities.runs.folder(input.run);
      return compute.call('exportWeights', { runFolder, path: input.path }, { signal });
    }),
    pack: os.runs.pack.handler(async ({ input, context, signal }) => {
      requireTrust(context, 'write a model to a path', 'Use: driftcast weights pack RUN FOLDER');
      const { weights, origin } = await packModel(core, input.run, input.path, signal);
      return { tensors: weights.tensors, bytes: weights.bytes, scored: origin.test !== null };
    }),
    importWeights: os.runs.importWeights.handler(async ({ input, context, signal }) => {
      requireTrust(context, 'read weights from a path', 'Use: driftcast weights import RUN FILE.safetensors');
      const { name } = await entities.runs.read(input.run);
      if (training.isActive(input.run))
        throw new DriftcastError(
          'conflict',
          `${name} is training.`,
          'Pause it before replacing its weights.',
        );
      const runFolder = entities.runs.folder(input.run);
      return compute.call('importWeights', { runFolder, path: input.path }, { signal });
    }),
  };
}
