/** Networks whose outputs can be worked out by hand, to test what is built around networks. */
import type { ForwardOptions, Network, NetworkSettings } from '#main/engine/networks/network.ts';
import * as tf from '#main/engine/runtime/tf.ts';

export interface Call {
  rows: number;
  times: number[];
  condition: number[] | null;
}

/** A network of one function; remembers its calls. */
export function functionNetwork(
  forward: (
    x: tf.Tensor4D,
    time: tf.Tensor4D,
    condition: tf.Tensor4D | null,
    options: ForwardOptions,
  ) => tf.Tensor4D,
  parameters: ReadonlyMap<string, tf.Variable> = new Map(),
): Network & { calls: Call[] } {
  const calls: Call[] = [];
  return {
    calls,
    settings: {} as NetworkSettings,
    parameters,
    buffers: new Map(),
    layouts: new Map(),
    parameterCount: 0,
    forward(x, time, condition, options) {
      calls.push({
        rows: x.shape[0],
        times: Array.from(time.dataSync()),
        condition: condition?.shape.slice() ?? null,
      });
      return tf.tidy(() => forward(x, time.reshape([-1, 1, 1, 1]), condition, options));
    },
    dispose() {},
  };
}

/** I(x₀, x_h, i) = x₀ + (x_h − x₀) i / h, plus a random shift of the given size for each row. */
export function straightLine(horizon: number, jitter = 0) {
  return functionNetwork((frames, time, _condition, { dropout, random }) => {
    const [x0, xh] = tf.split(frames, 2, 3) as [tf.Tensor4D, tf.Tensor4D];
    const line = x0.add(xh.sub(x0).mul(time.div(horizon))) as tf.Tensor4D;
    if (jitter === 0 || !dropout) return line;
    return line.add(random.normal([x0.shape[0], 1, 1, 1]).mul(jitter)) as tf.Tensor4D;
  });
}

/** F(x, i) = x + speed · (h − i): a field that rises steadily. */
export function steadyRise(horizon: number, speed: number) {
  return functionNetwork((x, time) => x.add(tf.sub(horizon, time).mul(speed)) as tf.Tensor4D);
}
