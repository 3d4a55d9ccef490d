/** The sampling loop and the two-term loss against the published ones. */
import type { DiffusionSettings } from '#shared/domain/settings.ts';
import { diffuse, forecasterLoss } from '../dyffusion/losses.ts';
import { assembleModel, type DyffusionModel } from '../dyffusion/model.ts';
import { sample } from '../dyffusion/sampler.ts';
import type { LossKind } from '../methods/loss.ts';
import type { Network } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { importWeights } from '../networks/weights.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import {
  type CaseReport,
  Comparison,
  configNumber,
  configText,
  fieldTensor,
  numbers,
  requireTensor,
  storedOrder,
  type TensorCase,
} from './case.ts';

const SAMPLE_TOLERANCE = 1e-3;
const LOSS_TOLERANCE = 1e-4;

export async function runSamplingCase(one: TensorCase): Promise<CaseReport> {
  const config = one.description.config ?? {};
  const horizon = configNumber(one, 'timesteps') ?? configNumber(one, 'horizon') ?? 0;
  const model = modelOf(one, horizon, 'inputs.x0');
  const initial = fieldTensor(one, 'inputs.x0');
  const comparison = new Comparison();
  const missing = new Set(
    [...one.tensors.keys()].filter((name) => name.startsWith('outputs.t')).map((name) => name.slice(9)),
  );
  try {
    await sample(model, {
      initial,
      members: 1,
      horizon,
      leads: (config.prediction_timesteps as number[] | null | undefined) ?? [],
      options: {
        sampling: configText(one, 'sampling_type', 'cold'),
        coldLastStep: config.use_cold_sampling_for_last_step === true,
        refine: config.refine_intermediate_predictions === true,
        samplingSchedule: (config.sampling_schedule as string | null | undefined) ?? null,
      },
      random: new RandomStream(1),
      maxBatch: 1024,
      onLead(lead, snapshot) {
        const expected = one.tensors.get(`outputs.t${lead}`);
        if (!expected) return;
        missing.delete(String(lead));
        const want = expected.data as Float32Array;
        comparison.arrays(`lead ${lead}`, storedOrder(snapshot), want, SAMPLE_TOLERANCE);
      },
    });
    for (const lead of missing) comparison.add(`lead ${lead} was not forecast`, Number.NaN, SAMPLE_TOLERANCE);
    return comparison.report(one.name);
  } finally {
    initial.dispose();
    model.dispose();
  }
}

export function runLossCase(one: TensorCase): CaseReport {
  const config = one.description.config ?? {};
  const horizon = configNumber(one, 'horizon') ?? configNumber(one, 'timesteps') ?? 0;
  const model = modelOf(one, horizon, 'inputs.x0');
  const comparison = new Comparison();
  try {
    tf.tidy(() => {
      const given = numbers(requireTensor(one, 'inputs.diffusion_step'));
      const order = given.map((_, i) => i).sort((a, b) => given[a]! - given[b]!);
      const sorted = (name: string) => tf.gather(fieldTensor(one, name), tf.tensor1d(order, 'int32'));
      const examples = {
        x0: sorted('inputs.x0'),
        xh: sorted('inputs.xh'),
        steps: order.map((i) => given[i]!),
        statics: null,
      };
      const random = new RandomStream(1);
      const loss = forecasterLoss(
        model,
        examples,
        diffuse(model, examples, random),
        {
          loss: configText<LossKind>(one, 'loss', 'l1'),
          lambda1: configNumber(one, 'lambda1') ?? 0.5,
          lambda2: configNumber(one, 'lambda2') ?? 0.5,
        },
        { dropout: false, training: false, random },
      );
      const terms = (one.description.terms ?? {}) as Record<string, number>;
      const compare = (what: string, got: tf.Scalar, want: unknown) => {
        if (typeof want !== 'number') return;
        const error = Math.abs(got.dataSync()[0]! - want) / (Math.abs(want) || 1);
        comparison.add(what, error, LOSS_TOLERANCE);
      };
      compare('the loss', loss.total, one.description.loss ?? terms.loss);
      compare('the first term', loss.direct, terms.loss_forward);
      if (config.lambda2 !== 0) compare('the second term', loss.onward, terms.loss_forward2);
    });
    return comparison.report(one.name);
  } finally {
    model.dispose();
  }
}

function modelOf(one: TensorCase, horizon: number, field: string): DyffusionModel {
  const config = one.description.config ?? {};
  const [, channels = 1, height = 1, width = 1] = requireTensor(one, field).shape;
  const diffusion: DiffusionSettings = {
    schedule: configText(one, 'schedule', 'before_t1_only'),
    auxiliarySteps:
      configNumber(one, 'additional_interpolation_steps') ||
      configNumber(one, 'additional_interpolation_steps_factor') ||
      0,
    interpolateBeforeT1: config.interpolate_before_t1 !== false,
    timeEncoding: configText(one, 'time_encoding', 'dynamics'),
    conditioning: configText(one, 'forward_conditioning', 'data'),
    lambda1: 0.5,
    lambda2: 0.5,
    sampling: 'cold',
    coldLastStep: false,
    forecasterDropout: false,
    forecasterPredictsChange: false,
    refine: false,
    samplingSchedule: null,
  };
  const conditionChannels = diffusion.conditioning === 'none' ? 0 : channels;
  const size = { height, width, outputChannels: channels };
  const interpolator = convolutionalNetwork(one, 'weights.interpolator.', {
    ...size,
    inputChannels: 2 * channels,
    conditionChannels: 0,
  });
  const forecaster = convolutionalNetwork(one, 'weights.forecaster.', {
    ...size,
    inputChannels: channels,
    conditionChannels,
  });
  return assembleModel(interpolator, forecaster, diffusion, horizon, null);
}

/** These cases use the simple ConvNet; how many layers and which kernels follows from the weights themselves. */
export function convolutionalNetwork(
  one: TensorCase,
  prefix: string,
  size: {
    height: number;
    width: number;
    inputChannels: number;
    outputChannels: number;
    conditionChannels: number;
  },
): Network {
  const kernelSizes: number[] = [];
  for (let layer = 0; ; layer++) {
    const kernel = one.tensors.get(`${prefix}convs.${layer}.conv.weight`);
    if (!kernel) break;
    kernelSizes.push(kernel.shape[2]!);
  }
  const network = createNetwork(
    {
      ...size,
      kind: 'simple_conv_net',
      dim: requireTensor(one, `${prefix}head.weight`).shape[1]!,
      kernelSizes,
      residual: !/no residual/i.test(String(one.description.networks ?? '')),
      withTimeEmbedding: one.tensors.has(`${prefix}time_emb_mlp.1.weight`),
    },
    new RandomStream(1),
  );
  importWeights(network, one.tensors as Map<string, StoredTensor>, prefix);
  return network;
}
