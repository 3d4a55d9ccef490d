/**
 * Unpacks Blosc frames, the usual compression of Zarr chunks. Written here because the WebAssembly build that numcodecs
 * brings ignores the library's own verdict: it answers a damaged or shortened frame with whatever lay in memory.
 * Source: c-blosc, README_CHUNK_FORMAT.
 */
import { inflateSync } from 'node:zlib';
import { decodeBloscLz, decodeLz4Block } from './lz.ts';

const headerBytes = 16;
const flag = { byteShuffle: 1, copied: 2, bitShuffle: 4, whole: 16 } as const;
/** Beyond these a block is not split into one stream a byte of its values. */
const split = { mostStreams: 16, fewestValues: 128 } as const;

/** By the number in the frame's flags. */
export const bloscCodecs = ['blosclz', 'lz4', 'snappy', 'zlib', 'zstd'] as const;

/** Unpacks to `limit` bytes at most. */
type Unpack = (input: Uint8Array, limit: number) => Promise<Uint8Array>;

interface Frame {
  readonly version: number;
  readonly flags: number;
  readonly codec: string;
  readonly typeSize: number;
  readonly bytes: number;
  readonly blockSize: number;
}

function parseFrame(input: Uint8Array, limit: number): Frame {
  if (input.length < headerBytes) throw new Error('a Blosc frame is cut short');
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const [version, , flags, typeSize] = input as unknown as [number, number, number, number];
  const [bytes, blockSize, stored] = [4, 8, 12].map((at) => view.getUint32(at, true)) as [
    number,
    number,
    number,
  ];
  if (stored !== input.length) throw new Error(`a Blosc frame of ${stored} bytes has ${input.length}`);
  if (bytes > limit)
    throw new Error(`a Blosc frame unpacks to ${bytes} bytes, where at most ${limit} can be`);
  if (version === 0 || version > 2 || typeSize === 0) throw new Error('a Blosc frame has an unknown header');
  if (bytes > 0 && (blockSize === 0 || blockSize > Math.max(bytes, typeSize)))
    throw new Error('a Blosc frame has blocks of an impossible size');
  return {
    version,
    flags,
    codec: bloscCodecs[flags >> 5] ?? `number ${flags >> 5}`,
    typeSize,
    bytes,
    blockSize,
  };
}

async function decodeStream(codec: string, input: Uint8Array, out: Uint8Array, zstd: Unpack): Promise<void> {
  if (codec === 'lz4') decodeLz4Block(input, out);
  else if (codec === 'blosclz') decodeBloscLz(input, out);
  else {
    if (codec !== 'zlib' && codec !== 'zstd')
      throw new Error(`Blosc's compression "${codec}" is not available here`);
    const values =
      codec === 'zlib' ? inflateSync(input, { maxOutputLength: out.length }) : await zstd(input, out.length);
    if (values.length !== out.length) throw new Error('a block is shorter than stated');
    out.set(values);
  }
}

/** Bytes of values from one plane a byte; bytes beyond the last whole value stay where they are. */
function unshuffle(block: Uint8Array, typeSize: number): Uint8Array {
  const values = Math.floor(block.length / typeSize);
  const out = block.slice();
  for (let byte = 0; byte < typeSize; byte++) {
    const plane = byte * values;
    for (let i = 0, at = byte; i < values; i++, at += typeSize) out[at] = block[plane + i]!;
  }
  return out;
}

/** Values from one plane a bit; only whole groups of eight values are stored so. */
function bitUnshuffle(block: Uint8Array, typeSize: number): Uint8Array {
  const values = Math.floor(block.length / typeSize);
  const out = block.slice();
  if (values % 8 !== 0) return out;
  out.fill(0, 0, values * typeSize);
  const planeBytes = values / 8;
  for (let bit = 0; bit < typeSize * 8; bit++) {
    const [byte, mask] = [bit >> 3, 1 << (bit & 7)];
    for (let j = 0; j < planeBytes; j++) {
      const packed = block[bit * planeBytes + j]!;
      if (packed === 0) continue;
      for (let i = 0; i < 8; i++) if (packed & (1 << i)) out[(8 * j + i) * typeSize + byte]! |= mask;
    }
  }
  return out;
}

/** @throws Error whose message is the end of a sentence, for a frame that is damaged or unpacks to more than `limit` bytes */
export async function decodeBlosc(input: Uint8Array, limit: number, zstd: Unpack): Promise<Uint8Array> {
  const { flags, codec, typeSize, bytes, blockSize } = parseFrame(input, limit);
  if (bytes === 0) return new Uint8Array(0);
  if (flags & flag.copied) {
    if (input.length < headerBytes + bytes) throw new Error('a Blosc frame is cut short');
    return input.slice(headerBytes, headerBytes + bytes);
  }
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const blocks = Math.ceil(bytes / blockSize);
  if (headerBytes + blocks * 4 > input.length) throw new Error('a Blosc frame is cut short');
  const out = new Uint8Array(bytes);
  for (let b = 0; b < blocks; b++) {
    const first = b * blockSize;
    const size = Math.min(blockSize, bytes - first);
    const splits =
      !(flags & flag.whole) &&
      typeSize <= split.mostStreams &&
      blockSize / typeSize >= split.fewestValues &&
      size === blockSize
        ? typeSize
        : 1;
    const streamSize = size / splits;
    if (!Number.isInteger(streamSize)) throw new Error('a Blosc frame has blocks of an impossible size');
    const block = new Uint8Array(size);
    let at = view.getUint32(headerBytes + b * 4, true);
    for (let s = 0; s < splits; s++) {
      if (at + 4 > input.length) throw new Error('a block begins beyond the end of its frame');
      const stored = view.getUint32(at, true);
      at += 4;
      if (at + stored > input.length) throw new Error('a block goes on beyond the end of its frame');
      const target = block.subarray(s * streamSize, (s + 1) * streamSize);
      const stream = input.subarray(at, at + stored);
      if (stored === streamSize) target.set(stream);
      else await decodeStream(codec, stream, target, zstd);
      at += stored;
    }
    const shuffled = (flags & flag.byteShuffle) !== 0 && typeSize > 1;
    const bits = (flags & flag.bitShuffle) !== 0 && size >= typeSize;
    out.set(shuffled ? unshuffle(block, typeSize) : bits ? bitUnshuffle(block, typeSize) : block, first);
  }
  return out;
}
