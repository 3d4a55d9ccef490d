import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { networkSettings } from '#main/engine/dyffusion/model.ts';
import { createSchedule, samplingSteps } from '#main/engine/dyffusion/schedule.ts';
import { type Preset, presetSchema } from '#shared/domain/settings.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'resources', 'presets');
const presets = new Map<string, Preset>(
  readdirSync(folder).map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [file, presetSchema.parse(JSON.parse(text))];
  }),
);

describe('presets', () => {
  it('are there in three sizes for each system of the paper, under their own names', () => {
    for (const system of ['sst', 'navier-stokes', 'spring-mesh'])
      for (const size of ['tiny', 'small', 'paper']) expect(presets.has(`${system}-${size}.json`)).toBe(true);
    for (const [file, preset] of presets) expect(`${preset.name}.json`).toBe(file);
  });

  it.each([...presets.values()].map((p) => [p.name, p] as const))('%s makes a model', (_, preset) => {
    const { settings, horizon } = preset;
    const schedule = createSchedule({ ...settings.diffusion, kind: settings.diffusion.schedule, horizon });
    expect(samplingSteps(schedule, settings.diffusion.samplingSchedule).length).toBeGreaterThan(1);
    const problem = {
      horizon,
      shape: { height: 40, width: 60, channels: 2 },
      conditionChannels: 1,
      mask: new Float32Array(2400).fill(1),
    };
    const { forecaster } = networkSettings(settings, problem);
    expect(forecaster.dim % (settings.network.kind === 'unet_resnet' ? settings.network.groups : 1)).toBe(0);
  });

  it('of the paper take as many network calls a member as published', () => {
    const calls = ['sst', 'navier-stokes', 'spring-mesh'].map((system) => {
      const { settings, horizon } = presets.get(`${system}-paper.json`)!;
      const steps = createSchedule({
        ...settings.diffusion,
        kind: settings.diffusion.schedule,
        horizon,
      }).steps;
      return 3 * steps - 3 + (settings.diffusion.refine ? horizon - 1 : 0);
    });
    expect(calls).toEqual([93, 60, 532]);
  });
});
