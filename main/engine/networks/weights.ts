/**
 * Moves weights between a network and published files: PyTorch names and layouts outside, ours inside, without the
 * loss of a single bit in either direction.
 */
import { DriftcastError } from '#shared/errors.ts';
import * as tf from '../runtime/tf.ts';
import type { Network } from './network.ts';
import type { StoredTensor } from './safetensors.ts';
import type { Layout } from './variables.ts';

/** How our axes are taken from the published ones. Both four-dimensional layouts are reversed in pairs. */
const toOurs: Partial<Record<Layout, number[]>> = {
  convolution: [2, 3, 1, 0],
  transposedConvolution: [2, 3, 1, 0],
  linear: [1, 0],
};
const toPublished: Partial<Record<Layout, number[]>> = {
  convolution: [3, 2, 0, 1],
  transposedConvolution: [3, 2, 0, 1],
  linear: [1, 0],
};

function variables(network: Network): [string, tf.Variable, Layout][] {
  return [...network.parameters, ...network.buffers].map(([name, variable]) => [
    name,
    variable,
    network.layouts.get(name) ?? 'vector',
  ]);
}

function publishedShape(variable: tf.Variable, layout: Layout): number[] {
  if (layout === 'channels') return [1, variable.size, 1, 1];
  const axes = toPublished[layout];
  return axes === undefined ? variable.shape.slice() : axes.map((axis) => variable.shape[axis]!);
}

/**
 * Replaces all weights and statistics of `network` by published ones. Nothing is changed when anything is wrong.
 * @param tensors by published name, in published layout; names that do not start with `prefix` are ignored
 * @throws DriftcastError `bad-input` naming what is missing, unknown or of another shape
 */
export function importWeights(
  network: Network,
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix = '',
): void {
  const all = variables(network);
  checkNames(all, tensors, prefix);
  for (const [name, variable, layout] of all) {
    const { data } = tensors.get(prefix + name)!;
    tf.tidy(() => {
      if (layout === 'counter') {
        variable.assign(tf.scalar(Number(data[0]), 'int32'));
        return;
      }
      const axes = toOurs[layout];
      const flat = tf.tensor(data as Float32Array, publishedShape(variable, layout), 'float32');
      variable.assign(axes === undefined ? flat.reshape(variable.shape) : flat.transpose(axes));
    });
  }
}

function checkNames(
  all: [string, tf.Variable, Layout][],
  tensors: ReadonlyMap<string, StoredTensor>,
  prefix: string,
): void {
  const missing: string[] = [];
  const mismatched: string[] = [];
  for (const [name, variable, layout] of all) {
    const stored = tensors.get(prefix + name);
    const shape = publishedShape(variable, layout);
    if (stored === undefined) missing.push(name);
    else if (String(stored.shape) !== String(shape)) {
      mismatched.push(`${name} is [${stored.shape}] instead of [${shape}]`);
    } else if (stored.data instanceof BigInt64Array !== (layout === 'counter')) {
      mismatched.push(`${name} has another number type`);
    }
  }
  const known = new Set(all.map(([name]) => prefix + name));
  const extra = [...tensors.keys()].filter((name) => name.startsWith(prefix) && !known.has(name));
  const parts = [
    list('missing', missing),
    list('not part of this network', extra),
    list('of another shape or type', mismatched),
  ].filter((part) => part !== '');
  if (parts.length === 0) return;
  throw new DriftcastError(
    'bad-input',
    `These weights do not belong to this network: ${parts.join('; ')}.`,
    'Choose the network kind and sizes that the weights were trained with.',
  );
}

function list(what: string, names: string[]): string {
  if (names.length === 0) return '';
  const shown = names.slice(0, 3).join(', ');
  return `${names.length} ${what} (${shown}${names.length > 3 ? ', …' : ''})`;
}

/** All weights and statistics by published name, in published layout. */
export function exportWeights(network: Network): Map<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const [name, variable, layout] of variables(network)) {
    const shape = publishedShape(variable, layout);
    if (layout === 'counter') {
      tensors.set(name, { shape, data: BigInt64Array.of(BigInt(variable.dataSync()[0]!)) });
      continue;
    }
    const axes = toPublished[layout];
    const data = tf.tidy(() => (axes === undefined ? variable : variable.transpose(axes)).dataSync());
    // A copy, since on the JavaScript backend this may be the variable's own memory.
    tensors.set(name, { shape, data: Float32Array.from(data) });
  }
  return tensors;
}
