/**
 * What the rest of the engine knows about a neural network: its settings, its variables under the names of the
 * published weights, and one forward pass. Which architecture is behind it is the registry's business.
 */
import type { RandomStream } from '../runtime/random.ts';
import type * as tf from '../runtime/tf.ts';
import type { Layout } from './variables.ts';

export type NetworkKind = 'unet_resnet' | 'unet_simple' | 'simple_conv_net';

/** How the two U-Nets resize to and from their working size. */
export type ResizeMode = 'bilinear' | 'nearest';

/** Shape and hyper-parameters of a network. Optional fields have the published defaults, named per kind. */
export interface NetworkSettings {
  kind: NetworkKind;
  /** Channels of `x`, all window steps and concatenated fields together. */
  inputChannels: number;
  outputChannels: number;
  /** Channels of `condition`; 0 means that `condition` must be null. */
  conditionChannels: number;
  /** Grid cells of the fields that the network gets and returns. */
  height: number;
  width: number;
  /** Base number of channels. */
  dim: number;
  /** Default true. Without it, `time` is ignored. */
  withTimeEmbedding?: boolean;
  /** Rate of the dropout on the network's (first convolution's) input features; both U-Nets. Default 0. */
  inputDropout?: number;

  /** unet_resnet: channels of each resolution as multiples of `dim`. Default [1, 2, 4]. */
  dimMults?: readonly number[];
  /** unet_resnet: groups of the group normalisation. Default 8. */
  groups?: number;
  /** unet_resnet: dropout after the first and the second half of a residual block. Defaults 0. */
  blockDropout1?: number;
  blockDropout?: number;
  /** unet_resnet: dropout in both kinds of attention. Default 0. */
  attentionDropout?: number;
  /** unet_resnet: no down- and upsampling. Default false. */
  keepSpatialDims?: boolean;
  /** unet_resnet: kernel of the first convolution. Default 7. */
  initKernelSize?: number;

  /** unet_simple, simple_conv_net: dropout of every block. Default 0. */
  dropout?: number;
  /** Both U-Nets: working size [height, width]; null works on the grid itself.
   * Default null for unet_resnet, [256, 256] for unet_simple. */
  upsampleDims?: readonly [number, number] | null;
  /** Both U-Nets: how to resize to and from the working size. Default bilinear. */
  outerSampleMode?: ResizeMode;

  /** simple_conv_net: one convolution per entry. Default [7, 3, 3]. */
  kernelSizes?: readonly number[];
  /** simple_conv_net: add a block's input to its output where the channels agree. Default true. */
  residual?: boolean;
}

export interface ForwardOptions {
  /** Whether dropout layers draw masks; DYffusion keeps this on at inference. */
  dropout: boolean;
  /** Whether BatchNorm uses (and records) the batch's statistics instead of the running ones. */
  training: boolean;
  /** Source of every dropout mask of this pass. */
  random: RandomStream;
}

export interface Network {
  readonly settings: NetworkSettings;
  /** Trainable variables under the published state-dict names, in the published order, in our layout
   * (convolutions [kh, kw, in, out], linear [in, out]). */
  readonly parameters: ReadonlyMap<string, tf.Variable>;
  /** BatchNorm's running statistics and step counter, under the published names. */
  readonly buffers: ReadonlyMap<string, tf.Variable>;
  /** How each variable is laid out in published files; for `weights.ts`. */
  readonly layouts: ReadonlyMap<string, Layout>;
  readonly parameterCount: number;
  /**
   * @param x [batch, height, width, inputChannels]
   * @param time [batch], in data steps
   * @param condition [batch, height, width, conditionChannels], or null when there are none
   * @returns [batch, height, width, outputChannels]
   * @throws DriftcastError `bad-input` when a shape does not fit the settings
   */
  forward(
    x: tf.Tensor4D,
    time: tf.Tensor1D,
    condition: tf.Tensor4D | null,
    options: ForwardOptions,
  ): tf.Tensor4D;
  /** Frees all variables; the network cannot be used afterwards. */
  dispose(): void;
}
