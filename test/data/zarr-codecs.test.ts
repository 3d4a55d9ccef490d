/** Compressions of Zarr chunks: frames that Python's NumCodecs made, the same ones damaged, and bombs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { registry } from 'zarrita';
import { installCodecs } from '#main/data/zarr/codecs.ts';

interface Frame {
  codec: string;
  label: string;
  count: number;
  dtype: string;
  frame: string;
}

const frames = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures', 'numcodecs-frames.json'), 'utf8'),
) as Frame[];

const types = {
  '<f4': ['float32', Float32Array],
  '<f8': ['float64', Float64Array],
  '<i2': ['int16', Int16Array],
  '|u1': ['uint8', Uint8Array],
} as const;

function expected({ count, dtype }: Frame): Uint8Array {
  const [, make] = types[dtype as keyof typeof types];
  const values = new make(Array.from({ length: count }, (_, i) => Math.floor(i / 3) % 23));
  return new Uint8Array(values.buffer);
}

async function decode(
  codec: string,
  bytes: Uint8Array,
  shape: number[],
  dataType: string,
): Promise<Uint8Array> {
  const entry = await registry.get(codec)!();
  return entry
    .fromConfig({}, { shape, dataType: dataType as 'float32', codecs: [], fillValue: 0 })
    .decode(bytes);
}

beforeAll(installCodecs);

describe('chunks', () => {
  it('unpack to what NumCodecs packed', async () => {
    for (const frame of frames) {
      const [type] = types[frame.dtype as keyof typeof types];
      const values = await decode(frame.codec, Buffer.from(frame.frame, 'base64'), [frame.count], type);
      expect(Buffer.compare(values, expected(frame)), `${frame.label} of ${frame.dtype}`).toBe(0);
    }
  });

  it('are refused where they were cut short', async () => {
    for (const frame of frames) {
      const [type] = types[frame.dtype as keyof typeof types];
      const whole = Buffer.from(frame.frame, 'base64');
      for (const length of [0, 3, 15, 16, 20, whole.length - 1]) {
        if (length >= whole.length) continue;
        await expect(decode(frame.codec, whole.subarray(0, length), [frame.count], type)).rejects.toThrow();
      }
    }
  });

  it('end in an error or in as many bytes as they state, whatever was done to them', async () => {
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...frames), changes, async (frame, list) => {
        const [type] = types[frame.dtype as keyof typeof types];
        const bytes = Buffer.from(frame.frame, 'base64');
        for (const [place, value] of list) bytes[place % bytes.length] = value;
        const values = await decode(frame.codec, bytes, [frame.count], type).catch(() => null);
        if (values) expect(values.length).toBeLessThan(expected(frame).length * 8 + 2 ** 17);
      }),
      { numRuns: 400 },
    );
  });

  it('that unpack to far more than a chunk holds are refused before memory is spent', async () => {
    const zeros = new Uint8Array(32 * 2 ** 20);
    for (const [codec, bytes] of [
      ['gzip', gzipSync(zeros)],
      ['zlib', deflateSync(zeros)],
      ['numcodecs.zlib', deflateSync(zeros)],
    ] as const) {
      await expect(decode(codec, bytes, [10, 10], 'float32')).rejects.toThrow();
      expect((await decode(codec, bytes, [2 ** 23], 'float32')).length).toBe(zeros.length);
    }
    const claim = Buffer.from(frames.find((frame) => frame.codec === 'blosc')!.frame, 'base64');
    claim.writeUInt32LE(0x7fff_ffff, 4);
    await expect(decode('blosc', claim, [300], 'float32')).rejects.toThrow(/at most/);
    const lz4 = Buffer.from(frames.find((frame) => frame.codec === 'lz4')!.frame, 'base64');
    lz4.writeUInt32LE(0x7fff_ffff, 0);
    await expect(decode('lz4', lz4, [300], 'float32')).rejects.toThrow(/at most/);
    // A Zstandard frame of repeated bytes in blocks of 128 KiB, without a stated size.
    const block = Buffer.from([
      0x02 | ((131_072 << 3) & 0xff),
      ((131_072 << 3) >> 8) & 0xff,
      ((131_072 << 3) >> 16) & 0xff,
      0,
    ]);
    const bomb = Buffer.concat([
      Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58]),
      ...Array<Buffer>(20_000).fill(block),
      Buffer.from([0x01, 0, 0]),
    ]);
    await expect(decode('zstd', bomb, [300], 'float32')).rejects.toThrow(/at most/);
  });
});
