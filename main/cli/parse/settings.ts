/**
 * Changes to a preset from the command line: `--set interpolator.learningRate=0.001` by dotted path, checked
 * twice, that the path exists and that the whole settings are still valid.
 */

import { type TrainSettings, trainSettingsSchema } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';

/** Applies `key=value` pairs to a copy of the settings. */
export function applySettings(settings: TrainSettings, assignments: readonly string[]): TrainSettings {
  const copy: unknown = structuredClone(settings);
  for (const assignment of assignments) {
    const at = assignment.indexOf('=');
    if (at < 1) {
      throw new DriftcastError(
        'bad-input',
        `--set ${assignment} is not of the form key=value.`,
        'Write for instance --set forecaster.learningRate=0.0003.',
      );
    }
    assign(copy, assignment.slice(0, at), parseValue(assignment.slice(at + 1)));
  }
  const checked = trainSettingsSchema.safeParse(copy);
  if (!checked.success) {
    const issue = checked.error.issues[0];
    throw new DriftcastError(
      'bad-input',
      `The setting ${issue?.path.join('.') ?? ''} cannot have that value: ${issue?.message ?? 'it is invalid'}.`,
      'The settings and their ranges are described in the README.',
    );
  }
  return checked.data;
}

function assign(target: unknown, path: string, value: unknown): void {
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  let place = target;
  for (const key of keys) place = step(place, key, path);
  step(place, last, path);
  (place as Record<string, unknown>)[last] = value;
}

function step(place: unknown, key: string, path: string): unknown {
  if (typeof place !== 'object' || place === null || !Object.hasOwn(place, key)) {
    const names = typeof place === 'object' && place !== null ? Object.keys(place).join(', ') : '';
    throw new DriftcastError(
      'bad-input',
      `There is no setting ${path}.`,
      names === '' ? '' : `At that place there are: ${names}.`,
    );
  }
  return (place as Record<string, unknown>)[key];
}

/** JSON where it is JSON (numbers, true, null, lists), else the text itself. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
