import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { zipSync } from 'fflate';
import { afterAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { temporaryFolder } from './files.ts';
import {
  bytesOf,
  chunkAt,
  fieldStore,
  floats,
  type StoreContent,
  valueAt,
  version2,
  version3,
  writeStore,
} from './fixtures/zarr-store.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
let number = 0;
const store = (content: StoreContent): string => writeStore(join(folder, `store-${number++}.zarr`), content);

async function block(path: string, name: string, start: number[], count: number[]): Promise<number[]> {
  const file = await openDataFile(path);
  try {
    const variable = file.variables.find((candidate) => candidate.path === name)!;
    return [...(await file.read(variable, start, count))].map(Number);
  } finally {
    await file.close();
  }
}

async function reasons(path: string): Promise<Record<string, string | undefined>> {
  const { variables } = await inspectFile(path, { statistics: true });
  return Object.fromEntries(variables.map(({ name, reason }) => [name, reason]));
}

describe('Zarr stores', () => {
  it('are described and read like any other file', async () => {
    const path = store(fieldStore());
    const summary = await inspectFile(path, { statistics: true });
    expect(summary).toMatchObject({ format: 'zarr', title: 'A store', warnings: [] });
    expect(summary.bytes).toBeGreaterThan(1000);
    expect(summary.variables[0]).toMatchObject({
      name: 'sst',
      shape: [10, 3, 4],
      units: 'degC',
      times: { first: '2000-01-01T00:00:00', count: 10, step: '1 day' },
      missingFraction: 0,
      min: 0,
      max: valueAt(9, 2, 3),
      forecastable: true,
    });
    const map = await readField(path, 'sst', { time: 5 });
    expect([map.height, map.width, map.latitudes]).toEqual([3, 4, [10, 0, -10]]);
    expect([...map.data]).toEqual([0, 1, 2].flatMap((y) => [0, 1, 2, 3].map((x) => valueAt(5, y, x))));
    // Across all edges of chunks, and opened by one of its documents.
    expect(await block(join(path, '.zgroup'), 'sst', [3, 1, 2], [6, 2, 2])).toEqual(
      [3, 4, 5, 6, 7, 8].flatMap((t) => [1, 2].flatMap((y) => [2, 3].map((x) => valueAt(t, y, x)))),
    );
  });

  it('have missing values where chunks were never written', async () => {
    const content = fieldStore();
    delete content['sst/1.0.0'];
    const [first, missing] = (await block(store(content), 'sst', [3, 0, 0], [2, 1, 1])) as [number, number];
    expect([first, missing]).toEqual([valueAt(3, 0, 0), Number.NaN]);
    const third = store({ 'zarr.json': version3({ fill_value: 7 }), 'c/0/0/0': chunkAt(0, 0) });
    expect(await block(third, 'store-2', [3, 2, 2], [2, 1, 2])).toEqual([valueAt(3, 2, 2), 7, 7, 7]);
  });

  it('say what their numbers mean: packed, fill values of both versions, bare NaN in attributes', async () => {
    const packed = store({
      '.zgroup': { zarr_format: 2 },
      'v/.zarray': version2({
        shape: [3],
        chunks: [3],
        dtype: '>i2',
        fill_value: -1,
        compressor: { id: 'zlib', level: 1 },
      }),
      'v/.zattrs': '{"scale_factor": 0.5, "add_offset": 10, "valid_max": NaN, "_ARRAY_DIMENSIONS": ["n"]}',
      'v/0': deflateSync(Buffer.from([0, 4, 0xff, 0xff, 0, 6])),
    });
    expect((await inspectFile(packed, { statistics: true })).variables[0]).toMatchObject({
      min: 12,
      max: 13,
      missingFraction: 1 / 3,
    });
    // Version 3 keeps the mark of missing values in an attribute, floats in base64.
    const one = Buffer.alloc(8);
    one.writeDoubleLE(1);
    const third = store({
      'zarr.json': { zarr_format: 3, node_type: 'group', attributes: {} },
      'v/zarr.json': version3({
        shape: [3],
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [3] } },
        codecs: [
          { name: 'bytes', configuration: { endian: 'big' } },
          { name: 'gzip', configuration: { level: 5 } },
        ],
        attributes: { _FillValue: one.toString('base64') },
        dimension_names: ['n'],
        fill_value: 0,
      }),
      'v/c/0': gzipSync(Buffer.from(floats([0, 1, 2])).swap32()),
    });
    expect((await inspectFile(third, { statistics: true })).variables[0]).toMatchObject({
      min: 0,
      max: 2,
      missingFraction: 1 / 3,
    });
  });

  it('are read from consolidated metadata, by group, and in any order of axes', async () => {
    const content = fieldStore();
    const documents = Object.fromEntries(Object.entries(content).filter(([key]) => /\.z\w+$/.test(key)));
    const rest = Object.fromEntries(Object.entries(content).filter(([key]) => !/\.z\w+$/.test(key)));
    const path = store({ ...rest, '.zmetadata': { zarr_consolidated_format: 1, metadata: documents } });
    expect(await block(path, 'sst', [9, 2, 3], [1, 1, 1])).toEqual([valueAt(9, 2, 3)]);

    const inside = Object.fromEntries(
      Object.entries(content).map(([key, value]) => [`ocean/deep/${key}`, value]),
    );
    const grouped = await inspectFile(store({ '.zgroup': { zarr_format: 2 }, ...inside }), {
      statistics: false,
    });
    expect(grouped.variables[0]).toMatchObject({ name: 'ocean/deep/sst', forecastable: true });

    const columns = store({
      'zarr.json': version3({
        shape: [2, 3],
        chunk_grid: { name: 'regular', configuration: { chunk_shape: [2, 3] } },
        codecs: [
          { name: 'transpose', configuration: { order: [1, 0] } },
          { name: 'bytes', configuration: { endian: 'little' } },
        ],
      }),
      'c/0/0': floats([0, 10, 1, 11, 2, 12]),
    });
    const name = (await inspectFile(columns, { statistics: false })).variables[0]!.name;
    expect(await block(columns, name, [0, 0], [2, 3])).toEqual([0, 1, 2, 10, 11, 12]);
    expect(await block(columns, name, [1, 1], [1, 2])).toEqual([11, 12]);
  });

  it('are read from a zip archive, with or without their folder', async () => {
    for (const prefix of ['', 'ocean.zarr/']) {
      const entries = Object.entries(fieldStore()).map(
        ([key, value]) => [prefix + key, bytesOf(value)] as const,
      );
      for (const level of [0, 6] as const) {
        const path = join(folder, `store-${number++}.zip`);
        writeFileSync(path, zipSync(Object.fromEntries(entries), { level }));
        expect(await block(path, 'sst', [3, 1, 2], [2, 1, 2])).toEqual([312, 313, 412, 413]);
      }
    }
  });

  it('whose header claims billions of times lay none of them out', async () => {
    const path = store({
      '.zgroup': { zarr_format: 2 },
      'sst/.zarray': version2({ shape: [2 ** 24, 3, 4], chunks: [2 ** 14, 3, 4], fill_value: 0 }),
      'sst/.zattrs': { _ARRAY_DIMENSIONS: ['time', 'lat', 'lon'] },
      'time/.zarray': version2({ shape: [2 ** 32], chunks: [10] }),
      'time/.zattrs': { _ARRAY_DIMENSIONS: ['time'], units: 'days since 2000-01-01' },
    });
    const { variables } = await inspectFile(path, { statistics: false });
    expect(variables.map(({ name, times }) => [name, times])).toEqual([
      ['sst', null],
      ['time', null],
    ]);
    expect(variables[0]!.reason).toBe(
      'sst has 16777216 times without a coordinate, more than can be counted.',
    );
  });

  it('list what cannot be read with the reason', async () => {
    const path = store({
      '.zgroup': { zarr_format: 2 },
      'codec/.zarray': version2({ compressor: { id: 'pcodec' } }),
      'filter/.zarray': version2({ filters: [{ id: 'quantize' }] }),
      'large/.zarray': version2({ shape: [1e6, 1e6], chunks: [1e5, 1e5] }),
      'claims/.zarray': version2({ shape: [1e9, 1e5], chunks: [10, 10] }),
      'words/.zarray': version2({ dtype: '<U5' }),
      'pairs/.zarray': version2({ dtype: [['x', '<f4']] }),
      'half/.zarray': version2({ dtype: '<f2' }),
      'odd/.zarray': version2({ chunks: [4, 3] }),
      'none/.zarray': version2({ chunks: [0, 3, 3] }),
    });
    const found = await reasons(path);
    expect(found.codec).toContain('with the codec "pcodec", which is not available here');
    expect(found.filter).toContain('"quantize"');
    expect(found.large).toContain('blocks of 38147 MiB');
    expect(found.claims).toContain('claims to hold');
    expect(found.words).toContain('type string');
    expect(found.pairs).toContain('type compound');
    expect(found.half).toContain('type float16');
    expect(found.odd).toContain('blocks divide');
    expect(found.none).toContain('blocks divide');
    await expect(block(path, 'codec', [0, 0, 0], [1, 1, 1])).rejects.toThrow(/pcodec/);
  });

  it('name the place of a damaged or shortened chunk', async () => {
    const short = fieldStore();
    short['sst/1.0.1'] = chunkAt(1, 1).subarray(0, 60);
    await expect(inspectFile(store(short), { statistics: true })).rejects.toThrow(
      /"sst" in store-\d+\.zarr cannot be read at time 4–7, lat 0–2, lon 3: the stored data are damaged/,
    );
    const damaged = fieldStore({ sst: { compressor: { id: 'zlib', level: 1 } } });
    for (const key of Object.keys(damaged).filter((name) => /^sst\/\d/.test(name)))
      damaged[key] = deflateSync(damaged[key] as Uint8Array).fill(7, 10, 30);
    await expect(block(store(damaged), 'sst', [0, 0, 0], [1, 1, 1])).rejects.toThrow(/damaged/);
  });

  it('are refused with a sentence where their metadata are damaged', async () => {
    const broken: StoreContent[] = [
      { 'zarr.json': '{"zarr_format": 3, "node_' },
      { 'zarr.json': '[]' },
      { 'zarr.json': version3({ shape: [-1] }) },
      { 'zarr.json': version3({ shape: Array(40).fill(2) }) },
      { '.zarray': version2({ shape: 'all' }) },
      { '.zgroup': { zarr_format: 2 }, '.zmetadata': 'x' },
    ];
    for (const content of broken)
      await expect(inspectFile(store(content), { statistics: true })).rejects.toThrow(
        /store-\d+\.zarr cannot be read: its metadata/,
      );
    const part = await inspectFile(store({ '.zgroup': { zarr_format: 2 }, 'v/.zarray': '{' }), {
      statistics: true,
    });
    expect(part.warnings).toContain('"v" is damaged and is left out.');
  });

  it('lead nowhere else: not out of their folder, not in circles, not into pipes', async () => {
    const outside = store({ 'v/.zarray': version2({ shape: [1], chunks: [1] }), 'v/0': floats([1]) });
    const path = store({
      '.zmetadata': {
        metadata: {
          '.zgroup': { zarr_format: 2 },
          [`../${outside.slice(folder.length + 1)}/v/.zarray`]: version2({ shape: [1], chunks: [1] }),
        },
      },
      '.zgroup': { zarr_format: 2 },
    });
    expect((await inspectFile(path, { statistics: true })).variables).toEqual([]);
    const circle = store({ '.zgroup': { zarr_format: 2 }, 'a/.zgroup': { zarr_format: 2 } });
    symlinkSync(circle, join(circle, 'a', 'again'));
    expect((await inspectFile(circle, { statistics: true })).variables).toEqual([]);
    const pipe = store({ '.zarray': version2({ shape: [1], chunks: [1], fill_value: 5 }) });
    execFileSync('sh', ['-c', 'mkfifo "$0" "$1"', join(pipe, '0'), join(folder, 'pipe.nc')]);
    expect((await inspectFile(pipe, { statistics: true })).variables[0]).toMatchObject({
      missingFraction: 1,
    });
    await expect(openDataFile(join(folder, 'pipe.nc'))).rejects.toThrow(/not a plain file/);
  });
});

describe('other files that scientists have', () => {
  it('are refused with what they are and what to do', async () => {
    const cases: [string, string | Uint8Array, RegExp][] = [
      ['lone.npz', zipSync({ 'sst.npy': floats([1]) }), /holds NumPy arrays, which do not say/],
      ['files.zip', zipSync({ 'a.nc': floats([1]) }), /zip archive without a Zarr store/],
      ['cut.zip', zipSync({ 'a.nc': floats([1]) }).subarray(0, 20), /not a whole zip archive/],
      ['one.npy', '\x93NUMPY\x01\x00', /a NumPy array/],
      ['weather.grib', 'GRIB\x00\x00', /a GRIB file/],
      ['old.hdf', '\x0e\x03\x13\x01', /an HDF4 file/],
      ['sst.nc.gz', '\x1f\x8b\x08', /a compressed file/],
      ['login.nc', '<!DOCTYPE html>', /a web page/],
    ];
    for (const [name, content, message] of cases) {
      const path = join(folder, name);
      writeFileSync(path, typeof content === 'string' ? Buffer.from(content, 'latin1') : content);
      await expect(openDataFile(path)).rejects.toMatchObject({
        message: expect.stringMatching(message),
        hint: expect.stringMatching(/./),
      });
    }
  });
});
