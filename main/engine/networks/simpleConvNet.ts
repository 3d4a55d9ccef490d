/**
 * The network of the paper's spring mesh experiments: a few residual convolutions at full resolution with batch
 * normalisation and GELU.
 */
import { DriftcastError } from '#shared/errors.ts';
import type { RandomStream } from '../runtime/random.ts';
import { assemble, embedder, embeddingSize } from './assemble.ts';
import { convolution, type ImageLayer, plainBlock } from './layers/blocks.ts';
import { sum } from './layers/matrix.ts';
import type { Network, NetworkSettings } from './network.ts';
import { VariableStore } from './variables.ts';

export function simpleConvNet(settings: NetworkSettings, random: RandomStream): Network {
  const { dim, outputChannels } = settings;
  const kernels = settings.kernelSizes ?? [7, 3, 3];
  const even = kernels.find((kernel) => kernel % 2 === 0);
  if (even !== undefined) {
    throw new DriftcastError(
      'bad-input',
      `A kernel of ${even} × ${even} cells cannot keep the size of the grid.`,
      'Use odd kernel sizes.',
    );
  }
  const store = new VariableStore(random);
  const embed = embedder(store, settings);
  const embedding = embeddingSize(settings);
  const blocks = kernels.map((kernel, i): ImageLayer => {
    const input = i === 0 ? settings.inputChannels + settings.conditionChannels : dim;
    const block = plainBlock(
      store,
      {
        convolution: `convs.${i}.conv`,
        norm: `convs.${i}.norm`,
        time: embedding === null ? null : { name: `convs.${i}.time_mlp.1`, embedding },
        shape: { kernel, input, output: dim },
        geometry: { stride: 1, padding: (kernel - 1) / 2 },
        groups: null,
        noisyScale: false,
        activation: 'gelu',
        dropout: settings.dropout ?? 0,
      },
      'time-last',
    );
    const residual = (settings.residual ?? true) && input === dim;
    return residual ? (x, pass) => sum(block(x, pass), x) : block;
  });
  const head = convolution(
    store,
    'head',
    { kernel: 1, input: dim, output: outputChannels },
    { stride: 1, padding: 0 },
  );
  return assemble(settings, store, {
    conditionFirst: false,
    embed,
    body: (x, pass) => head(blocks.reduce((h, block) => block(h, pass), x)),
  });
}
