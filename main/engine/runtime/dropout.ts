/**
 * Dropout masks on TensorFlow from 16 random bits an element: half the random numbers, and half the time, of
 * comparing floats. The intermediate 16-bit tensors are a type that tfjs does not know, so they live as raw handles.
 */
import { attribute, type NativeBackend } from './native.ts';
import * as tf from './tf.ts';

/** TensorFlow's number of the type uint16 (tensorflow/core/framework/types.proto). */
const UINT16 = 17;
const LEVELS = 2 ** 16;

/** Raw handles of 16-bit scalars by value; a handful per process, kept for its lifetime. */
const thresholds = new Map<number, number>();

/**
 * A tensor of `shape` that is 0 with probability round(rate·2^16)/2^16, else the inverse of the probability to be kept.
 * @param seed two words that identify the draw
 */
export function dropoutMaskNative(
  b: NativeBackend,
  shape: readonly number[],
  rate: number,
  seed: [number, number],
): tf.Tensor {
  const size = shape.reduce((a, c) => a * c, 1);
  const dropped = Math.min(LEVELS - 1, Math.round(rate * LEVELS));
  const { binding } = b;
  return tf.tidy(() => {
    const bits = b.executeSingleOutput(
      'StatelessRandomUniformFullInt',
      [
        attribute.type(b, 'dtype', binding.TF_INT32),
        attribute.type(b, 'T', binding.TF_INT32),
        attribute.type(b, 'Tseed', binding.TF_INT32),
      ],
      [tf.tensor1d([Math.ceil(size / 2)], 'int32'), tf.tensor1d(seed, 'int32')],
    );
    const halves = raw(b, 'Bitcast', { T: binding.TF_INT32, type: UINT16 }, [
      b.getInputTensorIds([bits])[0]!,
    ]);
    const kept = raw(b, 'GreaterEqual', { T: UINT16 }, [halves.id, threshold(b, dropped)]);
    binding.deleteTensor(halves.id);
    // From here on the type is one that tfjs knows.
    const mask = b.createOutputTensor(kept);
    const even = mask.reshape([-1]);
    const flat = size % 2 === 0 ? even : even.slice(0, size);
    return flat
      .toFloat()
      .mul(LEVELS / (LEVELS - dropped))
      .reshape(shape as number[]);
  });
}

function raw(b: NativeBackend, op: string, types: Record<string, number>, inputs: number[]) {
  const attributes = Object.entries(types).map(([name, type]) => attribute.type(b, name, type));
  return b.binding.executeOp(op, attributes, inputs, 1)[0]!;
}

function threshold(b: NativeBackend, value: number): number {
  const known = thresholds.get(value);
  if (known !== undefined) return known;
  const scalar = tf.scalar(value, 'int32');
  const types = { SrcT: b.binding.TF_INT32, DstT: UINT16 };
  const { id } = raw(b, 'Cast', types, [b.getInputTensorIds([scalar])[0]!]);
  thresholds.set(value, id);
  return id;
}
