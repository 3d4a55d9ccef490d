/** What holds for every architecture: sizes, dropout, statistics, both backends, memory, clear refusals. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Network, NetworkKind, NetworkSettings } from '#main/engine/networks/network.ts';
import { createNetwork, networkKinds } from '#main/engine/networks/registry.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';
import { difference, tensors } from './numbers.ts';

const tiny: Record<NetworkKind, Partial<NetworkSettings>> = {
  unet_resnet: { blockDropout: 0.3, blockDropout1: 0.1, attentionDropout: 0.1, inputDropout: 0.1 },
  unet_simple: { dropout: 0.2, upsampleDims: [64, 64] },
  simple_conv_net: { dropout: 0.2, kernelSizes: [5, 3] },
};

function settingsOf(kind: NetworkKind): NetworkSettings {
  const common = { inputChannels: 2, outputChannels: 1, conditionChannels: 1, height: 8, width: 4, dim: 8 };
  return { kind, ...common, ...tiny[kind] };
}

function inputs() {
  const make = tensors(5);
  const x = make<tf.Rank.R4>([2, 8, 4, 2]);
  const condition = make<tf.Rank.R4>([2, 8, 4, 1]);
  return { x, time: tf.tensor1d([1, 2.5]), condition, target: make<tf.Rank.R4>([2, 8, 4, 1]) };
}

function run(network: Network, options: { dropout?: boolean; training?: boolean; seed?: number } = {}) {
  const { x, time, condition } = inputs();
  const { dropout = false, training = false, seed = 1 } = options;
  return network.forward(x, time, condition, { dropout, training, random: new RandomStream(seed) });
}

describe.each(networkKinds)('%s', (kind) => {
  beforeAll(async () => {
    await loadBackend({ force: 'tensorflow' });
  });

  it('keeps no tensor after a forward pass and a training step', () => {
    const network = createNetwork(settingsOf(kind), new RandomStream(3));
    const step = (): void => {
      tf.tidy(() => {
        const { x, time, condition, target } = inputs();
        const options = { dropout: true, training: true, random: new RandomStream(1) };
        const loss = (): tf.Scalar =>
          network.forward(x, time, condition, options).sub(target).square().mean();
        tf.variableGrads(loss, [...network.parameters.values()]).value.dataSync();
        run(network, { dropout: true }).dataSync();
      });
    };
    step();
    const { numTensors, numDataBuffers } = tf.memory();
    for (let i = 0; i < 3; i++) step();
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(tf.memory().numDataBuffers).toBe(numDataBuffers);
    network.dispose();
  });

  it('draws other masks for other seeds, the same for the same, none when dropout is off', () => {
    tf.tidy(() => {
      const network = createNetwork(settingsOf(kind), new RandomStream(3));
      expect(difference(run(network, { dropout: true }), run(network, { dropout: true }))).toBe(0);
      expect(
        difference(run(network, { dropout: true }), run(network, { dropout: true, seed: 2 })),
      ).toBeGreaterThan(0);
      expect(difference(run(network, { seed: 1 }), run(network, { seed: 2 }))).toBe(0);
      network.dispose();
    });
  });

  it('changes its buffers in training only', () => {
    tf.tidy(() => {
      const network = createNetwork(settingsOf(kind), new RandomStream(3));
      const counts = () =>
        [...network.buffers].filter(([name]) => name.endsWith('tracked')).map(([, v]) => v.dataSync()[0]);
      run(network, { dropout: true });
      expect(new Set(counts()).has(1)).toBe(false);
      run(network, { training: true });
      expect(counts().every((count) => count === 1)).toBe(true);
      network.dispose();
    });
  });

  it('has gradients with respect to its input that agree with finite differences', () => {
    tf.tidy(() => {
      const network = createNetwork(settingsOf(kind), new RandomStream(3));
      for (const variable of network.parameters.values()) variable.assign(tensors(8)(variable.shape));
      const { x, time, condition } = inputs();
      const options = { dropout: true, training: false };
      const loss = (input: tf.Tensor): tf.Scalar =>
        network
          .forward(input as tf.Tensor4D, time, condition, { ...options, random: new RandomStream(4) })
          .square()
          .mean();
      const gradient = tf.grad(loss)(x);
      const direction = tensors(6)(x.shape);
      const step = 1e-3;
      const along =
        (loss(x.add(direction.mul(step))).dataSync()[0]! - loss(x.sub(direction.mul(step))).dataSync()[0]!) /
        (2 * step);
      const expected = gradient.mul(direction).sum().dataSync()[0]!;
      const scale = gradient.norm().dataSync()[0]! * direction.norm().dataSync()[0]!;
      expect(Math.abs(along - expected) / scale).toBeLessThan(5e-3);
      network.dispose();
    });
  });

  it('refuses inputs of another shape in one sentence', () => {
    tf.tidy(() => {
      const network = createNetwork(settingsOf(kind), new RandomStream(3));
      const { x, time, condition } = inputs();
      const options = { dropout: false, training: false, random: new RandomStream(1) };
      const wrong = tf.zeros([2, 8, 5, 2]) as tf.Tensor4D;
      expect(() => network.forward(wrong, time, condition, options)).toThrow('takes [batch, 8, 4, 2]');
      expect(() => network.forward(x, time, null, options)).toThrow('condition');
      expect(() => network.forward(x, tf.tensor1d([1]), condition, options)).toThrow(
        '1 times for a batch of 2',
      );
      network.dispose();
    });
  });
});

describe('sizes', () => {
  it('has the published number of parameters at paper size', async () => {
    await loadBackend({ force: 'tensorflow' });
    const grid = {
      inputChannels: 1,
      outputChannels: 1,
      conditionChannels: 1,
      height: 60,
      width: 60,
      dim: 64,
    };
    const network = createNetwork({ kind: 'unet_resnet', ...grid }, new RandomStream(0));
    expect(network.parameterCount).toBe(9_479_681);
    expect([...network.parameters.keys()].slice(0, 3)).toEqual([
      'init_conv.weight',
      'init_conv.bias',
      'time_emb_mlp.1.weight',
    ]);
    network.dispose();
  });

  it('says which grids do not fit', () => {
    const random = new RandomStream(0);
    const resnet = { ...settingsOf('unet_resnet'), height: 10 };
    expect(() => createNetwork(resnet, random)).toThrow('10 × 4 cells cannot be halved 2 times');
    const simple = { ...settingsOf('unet_simple'), upsampleDims: null };
    expect(() => createNetwork(simple, random)).toThrow('halves its grid six times');
    const plain = { ...settingsOf('simple_conv_net'), kernelSizes: [4] };
    expect(() => createNetwork(plain, random)).toThrow('4 × 4 cells cannot keep');
    const unknown = { ...settingsOf('unet_simple'), kind: 'other' as NetworkKind };
    expect(() => createNetwork(unknown, random)).toThrow('no network called "other"');
  });
});

describe('on the JavaScript backend', () => {
  it.each(networkKinds)('%s gives the numbers that TensorFlow gives', async (kind) => {
    const measure = async (force: 'tensorflow' | 'javascript') => {
      await loadBackend({ force });
      return tf.tidy(() => {
        const network = createNetwork(settingsOf(kind), new RandomStream(3));
        const make = tensors(8);
        for (const variable of network.parameters.values()) variable.assign(make(variable.shape));
        const { x, time, condition, target } = inputs();
        const options = { dropout: false, training: false, random: new RandomStream(1) };
        const loss = (input: tf.Tensor): tf.Scalar =>
          network
            .forward(input as tf.Tensor4D, time, condition, options)
            .sub(target)
            .square()
            .mean();
        const result = [...run(network).dataSync(), ...tf.grad(loss)(x).dataSync()];
        network.dispose();
        return result;
      });
    };
    const native = await measure('tensorflow');
    const plain = await measure('javascript');
    const scale = Math.max(...native.map(Math.abs));
    native.forEach((value, i) => {
      expect(Math.abs(value - plain[i]!)).toBeLessThan(1e-4 * scale);
    });
  });
});
