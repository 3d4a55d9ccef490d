import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { HeaderTooShort, parseNetcdf3Header } from '#main/data/formats/netcdf3Header.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { DriftcastError } from '#shared/errors.ts';
import { netcdf3, temporaryFolder } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const count = (n: number, from = 0) => Array.from({ length: n }, (_, i) => i + from);

const sample = (version: 1 | 2 | 5, streaming = false) =>
  netcdf3({
    version,
    streaming,
    dims: { t: 0, y: 3, x: 5 },
    records: 4,
    variables: [
      { name: 'fixed', dims: ['y', 'x'], type: 'int16', values: count(15) },
      { name: 'a', dims: ['t', 'y', 'x'], type: 'float32', values: count(60) },
      { name: 'b', dims: ['t', 'x'], type: 'int8', values: count(20) },
      { name: 'single', dims: [], type: 'float64', values: [7.5] },
    ],
  });

async function withBytes<T>(
  bytes: Uint8Array,
  use: (file: Awaited<ReturnType<typeof openDataFile>>) => Promise<T>,
): Promise<T> {
  const path = join(folder, 'file.nc');
  writeFileSync(path, bytes);
  const file = await openDataFile(path);
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

describe('NetCDF-3', () => {
  for (const version of [1, 2, 5] as const) {
    it(`reads any block of fixed and record variables of version ${version}`, async () => {
      await withBytes(sample(version), async (file) => {
        const [fixed, a, b, single] = file.variables;
        expect(a!.shape).toEqual([4, 3, 5]);
        expect([...(await file.read(single!, [], []))]).toEqual([7.5]);
        expect([...(await file.read(b!, [1, 2], [2, 3]))]).toEqual([7, 8, 9, 12, 13, 14]);
        expect([...(await file.read(fixed!, [1, 3], [2, 2]))]).toEqual([8, 9, 13, 14]);
        await fc.assert(
          fc.asyncProperty(
            fc.tuple(...[4, 3, 5].map((n) => fc.tuple(fc.nat(n - 1), fc.integer({ min: 1, max: n })))),
            async (ranges) => {
              const start = ranges.map(([first]) => first);
              const size = ranges.map(([first, n], i) => Math.min(n, a!.shape[i]! - first));
              const got = [...(await file.read(a!, start, size))];
              const want: number[] = [];
              for (let t = 0; t < size[0]!; t++)
                for (let y = 0; y < size[1]!; y++)
                  for (let x = 0; x < size[2]!; x++)
                    want.push(((start[0]! + t) * 3 + start[1]! + y) * 5 + start[2]! + x);
              expect(got).toEqual(want);
            },
          ),
          { numRuns: 60 },
        );
      });
    });
  }

  it('counts the records of a stream by the length of the file', async () => {
    await withBytes(sample(1, true), async (file) => {
      expect(file.variables[1]!.shape).toEqual([4, 3, 5]);
    });
  });

  it('packs a single record variable without padding', async () => {
    const bytes = netcdf3({
      dims: { t: 0, x: 3 },
      records: 3,
      variables: [{ name: 'a', dims: ['t', 'x'], type: 'int8', values: count(9) }],
    });
    await withBytes(bytes, async (file) => {
      expect([...(await file.read(file.variables[0]!, [0, 0], [3, 3]))]).toEqual(count(9));
    });
  });

  it('refuses every file that is shorter than its header says', async () => {
    const bytes = sample(2);
    // The last record of the last variable ends with padding that may be missing.
    for (const length of [bytes.length - 4, bytes.length - 60, 200, 40, 5]) {
      await expect(withBytes(bytes.subarray(0, length), async () => {})).rejects.toThrow(DriftcastError);
    }
  });

  it('meets altered headers with a sentence, never with a crash or an absurd allocation', () => {
    const bytes = sample(1);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(330), fc.nat(255)), { minLength: 1, maxLength: 6 }),
        fc.nat(330),
        (changes, cut) => {
          const broken = Uint8Array.from(bytes);
          for (const [at, value] of changes) if (at > 3) broken[at] = value;
          const given = cut % 3 === 0 ? broken.subarray(0, cut + 4) : broken;
          try {
            const header = parseNetcdf3Header(given, 'broken.nc', bytes.length);
            for (const variable of header.variables) {
              const values = variable.shape.reduce((a, b) => a * b, 1);
              expect(values).toBeLessThanOrEqual(bytes.length);
            }
          } catch (error) {
            if (!(error instanceof HeaderTooShort)) expect(error).toBeInstanceOf(DriftcastError);
          }
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('refuses blocks outside of a variable', async () => {
    await withBytes(sample(1), async (file) => {
      await expect(file.read(file.variables[1]!, [3, 0, 0], [2, 1, 1])).rejects.toThrow(/outside/);
    });
  });
});

describe('files that are none', () => {
  it('are refused with a sentence', async () => {
    const cases: [string, string | null, RegExp][] = [
      ['empty.nc', '', /is empty/],
      ['text.nc', 'not a data file at all', /first bytes fit no known format/],
      ['cdf9.nc', 'CDF\x09 and more of it', /no known format/],
      ['hdf.nc', '\x89HDF\r\n\x1a\n and nothing else', /cannot be read|no known format/],
    ];
    for (const [name, content, message] of cases) {
      const path = join(folder, name);
      writeFileSync(path, content!, 'latin1');
      await expect(openDataFile(path)).rejects.toThrow(message);
    }
    await expect(openDataFile(join(folder, 'nowhere.nc'))).rejects.toThrow(/There is no file/);
    await expect(openDataFile(folder)).rejects.toThrow(/is a folder/);
  });
});
