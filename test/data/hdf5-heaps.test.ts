import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isWholeHeap, type ReadAt } from '#main/data/formats/hdf5Heaps.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { temporaryFolder } from './files.ts';
import { specimens } from './fuzz/specimens.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

/** Reads from bytes in memory as from a file. */
const from =
  (bytes: Buffer): ReadAt =>
  (into, position) =>
    bytes.copy(into, 0, Math.min(position, bytes.length));

/** A global heap of 4096 bytes: objects of sizes, then free space to the end. */
function heap(sizes: readonly number[]): Buffer {
  const bytes = Buffer.alloc(4096);
  bytes.write('GCOL\x01', 'latin1');
  bytes.writeBigUInt64LE(4096n, 8);
  let at = 16;
  for (const [i, size] of sizes.entries()) {
    bytes.writeUInt16LE(i + 1, at);
    bytes.writeBigUInt64LE(BigInt(size), at + 8);
    at += 16 + Math.ceil(size / 8) * 8;
  }
  if (at + 16 <= 4096) bytes.writeBigUInt64LE(BigInt(4096 - at), at + 8);
  return bytes;
}

describe('a global heap', () => {
  it('is whole where its objects reach to its end', () => {
    for (const sizes of [[], [8, 3, 100], [4064], [4056]])
      expect(isWholeHeap(from(heap(sizes)), 0, 8)).toBe(true);
    const later = Buffer.concat([Buffer.alloc(100), heap([8])]);
    expect(isWholeHeap(from(later), 100, 8)).toBe(true);
  });

  it('is damaged where an object has no size, or one beyond the end', () => {
    for (const size of [0n, 4081n, 0xffff_fff0n, 0xffff_ffff_ffff_fff0n]) {
      const free = heap([]);
      free.writeBigUInt64LE(size, 24);
      expect(isWholeHeap(from(free), 0, 8)).toBe(false);
      if (size === 0n) continue;
      const object = heap([8]);
      object.writeBigUInt64LE(size, 24);
      expect(isWholeHeap(from(object), 0, 8)).toBe(false);
    }
    const endless = heap([]);
    endless.writeBigUInt64LE(2n ** 40n, 8);
    expect(isWholeHeap(from(Buffer.concat([endless, Buffer.alloc(2 ** 20)])), 0, 8)).toBe(false);
  });

  it('that the file does not hold to its end is left to the library', () => {
    expect(isWholeHeap(from(heap([8]).subarray(0, 40)), 0, 8)).toBe(true);
  });
});

describe('a NetCDF-4 file', () => {
  let whole: Buffer;
  beforeAll(async () => {
    const specimen = (await specimens(folder)).find(({ name }) => name === 'netcdf4.nc');
    whole = Buffer.from(specimen!.content as Uint8Array);
  });

  it('with a damaged heap of dimension lists is opened without endless search, and says what is lost', async () => {
    const damaged = Buffer.from(whole);
    const second = whole.indexOf('GCOL') + 16 + 24;
    // The second object becomes free space of no size.
    damaged.writeUInt16LE(0, second);
    damaged.writeBigUInt64LE(0n, second + 8);
    const path = join(folder, 'damaged.nc');
    writeFileSync(path, damaged);
    const file = await openDataFile(path);
    expect(file.warnings).toEqual(['"sst" is damaged and is left out.']);
    expect(file.variables.map((variable) => variable.path)).toEqual(['time', 'lat', 'lon']);
    await file.close();
  });

  it('has its dimensions where the heap is whole', async () => {
    const path = join(folder, 'whole.nc');
    writeFileSync(path, whole);
    const file = await openDataFile(path);
    const sst = file.variables.find((variable) => variable.path === 'sst')!;
    expect(sst.dims.map((dim) => dim.name)).toEqual(['time', 'lat', 'lon']);
    expect(file.warnings).toEqual([]);
    await file.close();
  });
});
