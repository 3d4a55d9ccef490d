/** Networks that predict changes: what their output is added to, for each kind of input. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { anchored, lineAnchor, stateAnchor } from '#main/engine/networks/anchored.ts';
import type { Network } from '#main/engine/networks/network.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';
import * as tf from '#main/engine/runtime/tf.ts';

const pass = { dropout: false, training: false, random: new RandomStream(1) };
let before = 0;
beforeAll(async () => {
  await loadBackend();
  before = tf.memory().numTensors;
});
afterAll(() => expect(tf.memory().numTensors).toBe(before));

/** Answers `value` in `channels` channels, whatever it is given. */
function constant(channels: number, value: number): Network {
  return {
    settings: { kind: 'simple_conv_net', inputChannels: 1, outputChannels: channels, conditionChannels: 0 },
    parameters: new Map(),
    buffers: new Map(),
    layouts: new Map(),
    parameterCount: 0,
    forward: (x: tf.Tensor4D) => tf.fill([x.shape[0], x.shape[1], x.shape[2], channels], value),
    dispose() {},
  } as unknown as Network;
}

function run(network: Network, values: number[], channels: number, times: number[]): number[] {
  return tf.tidy(() => {
    const x = tf.tensor4d(values, [values.length / channels, 1, 1, channels]);
    return [...network.forward(x, tf.tensor1d(times), null, pass).dataSync()];
  });
}

test('a state is added to the change, once or for every step of a window', () => {
  expect(run(anchored(constant(2, 0.5), stateAnchor()), [1, -2], 2, [3])).toEqual([1.5, -1.5]);
  expect(run(anchored(constant(4, 1), stateAnchor(2)), [1, -2], 2, [0])).toEqual([2, -1, 2, -1]);
});

test('between two frames the change is added to the straight line', () => {
  const between = anchored(constant(1, 0), lineAnchor(4));
  expect(run(between, [0, 8, 0, 8, 2, -2], 2, [1, 4, 2])).toEqual([2, 8, 0]);
});
