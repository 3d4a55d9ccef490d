/** Settings that one method alone has; their words are the schema's own. */
import {
  fineTuningSchema,
  noiseSchedules,
  noiseSchema,
  perturbationSchema,
} from '#shared/domain/settings.ts';
import type { Setting } from './setting-list.ts';

/** What the schema says about a value, as a form shows it. */
function words(field: {
  meta(): { title?: string | undefined; description?: string | undefined } | undefined;
}) {
  const { title = '', description = '' } = field.meta() ?? {};
  return { label: title, help: description };
}

const noise = noiseSchema.shape;
const fineTuning = fineTuningSchema.shape;

export const noiseSettings: readonly Setting[] = [
  { kind: 'choice', path: 'noise.schedule', ...words(noise.schedule), options: noiseSchedules },
  { kind: 'number', path: 'noise.steps', ...words(noise.steps), min: 2, step: 1 },
  {
    kind: 'number',
    path: 'noise.samplingSteps',
    ...words(noise.samplingSteps),
    min: 1,
    step: 1,
    nullable: true,
  },
  { kind: 'number', path: 'noise.eta', ...words(noise.eta), min: 0, max: 1, step: 'any' },
  { kind: 'number', path: 'noise.clip', ...words(noise.clip), min: 0, step: 'any', nullable: true },
  { kind: 'number', path: 'noise.validationSteps', ...words(noise.validationSteps), min: 1, step: 1 },
];

export const perturbationSettings: readonly Setting[] = [
  {
    kind: 'number',
    path: 'perturbation.sigma',
    ...words(perturbationSchema.shape.sigma),
    min: 0,
    step: 'any',
  },
];

export const fineTuningSettings: readonly Setting[] = [
  { kind: 'number', path: 'fineTuning.epochs', ...words(fineTuning.epochs), min: 1, step: 1 },
  {
    kind: 'number',
    path: 'fineTuning.maxSeconds',
    ...words(fineTuning.maxSeconds),
    min: 1,
    nullable: true,
  },
  { kind: 'number', path: 'fineTuning.rateShare', ...words(fineTuning.rateShare), min: 0, step: 'any' },
];
