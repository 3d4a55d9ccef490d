/** Topic `library`: what a person calls and notes of what the workspace keeps. */
import { labelSchema } from '#shared/domain/label.ts';
import type { Core } from './core.ts';
import type { Training } from './training.ts';

export function libraryTopic({ os, entities }: Core, training: Training) {
  const stores = { dataset: entities.datasets, run: entities.runs, forecast: entities.forecasts };
  return {
    label: os.library.label.handler(async ({ input: { kind, id, ...change } }) => {
      const { name, tags = [], note = '' } = await stores[kind].label(id, change);
      const label = { name, tags, note };
      if (kind === 'run') training.relabel(id, label);
      return labelSchema.parse(label);
    }),
  };
}
