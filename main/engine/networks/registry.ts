/** Every architecture by name: a new one is a file and a line here. */
import { DriftcastError } from '#shared/errors.ts';
import type { RandomStream } from '../runtime/random.ts';
import type { Network, NetworkKind, NetworkSettings } from './network.ts';
import { simpleConvNet } from './simpleConvNet.ts';
import { unetResnet } from './unetResnet.ts';
import { unetSimple } from './unetSimple.ts';

const architectures: Record<NetworkKind, (settings: NetworkSettings, random: RandomStream) => Network> = {
  unet_resnet: unetResnet,
  unet_simple: unetSimple,
  simple_conv_net: simpleConvNet,
};

export const networkKinds = Object.keys(architectures) as NetworkKind[];

/**
 * Makes a network with fresh weights, drawn from `random` as PyTorch's layers (or the published code) draw them.
 * @throws DriftcastError `bad-input` when the settings do not fit together
 */
export function createNetwork(settings: NetworkSettings, random: RandomStream): Network {
  const build = architectures[settings.kind];
  if (build === undefined) {
    throw new DriftcastError(
      'bad-input',
      `There is no network called "${settings.kind}".`,
      `Choose one of ${networkKinds.join(', ')}.`,
    );
  }
  return build(settings, random);
}
