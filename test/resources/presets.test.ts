import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { networkSettings } from '#main/engine/dyffusion/model.ts';
import { createSchedule, samplingSteps } from '#main/engine/dyffusion/schedule.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { createMethod } from '#main/engine/training/methods.ts';
import { settingsFor, stagesOf } from '#shared/domain/methods.ts';
import { type Preset, presetSchema, trainableMethods } from '#shared/domain/settings.ts';

const folder = resolve(import.meta.dirname, '..', '..', 'resources', 'presets');
const presets = new Map<string, Preset>(
  readdirSync(folder).map((file) => {
    const text = readFileSync(join(folder, file), 'utf8');
    return [file, presetSchema.parse(JSON.parse(text))];
  }),
);

beforeAll(async () => {
  await loadBackend();
});

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

  it.each([...presets.values()].map((p) => [p.name, p] as const))('%s suits every method', (_, preset) => {
    for (const method of trainableMethods) {
      const settings = settingsFor(preset, method);
      expect(settings.method).toBe(method);
      // A value under a name that no setting has would be lost without a word.
      for (const [path, value] of leaves(preset.methods[method] ?? {}))
        expect(read(settings, path), `${method}: ${path.join('.')}`).toEqual(value);
      expect(stagesOf(settings).length).toBeGreaterThan(0);
      const { dropout } = settings.forecaster;
      if (['dropout', 'dropout-at-once', 'crps-ensemble'].includes(method))
        expect(dropout.block, method).toBeGreaterThan(0);
    }
  });

  it('keep their levels on the published grids, and repeat the last one until full attention is cheap', () => {
    const levels = (name: string, height: number, width: number) => {
      const preset = presets.get(`${name}.json`)!;
      const { network } = settingsFor(preset, preset.settings.method, { height, width });
      return network.kind === 'unet_resnet' ? network.dimMults : [];
    };
    expect(levels('sst-paper', 60, 60)).toEqual([1, 2, 4]);
    expect(levels('sst-tiny', 60, 60)).toEqual([1, 2]);
    expect(levels('sst-tiny', 240, 240)).toEqual([1, 2, 2, 2]);
    expect(levels('sst-small', 720, 1440)).toEqual([1, 2, 4, 4, 4, 4]);
  });

  it('of small size train every method within ten minutes, fine-tuning among them', () => {
    for (const system of ['navier-stokes', 'spring-mesh']) {
      const preset = presets.get(`${system}-small.json`)!;
      for (const method of trainableMethods) {
        const limits = stagesOf(settingsFor(preset, method)).map(({ settings }) => settings.maxSeconds);
        expect(
          limits.reduce<number>((sum, limit) => sum + limit!, 0),
          method,
        ).toBeLessThanOrEqual(600);
      }
    }
  });

  it('of the paper carry its values', () => {
    const at = (system: string) => {
      const { settings, horizon, normalisation } = presets.get(`${system}-paper.json`)!;
      const { network, interpolator, forecaster, diffusion, validation } = settings;
      const rates = ({ dropout }: typeof forecaster) =>
        network.kind === 'unet_resnet'
          ? [dropout.block, dropout.firstBlock, dropout.attention]
          : [dropout.block];
      return {
        network: [network.kind, network.dim],
        horizon,
        normalisation,
        k: diffusion.auxiliarySteps,
        schedule: diffusion.schedule,
        conditioning: diffusion.conditioning,
        refine: diffusion.refine,
        lambda: [diffusion.lambda1, diffusion.lambda2],
        dropout: [rates(interpolator), rates(forecaster)],
        rates: [interpolator.learningRate, forecaster.learningRate],
        decay: [interpolator.weightDecay, forecaster.weightDecay],
        batch: [interpolator, forecaster].map((s) => [s.batchSize, s.accumulation]),
        epochs: [interpolator.epochs, forecaster.epochs],
        clip: [interpolator.gradientClip, forecaster.gradientClip],
        loss: [interpolator.loss, forecaster.loss],
        limits: [interpolator.maxSeconds, forecaster.maxSeconds],
        members: validation.members,
        noise: settings.noise,
      };
    };
    const common = {
      schedule: 'before_t1_only',
      lambda: [0.5, 0.5],
      clip: [1, 1],
      loss: ['l2', 'l1'],
      limits: [null, null],
      members: 20,
      noise: expect.objectContaining({ schedule: 'cosine', steps: 1000, samplingSteps: null, clip: null }),
    };
    expect(at('sst')).toEqual({
      ...common,
      network: ['unet_resnet', 64],
      horizon: 7,
      normalisation: 'per-cell',
      k: 25,
      conditioning: 'data+noise',
      refine: false,
      dropout: [
        [0.6, 0.2, 0.6],
        [0.3, 0, 0.1],
      ],
      rates: [3e-4, 1e-4],
      decay: [1e-5, 1e-5],
      batch: [
        [64, 4],
        [64, 4],
      ],
      epochs: [50, 50],
    });
    expect(at('navier-stokes')).toEqual({
      ...common,
      network: ['unet_simple', 64],
      horizon: 16,
      normalisation: 'none',
      k: 0,
      conditioning: 'none',
      refine: true,
      dropout: [[0.15], [0.15]],
      rates: [3e-4, 3e-4],
      decay: [1e-4, 1e-4],
      batch: [
        [32, 2],
        [32, 2],
      ],
      epochs: [200, 200],
    });
    expect(at('spring-mesh')).toEqual({
      ...common,
      network: ['simple_conv_net', 64],
      horizon: 134,
      normalisation: 'none',
      k: 0,
      conditioning: 'data',
      refine: true,
      dropout: [[0.05], [0]],
      rates: [4e-4, 4e-4],
      decay: [1e-4, 1e-4],
      batch: [
        [64, 1],
        [64, 1],
      ],
      epochs: [300, 300],
    });
  });

  it('of the paper give the U-Net as many parameters as published', () => {
    const { settings, horizon } = presets.get('sst-paper.json')!;
    const model = createMethod(
      settings,
      {
        horizon,
        shape: { height: 60, width: 60, channels: 1 },
        conditionChannels: 0,
        mask: new Float32Array(3600).fill(1),
      },
      1,
    );
    expect(model.networks.get('forecaster')!.parameterCount).toBe(9_479_681);
    model.dispose();
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

/** Paths to everything that is no object, with what is there. */
function leaves(tree: unknown, path: string[] = []): [string[], unknown][] {
  if (typeof tree !== 'object' || tree === null || Array.isArray(tree)) return [[path, tree]];
  return Object.entries(tree).flatMap(([key, value]) => leaves(value, [...path, key]));
}

function read(tree: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((place, key) => (place as Record<string, unknown> | undefined)?.[key], tree);
}
