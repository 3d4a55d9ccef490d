/** The weights' file format and the exchange with published names: round trips, and refusals that say why. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { createNetwork } from '#main/engine/networks/registry.ts';
import {
  readMetadata,
  readSafetensors,
  type StoredTensor,
  writeSafetensors,
} from '#main/engine/networks/safetensors.ts';
import { exportWeights, importWeights } from '#main/engine/networks/weights.ts';
import { loadBackend } from '#main/engine/runtime/backend.ts';
import { RandomStream } from '#main/engine/runtime/random.ts';

const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 });
const tensor = shape.chain((dims): fc.Arbitrary<StoredTensor> => {
  const size = dims.reduce((a, b) => a * b, 1);
  const sized = { minLength: size, maxLength: size };
  return fc.oneof(
    fc.array(fc.float(), sized).map((v) => ({ shape: dims, data: Float32Array.from(v) })),
    fc
      .array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), sized)
      .map((v) => ({ shape: dims, data: BigInt64Array.from(v) })),
  );
});
const name = fc.string({ minLength: 1 }).filter((text) => text !== '__metadata__' && text !== '__proto__');

describe('safetensors', () => {
  it('gives back what was written', () => {
    fc.assert(
      fc.property(fc.dictionary(name, tensor, { noNullPrototype: true }), (tensors) => {
        const map = new Map(Object.entries(tensors));
        const read = readSafetensors(writeSafetensors(map, { note: 'ä' }));
        expect(new Map([...read].sort())).toEqual(new Map([...map].sort()));
      }),
    );
    expect(readMetadata(writeSafetensors(new Map(), { note: 'ä' }))).toEqual({ note: 'ä' });
  });

  it('never crashes on damaged files', () => {
    const intact = writeSafetensors(new Map([['a', { shape: [2, 3], data: new Float32Array(6) }]]));
    fc.assert(
      fc.property(
        fc.nat(intact.length - 1),
        fc.integer({ min: 0, max: 255 }),
        fc.nat(intact.length),
        (at, value, cut) => {
          const damaged = intact.slice(0, cut);
          if (at < cut) damaged[at] = value;
          try {
            for (const { data } of readSafetensors(damaged).values())
              expect(data.length).toBeLessThanOrEqual(6);
          } catch (error) {
            expect(error).toMatchObject({ name: 'DriftcastError' });
          }
        },
      ),
    );
  });

  it('says what is wrong', () => {
    const file = (header: object | string): Uint8Array => {
      const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
      const bytes = new Uint8Array(8 + text.length + 8);
      new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
      bytes.set(text, 8);
      return bytes;
    };
    const entry = { dtype: 'F32', shape: [2], data_offsets: [0, 8] };
    expect(readSafetensors(file({ a: entry })).get('a')?.shape).toEqual([2]);
    expect(() => readSafetensors(new Uint8Array(3))).toThrow('shorter than its own header');
    expect(() => readSafetensors(file('{'))).toThrow('not JSON');
    expect(() => readSafetensors(file({ a: { ...entry, shape: [3] } }))).toThrow('do not fit its shape');
    expect(() => readSafetensors(file({ a: { ...entry, data_offsets: [8, 16] } }))).toThrow('or the file');
    expect(() => readSafetensors(file({ a: { ...entry, shape: [-2] } }))).toThrow('incomplete');
    expect(() => readSafetensors(file({ a: { ...entry, dtype: 'BF16' } }))).toThrow('type BF16');
    const huge = new Uint8Array(16).fill(255);
    expect(() => readSafetensors(huge)).toThrow('runs past its end');
  });
});

describe('weights', () => {
  beforeAll(async () => {
    await loadBackend({ force: 'tensorflow' });
  });
  const settings = {
    kind: 'simple_conv_net',
    inputChannels: 1,
    outputChannels: 1,
    conditionChannels: 0,
    height: 4,
    width: 4,
    dim: 8,
    kernelSizes: [3],
  } as const;

  it('go from one network to another', () => {
    const first = createNetwork(settings, new RandomStream(1));
    const second = createNetwork(settings, new RandomStream(2));
    importWeights(second, exportWeights(first));
    expect(exportWeights(second)).toEqual(exportWeights(first));
    first.dispose();
    second.dispose();
  });

  it('are refused as a whole, saying what is missing, unknown or mismatched', () => {
    const network = createNetwork(settings, new RandomStream(1));
    const before = exportWeights(network);
    const changed = exportWeights(createNetwork(settings, new RandomStream(2)));
    changed.delete('head.bias');
    changed.set('tail.bias', { shape: [1], data: new Float32Array(1) });
    changed.set('convs.0.norm.bias', { shape: [9], data: new Float32Array(9) });
    expect(() => importWeights(network, changed)).toThrow(
      'These weights do not belong to this network: 1 missing (head.bias); 1 not part of this network (tail.bias); ' +
        '1 of another shape or type (convs.0.norm.bias is [9] instead of [8]).',
    );
    expect(exportWeights(network)).toEqual(before);
    network.dispose();
  });
});
