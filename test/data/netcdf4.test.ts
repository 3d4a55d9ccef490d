import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { File } from 'h5wasm/node';
import { afterAll, describe, expect, it } from 'vitest';
import { gridOf } from '#main/data/cf/grid.ts';
import { readField } from '#main/data/field.ts';
import { hdf5Library } from '#main/data/formats/hdf5Library.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { inspectFile } from '#main/data/inspect.ts';
import { blockShape } from '#main/data/statistics.ts';
import { thin } from '#shared/coarse.ts';
import { temporaryFolder } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

async function write(
  name: string,
  fill: (file: File) => void,
  libver?: ['earliest', 'latest'],
): Promise<string> {
  const { h5 } = await hdf5Library();
  const path = join(folder, name);
  const file = new h5.File(path, 'w', libver ? { libver } : {});
  fill(file);
  file.close();
  return path;
}

const count = (n: number) => Float32Array.from({ length: n }, (_, i) => i);

describe('HDF5 files', () => {
  it('are read by block, in chunks of many times as well as in one piece', async () => {
    const path = await write('chunks.h5', (file) => {
      file.create_dataset({ name: 'plain', data: count(60), shape: [5, 3, 4] });
      file.create_dataset({
        name: 'packed',
        data: count(60),
        shape: [5, 3, 4],
        chunks: [2, 2, 4],
        compression: 'gzip',
      });
      file.create_dataset({ name: 'scalar', data: [7], shape: [], dtype: '<i' });
    });
    const file = await openDataFile(path);
    expect(file.format).toBe('hdf5');
    const by = (name: string) => file.variables.find((variable) => variable.path === name)!;
    for (const name of ['plain', 'packed']) {
      for (const first of [0, 1, 3, 4]) {
        expect([...(await file.read(by(name), [first, 1, 0], [1, 2, 3]))]).toEqual(
          [4, 5, 6, 8, 9, 10].map((value) => value + first * 12),
        );
      }
      expect([...(await file.read(by(name), [0, 0, 0], [5, 3, 4]))]).toEqual([...count(60)]);
      await expect(file.read(by(name), [4, 0, 0], [2, 1, 1])).rejects.toThrow(/outside/);
    }
    expect([...(await file.read(by('scalar'), [], []))]).toEqual([7]);
    await file.close();
  });

  it('list what cannot be forecast with the reason, and follow no links', async () => {
    const path = await write('odd.h5', (file) => {
      file.create_dataset({ name: 'names', data: ['a', 'b'] });
      file.create_dataset({
        name: 'pairs',
        data: new Map<string, unknown>([
          ['x', Float32Array.of(1, 2)],
          ['n', Int32Array.of(3, 4)],
        ]),
      });
      file.create_group('group');
      file.create_hard_link('/group', 'group/again');
      file.create_soft_link('/names', 'alias');
      file.create_external_link('/etc/hostname', '/x', 'outside');
    });
    const summary = await inspectFile(path, { statistics: true });
    const reasons = Object.fromEntries(summary.variables.map(({ name, reason }) => [name, reason]));
    expect(reasons.names).toContain('type string');
    expect(reasons.pairs).toContain('type compound');
    expect(Object.keys(reasons).sort()).toEqual(['names', 'pairs']);
    expect(summary.warnings.join(' ')).toContain('"alias" is a link');
    expect(summary.warnings.join(' ')).toContain('"outside" is a link');
    expect(summary.warnings.join(' ')).toContain('more groups');
  });

  it('name a filter that is not available', async () => {
    const fill = (file: File) => {
      file.create_dataset({
        name: 'packed',
        data: count(900),
        shape: [9, 10, 10],
        chunks: [1, 10, 10],
        compression: 32015,
        compression_opts: [3],
      });
    };
    const rename = (path: string) => {
      const bytes = readFileSync(path);
      // The number of the zstd filter becomes one that nobody has registered.
      bytes.writeUInt16LE(32099, bytes.indexOf(Buffer.of(0x0f, 0x7d)));
      writeFileSync(path, bytes);
      return path;
    };
    // Newer headers have a checksum, which tells first that they were altered.
    const altered = await inspectFile(rename(await write('altered.h5', fill)), { statistics: true });
    expect(altered.warnings).toContain('"packed" is damaged and is left out.');
    const path = rename(await write('filter.h5', fill, ['earliest', 'latest']));
    const { variables } = await inspectFile(path, { statistics: true });
    expect(variables[0]!.reason).toMatch(
      /is compressed with the filter ".*" \(number 32099\), which is not available/,
    );
    await expect(readField(path, 'packed')).rejects.toThrow(/number 32099/);
  });

  it('are not waited for where they claim more than a file can hold', async () => {
    const path = await write('claims.h5', (file) => {
      const huge = file.create_dataset({
        name: 'huge',
        data: new Float32Array(1),
        shape: [1, 1, 1],
        maxshape: [null, null, null],
        chunks: [1, 10, 10],
      });
      huge.resize([100_000, 10_000, 10]);
    });
    const { variables } = await inspectFile(path, { statistics: true });
    expect(variables[0]!.reason).toMatch(/claims to hold \d+ MiB/);
    await expect(readField(path, 'huge')).rejects.toThrow(/claims to hold/);
  });

  it('give every n-th row and column of a packed map as the whole map has them', async () => {
    const path = await write('coarse.h5', (file) => {
      const data = Int16Array.from({ length: 2 * 7 * 5 }, (_, cell) => ((cell * 7) % 11 < 4 ? -999 : cell));
      const packed = file.create_dataset({ name: 'packed', data, shape: [2, 7, 5], chunks: [1, 4, 5] });
      packed.create_attribute('scale_factor', 0.5);
      packed.create_attribute('add_offset', 3);
      packed.create_attribute('_FillValue', -999, [1], '<h');
      for (const [place, [name, units, length]] of (
        [
          ['time', 'days since 2000-01-01', 2],
          ['lat', 'degrees_north', 7],
          ['lon', 'degrees_east', 5],
        ] as const
      ).entries()) {
        const axis = file.create_dataset({ name, data: count(length), shape: [length] });
        axis.create_attribute('units', units);
        axis.make_scale(name);
        packed.attach_scale(place, `/${name}`);
      }
    });
    const whole = await readField(path, 'packed', { time: 1 });
    for (const stride of [2, 3]) {
      const coarse = await readField(path, 'packed', { time: 1, stride });
      expect(coarse).toMatchObject(thin(whole, stride));
      expect([...coarse.data].some(Number.isNaN)).toBe(true);
    }
  });

  it('recognise rows and columns of any order and of one-dimensional positions', async () => {
    const path = await write('turned.h5', (file) => {
      const text = (name: string, units: string, values: Float32Array) => {
        const dataset = file.create_dataset({ name, data: values, shape: [values.length] });
        dataset.create_attribute('units', units);
        dataset.make_scale(name);
      };
      text('lon', 'degrees_east', Float32Array.of(0, 10, 20));
      text('lat', 'degrees_north', Float32Array.of(40, 30));
      text('time', 'days since 2000-01-01', count(9));
      const field = file.create_dataset({ name: 'v', data: count(54), shape: [3, 9, 2] });
      for (const [i, name] of ['lon', 'time', 'lat'].entries()) field.attach_scale(i, `/${name}`);
    });
    const file = await openDataFile(path);
    const grid = await gridOf(file, file.variables.find((variable) => variable.path === 'v')!);
    expect([grid.time, grid.y, grid.x]).toEqual([1, 2, 0]);
    const map = await readField(file, 'v', { time: 4 });
    expect([...map.data]).toEqual([8, 26, 44, 9, 27, 45]);
    const coarse = await readField(file, 'v', { time: 4, stride: 2 });
    expect([coarse.height, coarse.width, ...coarse.data]).toEqual([1, 2, 8, 44]);
    expect([map.latitudes, map.longitudes]).toEqual([
      [40, 30],
      [0, 10, 20],
    ]);
    await file.close();
  });
});

describe('blocks for statistics', () => {
  const shapeOf = (shape: number[], chunks: number[] | null, budget: number) =>
    blockShape({ path: 'v', dims: [], shape, type: 'float64', attributes: new Map(), chunks }, budget);

  it('are whole chunks within the budget', () => {
    expect(shapeOf([100, 10, 10], null, 8 * 1000)).toEqual([10, 10, 10]);
    expect(shapeOf([100, 10, 10], [3, 5, 5], 8 * 1000)).toEqual([9, 10, 10]);
    expect(shapeOf([100, 1000, 1000], null, 8 * 1000)).toEqual([1, 1, 1000]);
    expect(shapeOf([100, 10, 10], [100, 10, 10], 8 * 1000)).toEqual([10, 10, 10]);
    expect(shapeOf([], null, 8)).toEqual([]);
  });
});
