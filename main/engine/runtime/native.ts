/**
 * Direct access to TensorFlow kernels that tfjs does not wrap (explicit paddings, stateless random numbers,
 * fused element-wise gradients). Only reachable while the TensorFlow backend is active: every caller keeps a
 * plain tfjs path for the JavaScript backend.
 */
import * as tf from './tf.ts';

/** One attribute of a TensorFlow operation, as the binding expects it. */
export interface NativeAttribute {
  name: string;
  type: number;
  value: unknown;
}

/** A raw tensor handle of the binding. */
export interface OutputMetadata {
  id: number;
  shape: number[];
  dtype: number;
}

interface Binding {
  readonly TF_FLOAT: number;
  readonly TF_INT32: number;
  readonly TF_BOOL: number;
  readonly TF_ATTR_STRING: number;
  readonly TF_ATTR_INT: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
  executeOp(name: string, attributes: NativeAttribute[], inputs: number[], outputs: number): OutputMetadata[];
  deleteTensor(id: number): void;
}

/** The part of tfjs-node's kernel backend that Driftcast relies on. */
export interface NativeBackend {
  readonly binding: Binding;
  readonly isUsingGpuDevice: boolean;
  getInputTensorIds(tensors: tf.TensorInfo[]): number[];
  createOutputTensor(metadata: OutputMetadata): tf.Tensor;
  executeSingleOutput(name: string, attributes: NativeAttribute[], inputs: tf.TensorInfo[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: NativeAttribute[],
    inputs: tf.TensorInfo[],
    outputs: number,
  ): tf.Tensor[];
}

let current: NativeBackend | null | undefined;

/** Forgets which backend is active; to be called whenever the backend changes. */
export function refreshNative(): void {
  current = undefined;
}

/** The TensorFlow backend when it is the active one, otherwise null. */
export function native(): NativeBackend | null {
  if (current === undefined) {
    current = tf.getBackend() === 'tensorflow' ? (tf.backend() as unknown as NativeBackend) : null;
  }
  return current;
}

/** Attribute builders; the numbers behind the types come from the loaded binding. */
export const attribute = {
  int: (b: NativeBackend, name: string, value: number | number[]): NativeAttribute => ({
    name,
    type: b.binding.TF_ATTR_INT,
    value,
  }),
  float: (b: NativeBackend, name: string, value: number): NativeAttribute => ({
    name,
    type: b.binding.TF_ATTR_FLOAT,
    value,
  }),
  bool: (b: NativeBackend, name: string, value: boolean): NativeAttribute => ({
    name,
    type: b.binding.TF_ATTR_BOOL,
    value,
  }),
  string: (b: NativeBackend, name: string, value: string): NativeAttribute => ({
    name,
    type: b.binding.TF_ATTR_STRING,
    value,
  }),
  /** `value` is TensorFlow's number of a data type. */
  type: (b: NativeBackend, name: string, value: number): NativeAttribute => ({
    name,
    type: b.binding.TF_ATTR_TYPE,
    value,
  }),
};

/** Runs a TensorFlow operation whose only attribute is the element type `T` = float32. */
export function runFloat(b: NativeBackend, name: string, inputs: tf.Tensor[]): tf.Tensor {
  return b.executeSingleOutput(name, [attribute.type(b, 'T', b.binding.TF_FLOAT)], inputs);
}
