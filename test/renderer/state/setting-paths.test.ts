/** Settings are changed one value at a time, and the original stays as it was. */
import { describe, expect, it } from 'vitest';
import { changed, readPath, writePath } from '../../../renderer/state/setting-paths.ts';
import { groupsOf } from '../../../renderer/views/train/setting-list.ts';
import smallPreset from '../../../resources/presets/sst-small.json';
import { settingsFor } from '../../../shared/domain/methods.ts';
import { presetSchema, trainableMethods } from '../../../shared/domain/settings.ts';

const preset = presetSchema.parse(smallPreset);
const { settings } = preset;

describe('setting paths', () => {
  it('change one value and share the rest', () => {
    const next = writePath(settings, 'forecaster.dropout.block', 0.42);
    expect(readPath(next, 'forecaster.dropout.block')).toBe(0.42);
    expect(next.interpolator).toBe(settings.interpolator);
    expect(changed(settings, next)).toBe(true);
    expect(
      changed(settings, writePath(next, 'forecaster.dropout.block', settings.forecaster.dropout.block)),
    ).toBe(false);
  });

  it('exist in the settings for everything that the window offers to change', () => {
    for (const method of trainableMethods)
      for (const { settings: offered } of groupsOf(method))
        for (const { path, label, help } of offered) {
          expect(readPath(settingsFor(preset, method), path), path).not.toBeUndefined();
          expect(label.length * help.length, path).toBeGreaterThan(0);
        }
  });

  it('are those of the chosen method alone', () => {
    const titles = (method: string) => groupsOf(method).map(({ title }) => title);
    expect(titles('dyffusion')).toEqual(expect.arrayContaining(['Interpolator', 'Forecaster', 'Diffusion']));
    expect(titles('dropout')).not.toContain('Interpolator');
    expect(titles('crps-ensemble')).toContain('Fine-tuning');
    expect(titles('ddpm')).toContain('Noise');
    expect(titles('perturbation')).toContain('Perturbation');
  });
});
