/**
 * The U-Net of the paper's sea surface temperature experiments (appendix C): residual blocks with standardised
 * convolutions and group normalisation, linear attention at every resolution, full attention at the coarsest.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { RandomStream } from '../runtime/random.ts';
import type * as tf from '../runtime/tf.ts';
import { assemble, embedder, embeddingSize } from './assemble.ts';
import { dropout } from './layers/activation.ts';
import { type AttentionLayer, fullAttention, linearAttention } from './layers/attention.ts';
import { convolution, doubling, type ImageLayer, residualBlock } from './layers/blocks.ts';
import { join } from './layers/matrix.ts';
import { resize } from './layers/resize.ts';
import type { Network, NetworkSettings } from './network.ts';
import { VariableStore } from './variables.ts';

/** Two residual blocks and an attention at one resolution, then the way to the next one. */
interface Level {
  first: ImageLayer;
  second: ImageLayer;
  attention: AttentionLayer;
  leave: (x: tf.Tensor4D) => tf.Tensor4D;
}

export function unetResnet(settings: NetworkSettings, random: RandomStream): Network {
  checkGrid(settings);
  const { dim, inputChannels, conditionChannels, outputChannels } = settings;
  const store = new VariableStore(random);
  const initKernel = settings.initKernelSize ?? 7;
  const start = convolution(
    store,
    'init_conv',
    { kernel: initKernel, input: inputChannels + conditionChannels, output: dim },
    { stride: 1, padding: (initKernel - 1) / 2 },
  );
  const embed = embedder(store, settings);
  const { downs, ups, mid } = levels(store, settings);
  const block = blockBuilder(store, settings);
  const last = block('final_res_block', 2 * dim, dim);
  const head = convolution(
    store,
    'final_conv',
    { kernel: 1, input: dim, output: outputChannels },
    { stride: 1, padding: 0 },
  );
  const mode = settings.outerSampleMode ?? 'bilinear';
  const inputDropout = settings.inputDropout ?? 0;

  return assemble(settings, store, {
    conditionFirst: true,
    embed,
    body: (input, pass) => {
      const { random } = pass;
      const working = settings.upsampleDims ? resize(input, settings.upsampleDims, mode) : input;
      const opened = start(working);
      const skipped = dropout(opened, inputDropout, random);
      let x = dropout(opened, inputDropout, random);
      const skips: tf.Tensor4D[] = [];
      for (const level of downs) {
        x = level.first(x, pass);
        skips.push(x);
        x = level.attention(level.second(x, pass), random);
        skips.push(x);
        x = level.leave(x);
      }
      x = mid.second(mid.attention(mid.first(x, pass), random), pass);
      for (const level of ups) {
        x = level.first(join(x, skips.pop()!), pass);
        x = level.second(join(x, skips.pop()!), pass);
        x = level.leave(level.attention(x, random));
      }
      const y = head(last(join(x, skipped), pass));
      return resize(y, [settings.height, settings.width], mode);
    },
  });
}

function blockBuilder(store: VariableStore, settings: NetworkSettings) {
  const common = {
    embedding: embeddingSize(settings),
    groups: settings.groups ?? 8,
    dropout1: settings.blockDropout1 ?? 0,
    dropout2: settings.blockDropout ?? 0,
  };
  return (name: string, input: number, output: number): ImageLayer =>
    residualBlock(store, name, input, output, common);
}

function levels(store: VariableStore, settings: NetworkSettings) {
  const sizes = [settings.dim, ...(settings.dimMults ?? [1, 2, 4]).map((m) => m * settings.dim)];
  const steps = sizes.slice(1).map((to, i) => ({ from: sizes[i]!, to, last: i === sizes.length - 2 }));
  const rate = settings.attentionDropout ?? 0;
  const resample = settings.keepSpatialDims !== true;
  const block = blockBuilder(store, settings);
  const plain = (name: string, input: number, output: number) =>
    convolution(store, name, { kernel: 3, input, output }, { stride: 1, padding: 1 });

  const downs: Level[] = steps.map(({ from, to, last }, i) => ({
    first: block(`downs.${i}.0`, from, from),
    second: block(`downs.${i}.1`, from, from),
    attention: linearAttention(store, `downs.${i}.2`, from, rate),
    leave:
      resample && !last
        ? convolution(
            store,
            `downs.${i}.3`,
            { kernel: 4, input: from, output: to },
            { stride: 2, padding: 1 },
          )
        : plain(`downs.${i}.3`, from, to),
  }));
  const ups: Level[] = steps.toReversed().map(({ from, to }, i) => ({
    first: block(`ups.${i}.0`, to + from, to),
    second: block(`ups.${i}.1`, to + from, to),
    attention: linearAttention(store, `ups.${i}.2`, to, rate),
    leave:
      resample && i < steps.length - 1
        ? doubling(store, `ups.${i}.3.1`, to, from)
        : plain(`ups.${i}.3`, to, from),
  }));
  const deepest = sizes.at(-1)!;
  const mid = {
    first: block('mid_block1', deepest, deepest),
    attention: fullAttention(store, 'mid_attn', deepest, rate),
    second: block('mid_block2', deepest, deepest),
  };
  return { downs, ups, mid };
}

/** Skip connections fit only when every halving is exact. */
function checkGrid(settings: NetworkSettings): void {
  const [height, width] = settings.upsampleDims ?? [settings.height, settings.width];
  const halvings = settings.keepSpatialDims ? 0 : (settings.dimMults ?? [1, 2, 4]).length - 1;
  const factor = 2 ** halvings;
  if (height % factor !== 0 || width % factor !== 0) {
    throw new DriftcastError(
      'bad-input',
      `A grid of ${height} × ${width} cells cannot be halved ${halvings} times, which this U-Net does.`,
      `Choose a region whose sides are multiples of ${factor}, or set a working size (upsampleDims) that is.`,
    );
  }
  const groups = settings.groups ?? 8;
  if (settings.dim % groups !== 0) {
    throw new DriftcastError(
      'bad-input',
      `The network's ${settings.dim} base channels cannot be split into ${groups} groups.`,
      `Make dim a multiple of ${groups}.`,
    );
  }
}
