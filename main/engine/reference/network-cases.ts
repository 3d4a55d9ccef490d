/** Forward passes, losses and gradients of the architectures against the published ones. */
import type { NetworkKind, NetworkSettings, ResizeMode } from '../networks/network.ts';
import { createNetwork } from '../networks/registry.ts';
import type { StoredTensor } from '../networks/safetensors.ts';
import { exportWeights, importWeights } from '../networks/weights.ts';
import { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { ParameterVector } from '../training/parameters.ts';
import {
  type CaseReport,
  Comparison,
  configNumber,
  configText,
  fieldTensor,
  largestDifference,
  numbers,
  requireTensor,
  storedOrder,
  type TensorCase,
} from './case.ts';

const OUTPUT_TOLERANCE = 1e-4;
/** Of gradients, relative to the largest of the same parameter. */
const GRADIENT_TOLERANCE = 1e-3;

export function runNetworkCase(one: TensorCase, kind: NetworkKind): CaseReport {
  const network = createNetwork(settingsOf(one, kind), new RandomStream(1));
  try {
    importWeights(network, one.tensors as Map<string, StoredTensor>, 'weights.');
    const comparison = new Comparison();
    tf.tidy(() => {
      const x = fieldTensor(one, 'inputs.x');
      const target = fieldTensor(one, 'inputs.target');
      const condition = one.tensors.has('inputs.condition') ? fieldTensor(one, 'inputs.condition') : null;
      const time = tf.tensor1d(numbers(requireTensor(one, 'inputs.time')));
      const pass = { dropout: false, training: false, random: new RandomStream(1) };

      const y = network.forward(x, time, condition, pass);
      const wanted = requireTensor(one, 'outputs.y').data as Float32Array;
      comparison.arrays('the output', storedOrder(y), wanted, OUTPUT_TOLERANCE);

      const vector = new ParameterVector(network.parameters);
      const { value, gradient } = vector.gradient(
        () => network.forward(x, time, condition, pass).sub(target).square().mean() as tf.Scalar,
      );
      const loss = one.tensors.get('outputs.loss');
      if (loss) comparison.arrays('the loss', value.dataSync(), numbers(loss), OUTPUT_TOLERANCE);

      // Gradients share names and layouts with weights, so the weights' way out is theirs as well.
      vector.write(gradient);
      for (const [name, { data }] of exportWeights(network)) {
        const expected = one.tensors.get(`outputs.grad.${name}`);
        if (!expected) continue;
        const want = numbers(expected);
        const largest = want.reduce((top, g) => Math.max(top, Math.abs(g)), 0);
        const error = largestDifference(data as Float32Array, want) / (largest || 1);
        comparison.add(`the gradient of ${name}`, error, GRADIENT_TOLERANCE);
      }
    });
    return comparison.report(one.name);
  } finally {
    network.dispose();
  }
}

function settingsOf(one: TensorCase, kind: NetworkKind): NetworkSettings {
  const config = one.description.config ?? {};
  const [, channels = 1, height = 1, width = 1] = requireTensor(one, 'inputs.x').shape;
  const upsample = config.upsample_dims as [number, number] | null | undefined;
  const residual = config.residual;
  return {
    kind,
    height,
    width,
    dim: configNumber(one, 'dim') ?? 64,
    inputChannels: configNumber(one, 'input_channels') ?? channels,
    outputChannels: configNumber(one, 'output_channels') ?? channels,
    conditionChannels: one.tensors.get('inputs.condition')?.shape[1] ?? 0,
    withTimeEmbedding: config.with_time_emb !== false,
    outerSampleMode: configText<ResizeMode>(one, 'outer_sample_mode', 'bilinear'),
    ...(Array.isArray(config.dim_mults) ? { dimMults: config.dim_mults as number[] } : {}),
    ...(typeof config.resnet_block_groups === 'number' ? { groups: config.resnet_block_groups } : {}),
    ...(typeof config.init_kernel_size === 'number' ? { initKernelSize: config.init_kernel_size } : {}),
    ...(typeof config.keep_spatial_dims === 'boolean' ? { keepSpatialDims: config.keep_spatial_dims } : {}),
    ...(upsample === undefined ? {} : { upsampleDims: upsample }),
    ...(Array.isArray(config.kernel_sizes) ? { kernelSizes: config.kernel_sizes as number[] } : {}),
    ...(typeof residual === 'boolean' ? { residual } : {}),
  };
}
