/** The pieces that the architectures share: a convolution with its bias, and convolution–norm–activation blocks. */
import type { RandomStream } from '../../runtime/random.ts';
import * as tf from '../../runtime/tf.ts';
import type { ForwardOptions } from '../network.ts';
import type { ConvolutionShape, VariableStore } from '../variables.ts';
import { activate, dropout } from './activation.ts';
import { addBias, convolve, convolveDoubled, type Geometry } from './convolution.ts';
import { modulation } from './linear.ts';
import { sum } from './matrix.ts';
import {
  type Affine,
  batchNormalise,
  groupNormalise,
  type RunningStatistics,
  standardise,
} from './normalisation.ts';

/** What one forward pass hands to every layer. */
export interface Pass {
  /** Time embedding after SiLU, [batch, embedding], or null without one. */
  embedding: tf.Tensor2D | null;
  /** Source of dropout masks, or null when dropout is off. */
  random: RandomStream | null;
  training: boolean;
}

/** A pass's settings from the options that the caller of a network gives. */
export function passOf(embedding: tf.Tensor2D | null, options: ForwardOptions): Pass {
  return { embedding, random: options.dropout ? options.random : null, training: options.training };
}

export type ImageLayer = (x: tf.Tensor4D, pass: Pass) => tf.Tensor4D;

/** Frees a layer's intermediate tensors as soon as it is through, which bounds the memory of long samplings. */
function tidied(layer: ImageLayer): ImageLayer {
  return (x, pass) => tf.tidy(() => layer(x, pass));
}

/** Bias of a convolution: PyTorch's ±1/√fan_in. */
function convolutionBias(
  store: VariableStore,
  name: string,
  shape: ConvolutionShape,
): tf.Variable<tf.Rank.R1> {
  const fan = shape.input * shape.kernel * shape.kernel;
  return store.vector(`${name}.bias`, shape.output, { bound: 1 / Math.sqrt(fan) });
}

/** Convolution with bias: `<name>.weight`, `<name>.bias`. */
export function convolution(
  store: VariableStore,
  name: string,
  shape: ConvolutionShape,
  geometry: Geometry,
): (x: tf.Tensor4D) => tf.Tensor4D {
  const kernel = store.kernel(name, shape);
  const bias = convolutionBias(store, name, shape);
  return (x) => tf.tidy(() => addBias(convolve(x, kernel, geometry), bias));
}

/** Doubles height and width by repetition, then a 3×3 convolution with bias. */
export function doubling(
  store: VariableStore,
  name: string,
  input: number,
  output: number,
): (x: tf.Tensor4D) => tf.Tensor4D {
  const shape = { kernel: 3, input, output };
  const kernel = store.kernel(name, shape);
  const bias = convolutionBias(store, name, shape);
  return (x) => tf.tidy(() => addBias(convolveDoubled(x, kernel), bias));
}

/** Learned scale and shift of a normalisation, and the bias of the convolution before it. */
type Learned = Omit<Affine, 'modulation'>;

function learned(store: VariableStore, name: string, bias: tf.Tensor1D, initial: number | 'noisy'): Learned {
  const size = bias.shape[0];
  const scale = initial === 'noisy' ? { mean: 1, deviation: 0.02 } : { constant: initial };
  return {
    bias,
    weight: store.vector(`${name}.weight`, size, scale),
    offset: store.vector(`${name}.bias`, size, { constant: 0 }),
  };
}

/** Convolution with standardised weights, group normalisation, time modulation, SiLU, dropout. */
export function standardisedBlock(
  store: VariableStore,
  name: string,
  input: number,
  output: number,
  groups: number,
  rate: number,
): (x: tf.Tensor4D, affine: Affine['modulation'], pass: Pass) => tf.Tensor4D {
  const shape = { kernel: 3, input, output };
  const kernel = store.kernel(`${name}.proj`, shape);
  const bias = convolutionBias(store, `${name}.proj`, shape);
  const norm = learned(store, `${name}.norm`, bias, 1);
  return (x, modulation, pass) => {
    const h = convolve(x, standardise(kernel), { stride: 1, padding: 1 });
    const normal = groupNormalise(h, groups, { ...norm, modulation });
    return dropout(activate(normal, 'silu'), rate, pass.random);
  };
}

/**
 * Two standardised blocks, the first one modulated by the time, plus the input (through a 1×1 convolution where the
 * number of channels changes).
 */
export function residualBlock(
  store: VariableStore,
  name: string,
  input: number,
  output: number,
  settings: { embedding: number | null; groups: number; dropout1: number; dropout2: number },
): ImageLayer {
  const { embedding, groups } = settings;
  const modulate = embedding === null ? null : modulation(store, `${name}.mlp.1`, embedding, output);
  const first = standardisedBlock(store, `${name}.block1`, input, output, groups, settings.dropout1);
  const second = standardisedBlock(store, `${name}.block2`, output, output, groups, settings.dropout2);
  const residual =
    input === output
      ? null
      : convolution(store, `${name}.residual_conv`, { kernel: 1, input, output }, { stride: 1, padding: 0 });
  return tidied((x, pass) => {
    const affine = modulate !== null && pass.embedding !== null ? modulate(pass.embedding) : null;
    const h = second(first(x, affine, pass), null, pass);
    return sum(h, residual === null ? x : residual(x));
  });
}

/** Settings of a batch- or group-normalised block of the two plainer networks. */
export interface PlainBlock {
  /** Names of the convolution and of the normalisation. */
  convolution: string;
  norm: string;
  /** Name of the time layer, or null without time embedding. */
  time: { name: string; embedding: number } | null;
  shape: ConvolutionShape;
  geometry: Geometry;
  /** Group normalisation with so many groups; batch normalisation when null. */
  groups: number | null;
  /** Whether the scales start at N(1, 0.02) instead of 1. */
  noisyScale: boolean;
  activation: 'relu' | 'leaky-relu' | 'gelu';
  dropout: number;
}

/** Convolution, batch or group normalisation, time modulation, activation, dropout. */
export function plainBlock(
  store: VariableStore,
  settings: PlainBlock,
  order: 'time-first' | 'time-last',
): ImageLayer {
  const { shape, geometry, groups, time } = settings;
  const timeLayer = () => (time === null ? null : modulation(store, time.name, time.embedding, shape.output));
  const early = order === 'time-first' ? timeLayer() : null;
  const kernel = store.kernel(settings.convolution, shape);
  const bias = convolutionBias(store, settings.convolution, shape);
  const scale = settings.noisyScale && groups === null ? 'noisy' : 1;
  const norm = learned(store, settings.norm, bias, scale);
  const running = groups === null ? runningStatistics(store, settings.norm, shape.output) : null;
  const modulate = order === 'time-first' ? early : timeLayer();
  return tidied((x, pass) => {
    const h = convolve(x, kernel, geometry);
    const affine = {
      ...norm,
      modulation: modulate !== null && pass.embedding !== null ? modulate(pass.embedding) : null,
    };
    const normal =
      running === null
        ? groupNormalise(h, groups ?? 1, affine)
        : batchNormalise(h, running, affine, pass.training);
    return dropout(activate(normal, settings.activation), settings.dropout, pass.random);
  });
}

function runningStatistics(store: VariableStore, name: string, size: number): RunningStatistics {
  return {
    mean: store.buffer(`${name}.running_mean`, [size], 0),
    variance: store.buffer(`${name}.running_var`, [size], 1),
    count: store.buffer(`${name}.num_batches_tracked`, [], 0, 'counter'),
  };
}
