import { readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf, listWheel, placeBelow, unpackEntry } from '../../main/setup/wheel.mjs';
import { temporaryFolder, writeZip } from './fakes.ts';

describe('a wheel', () => {
  it.each([
    ['deflated', {}],
    ['stored', { stored: true }],
    ['deflated, with Zip64 sizes', { zip64: true }],
    ['stored, with Zip64 sizes', { stored: true, zip64: true }],
  ])('gives back whatever was put in: %s', async (_name, options) => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.whl');
    const content = fc.dictionary(
      fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8})?x$/),
      fc.string({ maxLength: 5000 }),
      {
        maxKeys: 6,
        noNullPrototype: true,
      },
    );
    await fc.assert(
      fc.asyncProperty(content, async (files) => {
        writeZip(path, files, options);
        const entries = await listWheel(path);
        expect(entries.map((entry) => entry.name)).toEqual(Object.keys(files));
        for (const [index, entry] of entries.entries()) {
          const target = join(folder, 'out', String(index));
          await unpackEntry(path, entry, target);
          expect(readFileSync(target, 'utf8')).toBe(Buffer.from(files[entry.name]!).toString('utf8'));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('that was cut short is refused', async () => {
    const path = join(temporaryFolder(), 'a.whl');
    writeZip(path, { 'a.txt': 'text'.repeat(1000) });
    truncateSync(path, 60);
    await expect(listWheel(path)).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it.each([0, 40])('with a flipped byte at %i of an entry is refused', async (at) => {
    const folder = temporaryFolder();
    const path = join(folder, 'a.whl');
    writeZip(path, { 'a.txt': Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 7919) % 251)) });
    const bytes = readFileSync(path);
    const place = 30 + 'a.txt'.length + 3 + at;
    bytes[place] = bytes[place]! ^ 0xff;
    writeFileSync(path, bytes);
    const [entry] = await listWheel(path);
    await expect(unpackEntry(path, entry!, join(folder, 'out'))).rejects.toMatchObject({ kind: 'corrupt' });
  });

  it('cannot write outside of its folder', () => {
    expect(() => placeBelow('/base', '../../etc/passwd')).toThrow(/leads out of its folder/);
    expect(placeBelow('/base', 'nvidia/lib/a.so')).toBe(join('/base', 'nvidia/lib/a.so'));
  });

  it('is hashed as the standard says', async () => {
    const path = join(temporaryFolder(), 'abc');
    writeFileSync(path, 'abc');
    // FIPS 180-2, appendix B.1
    expect(await hashOf(path)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
});
