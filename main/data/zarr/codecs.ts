/**
 * The compressions of Zarr chunks, each bounded by what a chunk can hold: a chunk that unpacks to more is refused
 * before memory is spent on it. Codecs that are not here are zarrita's own. Stores are written with zstd.
 */
import { gunzipSync, inflateSync } from 'node:zlib';
import { registry } from 'zarrita';
import { bytesPerValue, product } from '../formats/dataFile.ts';
import { decodeBlosc } from './blosc.ts';
import { decodeLz4Block } from './lz.ts';
import { zstdBound } from './zstd.ts';

type Entry = Awaited<ReturnType<NonNullable<ReturnType<typeof registry.get>>>>;
type Unpack = (input: Uint8Array, limit: number) => Promise<Uint8Array>;

/** Filters may add a little to what they get; nothing adds this much. */
const spareBytes = 64 * 1024;

async function tooLarge(size: number, limit: number): Promise<never> {
  throw new Error(`it unpacks to ${size} bytes, where at most ${limit} can be`);
}

function zstdWith(entry: () => Promise<Entry>): Unpack {
  return async (input, limit) => {
    const bound = zstdBound(input);
    // A frame that does not state its size is rounded up to whole blocks.
    if (bound > limit + 128 * 1024) return tooLarge(bound, limit);
    const codec = (await entry()).fromConfig({}, undefined as never);
    const values: Uint8Array = await codec.decode(input);
    return values.length > limit ? tooLarge(values.length, limit) : values;
  };
}

/** NumCodecs puts the length before the block. */
const lz4: Unpack = async (input, limit) => {
  if (input.length < 4) throw new Error('it is cut short');
  const size = new DataView(input.buffer, input.byteOffset, input.byteLength).getUint32(0, true);
  if (size > limit) return tooLarge(size, limit);
  const out = new Uint8Array(size);
  decodeLz4Block(input.subarray(4), out);
  return out;
};

const zlib: Unpack = async (input, limit) => new Uint8Array(inflateSync(input, { maxOutputLength: limit }));
const gzip: Unpack = async (input, limit) => new Uint8Array(gunzipSync(input, { maxOutputLength: limit }));

let installed = false;

/** Puts the bounded codecs in the place of zarrita's; done once. */
export function installCodecs(): void {
  if (installed) return;
  installed = true;
  const loadZstd = registry.get('zstd')!;
  const zstd = zstdWith(loadZstd);
  const packZstd = async (input: Uint8Array, config: unknown) =>
    (await loadZstd()).fromConfig(config, undefined as never).encode(input);
  const bounded: Record<string, Unpack> = {
    zstd,
    lz4,
    zlib,
    gzip,
    blosc: (input, limit) => decodeBlosc(input, limit, zstd),
  };
  for (const [name, unpack] of Object.entries(bounded)) {
    const entry: Entry = {
      fromConfig: (config, meta) => {
        const limit = product(meta.shape) * Math.max(8, bytesPerValue(meta.dataType)) + spareBytes;
        const codec = {
          kind: 'bytes_to_bytes' as const,
          encode: (input: Uint8Array) => {
            if (name !== 'zstd') throw new Error('Zarr stores are written without this codec.');
            return packZstd(input, config);
          },
          decode: (input: Uint8Array) => unpack(input, limit),
        };
        return codec;
      },
    };
    for (const key of [name, `numcodecs.${name}`]) registry.set(key, () => Promise.resolve(entry));
  }
}

export const isKnownCodec = (name: string): boolean => name === 'sharding_indexed' || registry.has(name);
