/** What a method is made for, a dataset's grid, channels and horizon, and the networks that follow from it. */
import type { NetworkOptions, StageSettings } from '#shared/domain/settings.ts';
import type { NetworkSettings } from '../networks/network.ts';

/** What the networks have to know about a dataset; an `ExampleSource` has all of it. */
export interface Problem {
  readonly horizon: number;
  readonly shape: { readonly height: number; readonly width: number; readonly channels: number };
  readonly conditionChannels: number;
  /** [height, width], 1 observed, 0 masked. */
  readonly mask: Float32Array;
}

/** Everything about a network but its channels: they are the method's business. */
export function architecture(
  network: NetworkOptions,
  dropout: StageSettings['dropout'],
  problem: Problem,
): Omit<NetworkSettings, 'inputChannels' | 'outputChannels' | 'conditionChannels'> {
  const { height, width } = problem.shape;
  const common = { kind: network.kind, dim: network.dim, height, width };
  if (network.kind === 'unet_resnet')
    return {
      ...common,
      dimMults: network.dimMults,
      groups: network.groups,
      blockDropout: dropout.block,
      blockDropout1: dropout.firstBlock,
      attentionDropout: dropout.attention,
      upsampleDims: workingSize(height, width, 2 ** (network.dimMults.length - 1)),
    };
  if (network.kind === 'unet_simple')
    return { ...common, dropout: dropout.block, upsampleDims: network.upsampleDims };
  return {
    ...common,
    dropout: dropout.block,
    kernelSizes: network.kernelSizes,
    residual: network.residual,
  };
}

/** The U-Net halves its grid at each level, so other grids are stretched to the next size that it can halve; null: fits. */
function workingSize(height: number, width: number, multiple: number): [number, number] | null {
  const up = (size: number) => Math.ceil(size / multiple) * multiple;
  return up(height) === height && up(width) === width ? null : [up(height), up(width)];
}
