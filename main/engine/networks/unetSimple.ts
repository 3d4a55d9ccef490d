/**
 * The U-Net of the paper's Navier–Stokes experiments: six strided convolutions down, six bilinear upsamplings with
 * convolutions up, batch normalisation, on a working grid of its own (256×256 by default) that the fields are
 * resized to and from.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { RandomStream } from '../runtime/random.ts';
import * as tf from '../runtime/tf.ts';
import { assemble, embedder, embeddingSize } from './assemble.ts';
import { dropout } from './layers/activation.ts';
import { convolution, type ImageLayer, plainBlock } from './layers/blocks.ts';
import { addBias } from './layers/convolution.ts';
import { join } from './layers/matrix.ts';
import { resize } from './layers/resize.ts';
import type { Network, NetworkSettings } from './network.ts';
import { VariableStore } from './variables.ts';

/** Channels as multiples of `dim`, kernel and padding of each block, as published. */
const ENCODER = [
  { input: 1, output: 2, kernel: 4, padding: 1 },
  { input: 2, output: 2, kernel: 4, padding: 1 },
  { input: 2, output: 4, kernel: 4, padding: 1 },
  { input: 4, output: 8, kernel: 4, padding: 1 },
  { input: 8, output: 8, kernel: 2, padding: 0 },
  { input: 8, output: 8, kernel: 2, padding: 0 },
] as const;
const DECODER = [
  { input: 8, output: 8, kernel: 1, padding: 0 },
  { input: 16, output: 8, kernel: 1, padding: 0 },
  { input: 16, output: 4, kernel: 3, padding: 1 },
  { input: 8, output: 2, kernel: 3, padding: 1 },
  { input: 4, output: 2, kernel: 3, padding: 1 },
  { input: 4, output: 1, kernel: 3, padding: 1 },
] as const;

/** Groups of the one block (the deepest) that has group normalisation: batch statistics mean nothing there. */
const DEEPEST_GROUPS = 8;
/** The encoder halves six times. */
const FACTOR = 64;

export function unetSimple(settings: NetworkSettings, random: RandomStream): Network {
  const working = settings.upsampleDims === undefined ? ([256, 256] as const) : settings.upsampleDims;
  checkGrid(working ?? [settings.height, settings.width]);
  const { dim } = settings;
  const store = new VariableStore(random, { mean: 0, deviation: 0.02 });
  const embed = embedder(store, settings);
  const input = settings.inputChannels + settings.conditionChannels;
  const start = convolution(store, 'init_conv', { kernel: 1, input, output: dim }, { stride: 1, padding: 0 });
  const encoder = ENCODER.map((_, i) => encoderBlock(store, settings, i));
  const decoder = DECODER.map((_, i) => decoderBlock(store, settings, i));
  const head = transposedHead(store, 'readout.0', dim, settings.outputChannels);
  const mode = settings.outerSampleMode ?? 'bilinear';

  return assemble(settings, store, {
    conditionFirst: false,
    embed,
    body: (fields, pass) => {
      const resized = working === null ? fields : resize(fields, working, mode);
      let x = dropout(start(resized), settings.inputDropout ?? 0, pass.random);
      const skips: tf.Tensor4D[] = [];
      for (const block of encoder) {
        x = block(x, pass);
        skips.push(x);
      }
      x = skips.pop()!;
      for (const block of decoder) {
        x = block(x, pass);
        const skip = skips.pop();
        if (skip !== undefined) x = join(x, skip);
      }
      return resize(head(x), [settings.height, settings.width], mode);
    },
  });
}

function timeLayer(settings: NetworkSettings, name: string) {
  const embedding = embeddingSize(settings);
  return embedding === null ? null : { name: `${name}.time_mlp.1`, embedding };
}

function encoderBlock(store: VariableStore, settings: NetworkSettings, index: number): ImageLayer {
  const name = `input_ops.${index}`;
  const { input, output, kernel, padding } = ENCODER[index]!;
  return plainBlock(
    store,
    {
      convolution: `${name}.ops.0`,
      norm: `${name}.ops.1`,
      time: timeLayer(settings, name),
      shape: { kernel, input: input * settings.dim, output: output * settings.dim },
      geometry: { stride: 2, padding },
      groups: index === ENCODER.length - 1 ? DEEPEST_GROUPS : null,
      noisyScale: true,
      activation: 'leaky-relu',
      dropout: settings.dropout ?? 0,
    },
    'time-first',
  );
}

function decoderBlock(store: VariableStore, settings: NetworkSettings, index: number): ImageLayer {
  const name = `output_ops.${index}`;
  const { input, output, kernel, padding } = DECODER[index]!;
  const block = plainBlock(
    store,
    {
      convolution: `${name}.ops.1`,
      norm: `${name}.ops.2`,
      time: timeLayer(settings, name),
      shape: { kernel, input: input * settings.dim, output: output * settings.dim },
      geometry: { stride: 1, padding },
      groups: null,
      noisyScale: true,
      activation: 'relu',
      dropout: settings.dropout ?? 0,
    },
    'time-first',
  );
  return (x, pass) => {
    const [, height, width] = x.shape;
    return block(resize(x, [2 * height, 2 * width], 'bilinear'), pass);
  };
}

/** Transposed convolution, kernel 4, stride 2, PyTorch padding 1: doubles height and width. */
function transposedHead(store: VariableStore, name: string, input: number, output: number) {
  const kernel = store.transposedKernel(name, { kernel: 4, input, output });
  const bias = store.vector(`${name}.bias`, output, { bound: 1 / Math.sqrt(output * 16) });
  return (x: tf.Tensor4D): tf.Tensor4D => {
    const [batch, height, width] = x.shape;
    return addBias(tf.conv2dTranspose(x, kernel, [batch, 2 * height, 2 * width, output], 2, 'same'), bias);
  };
}

function checkGrid([height, width]: readonly [number, number]): void {
  if (height % FACTOR === 0 && width % FACTOR === 0) return;
  throw new DriftcastError(
    'bad-input',
    `This U-Net halves its grid six times, which ${height} × ${width} cells do not allow.`,
    `Set a working size (upsampleDims) whose sides are multiples of ${FACTOR}.`,
  );
}
