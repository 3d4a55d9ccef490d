/** Settings are changed one value at a time, and the original stays as it was. */
import { describe, expect, it } from 'vitest';
import { changed, readPath, writePath } from '../../../renderer/state/setting-paths.ts';
import { settingGroups } from '../../../renderer/views/train/setting-list.ts';
import smallPreset from '../../../resources/presets/sst-small.json';
import { presetSchema } from '../../../shared/domain/settings.ts';

const { settings } = presetSchema.parse(smallPreset);

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
    for (const { settings: offered } of settingGroups)
      for (const { path } of offered) expect(readPath(settings, path), path).not.toBeUndefined();
  });
});
