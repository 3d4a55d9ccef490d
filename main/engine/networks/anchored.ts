/**
 * Networks that predict a change instead of a state: what they add to is known already (the state that they were given,
 * or the straight line between two frames), so that a short lead starts out nearly right instead of having to learn
 * to copy. Beyond the paper, whose networks predict the state itself.
 */
import * as tf from '../runtime/tf.ts';
import type { Network } from './network.ts';

/** From a network's input, [batch, height, width, inputChannels], and time, [batch], to what its output is added to. */
export type Anchor = (x: tf.Tensor4D, time: tf.Tensor1D) => tf.Tensor4D;

/** The same network, weights and names, with `anchor` added to its output. */
export function anchored(network: Network, anchor: Anchor): Network {
  return {
    ...network,
    forward: (x, time, condition, options) =>
      tf.tidy(() => network.forward(x, time, condition, options).add(anchor(x, time))),
  };
}

/** The state itself, `times` over where the output stacks as many steps along its channels. */
export function stateAnchor(times = 1): Anchor {
  return (x) => (times === 1 ? x : tf.concat4d(new Array<tf.Tensor4D>(times).fill(x), 3));
}

/** The straight line from the first half of the channels at time 0 to the second half at time `horizon`. */
export function lineAnchor(horizon: number): Anchor {
  return (x, time) => {
    const [first, last] = tf.split(x, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
    const share = time.div(horizon).reshape<tf.Tensor4D>([-1, 1, 1, 1]);
    return first.add(last.sub(first).mul(share));
  };
}
