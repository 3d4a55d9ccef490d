/** Finds a preset by its whole name or by the short one ("small") within the dataset's own system. */
import type { Dataset } from '#shared/domain/dataset.ts';
import type { Preset } from '#shared/domain/settings.ts';
import { DriftcastError } from '#shared/errors.ts';

/**
 * A whole name wins; else the preset of the dataset's system whose name carries the word, else the one for
 * any gridded variable.
 */
export function findPreset(word: string, system: Dataset['system'], presets: readonly Preset[]): Preset {
  const whole = presets.filter((preset) => preset.name === word);
  const carrying = presets.filter((preset) => preset.name.split('-').includes(word));
  for (const candidates of [whole, carrying]) {
    for (const wanted of [system, 'other']) {
      const found = candidates.find((preset) => preset.system === wanted);
      if (found) return found;
    }
  }
  const [otherSystem] = whole;
  if (otherSystem) return otherSystem;
  throw new DriftcastError(
    'not-found',
    `There is no preset ${word} for a dataset of the kind ${system}.`,
    `There are: ${presets.map((preset) => preset.name).join(', ')}.`,
  );
}
