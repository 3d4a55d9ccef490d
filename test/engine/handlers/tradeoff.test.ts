/** Which sampling schedules are worth measuring. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { usualSchedules } from '#main/engine/handlers/tradeoff.ts';
import { settingsFor } from '#shared/domain/methods.ts';
import { type Method, presetSchema } from '#shared/domain/settings.ts';

const preset = presetSchema.parse(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../../resources/presets/sst-paper.json'), 'utf8')),
);

function schedules(method: Method, auxiliarySteps = 25, samplingSteps: number | null = null) {
  const settings = settingsFor(preset, method);
  return usualSchedules(
    {
      ...settings,
      diffusion: { ...settings.diffusion, auxiliarySteps },
      noise: { ...settings.noise, samplingSteps },
    },
    7,
  );
}

describe('schedules worth measuring', () => {
  it('of DYffusion leave out more and more artificial steps, each other ones', () => {
    expect(schedules('dyffusion', 25)).toEqual(['only_dynamics', 'first2', 'every5', 'every2', null]);
    expect(schedules('dyffusion', 2)).toEqual(['only_dynamics', null]);
    expect(schedules('dyffusion', 0)).toEqual([null, 'only_dynamics_plus2']);
  });

  it('of denoising methods take fewer steps than the run itself', () => {
    expect(schedules('ddpm', 0, 50)).toEqual(['steps5', 'steps10', 'steps20', null]);
    expect(schedules('mcvd')).toEqual(['steps5', 'steps10', 'steps20', 'steps50', 'steps100']);
  });

  it('of other methods are the one they have', () => {
    expect(schedules('dropout')).toEqual([null]);
  });
});
