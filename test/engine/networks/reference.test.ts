/** The three architectures against numbers of the published implementation: outputs, loss, gradients, weights. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { NetworkKind, NetworkSettings } from '#main/engine/networks/network.ts';
import { createNetwork } from '#main/engine/networks/registry.ts';
import { readSafetensors, type StoredTensor } from '#main/engine/networks/safetensors.ts';
import { exportWeights, importWeights } from '#main/engine/networks/weights.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { sharedFolder } from '../../shared-folder.ts';
import { difference } from './numbers.ts';

const shared = sharedFolder();
const kinds: NetworkKind[] = ['unet_resnet', 'unet_simple', 'simple_conv_net'];

describe.skipIf(shared === null)('published numbers', () => {
  beforeAll(async () => {
    await loadBackend({ force: 'tensorflow' });
  });

  it.each(kinds)('%s gives the same outputs and gradients', (kind) => {
    const { network, stored } = loadCase(kind);
    const before = tf.memory().numTensors;
    tf.tidy(() => {
      const field = (name: string): tf.Tensor4D => {
        const { data, shape } = stored.get(name)!;
        return tf.tensor(data as Float32Array, shape).transpose([0, 2, 3, 1]);
      };
      const x = field('inputs.x');
      const condition = field('inputs.condition');
      const target = field('inputs.target');
      const time = tf.tensor1d(stored.get('inputs.time')!.data as Float32Array);
      const options = { dropout: false, training: false, random: new RandomStream(0) };
      const forward = (): tf.Tensor4D => network.forward(x, time, condition, options);
      expect(difference(forward(), field('outputs.y'))).toBeLessThan(1e-4);

      const loss = (): tf.Scalar => forward().sub(target).square().mean();
      const { value, grads } = tf.variableGrads(loss, [...network.parameters.values()]);
      expect(value.dataSync()[0]).toBeCloseTo(Number(stored.get('outputs.loss')!.data[0]), 4);
      const names = [...stored.keys()].filter((name) => name.startsWith('outputs.grad.'));
      expect(names.length).toBeGreaterThan(5);
      for (const name of names) {
        const parameter = name.slice('outputs.grad.'.length);
        const ours = publishedLayout(grads[network.parameters.get(parameter)!.name]!);
        const { data, shape } = stored.get(name)!;
        const theirs = tf.tensor(data as Float32Array, shape);
        const largest = theirs.abs().max().dataSync()[0]!;
        expect(difference(ours.reshape(shape), theirs), parameter).toBeLessThan(1e-3 * largest);
      }
    });
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it.each(kinds)('%s exports the weights that it imported, bit for bit', (kind) => {
    const { network, stored } = loadCase(kind);
    const exported = exportWeights(network);
    const published = [...stored].filter(([name]) => name.startsWith('weights.'));
    expect(exported.size).toBe(published.length);
    for (const [name, { shape, data }] of published) {
      const ours = exported.get(name.slice('weights.'.length))!;
      expect(ours.shape).toEqual(shape);
      expect(Buffer.compare(Buffer.from(ours.data.buffer), Buffer.from(data.buffer)), name).toBe(0);
    }
    network.dispose();
  });
});

function publishedLayout(gradient: tf.Tensor): tf.Tensor {
  if (gradient.rank === 4) return gradient.transpose([3, 2, 0, 1]);
  return gradient.rank === 2 ? gradient.transpose() : gradient;
}

function loadCase(kind: NetworkKind) {
  const folder = join(shared!, 'reference');
  const stored: Map<string, StoredTensor> = readSafetensors(
    readFileSync(join(folder, `${kind}.safetensors`)),
  );
  const { config } = JSON.parse(readFileSync(join(folder, 'cases.json'), 'utf8'))[kind];
  const settings: NetworkSettings = {
    kind,
    inputChannels: config.input_channels,
    outputChannels: config.output_channels,
    conditionChannels: config.condition_channels,
    height: config.spatial_shape[0],
    width: config.spatial_shape[1],
    dim: config.dim,
    withTimeEmbedding: config.with_time_emb,
    dimMults: config.dim_mults,
    groups: config.resnet_block_groups,
    upsampleDims: config.upsample_dims,
    outerSampleMode: config.outer_sample_mode,
    kernelSizes: config.kernel_sizes,
    residual: config.residual,
  };
  const network = createNetwork(settings, new RandomStream(1));
  importWeights(network, new Map([...stored].filter(([name]) => name.startsWith('weights.'))), 'weights.');
  return { network, stored };
}
