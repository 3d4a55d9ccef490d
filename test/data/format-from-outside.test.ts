/**
 * A file format from outside of the built-in list, as ARCHITECTURE.md says to add one: grids in a text file, known by
 * its first line. Once registered it opens, is decoded and described like any other file.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readField } from '#main/data/field.ts';
import { checkBlock, type DataFile, type DataVariable, damaged } from '#main/data/formats/dataFile.ts';
import { type Format, openDataFile, registerFormat } from '#main/data/formats/registry.ts';
import { temporaryFolder } from '../temporary-folder.ts';

/** `GRIDS name units times rows columns`, then all numbers, the column running fastest. */
const gridText: Format = {
  matches: (head) => new TextDecoder().decode(head.subarray(0, 6)) === 'GRIDS ',
  async open(path): Promise<DataFile> {
    const text = await readFile(path, 'utf8');
    const [first = '', ...rest] = text.split('\n');
    const [, name = '', units = '', ...sizes] = first.split(' ');
    const values = rest.join(' ').trim().split(/\s+/).map(Number);
    const shape = sizes.map(Number);
    if (shape.length !== 3 || values.length !== shape.reduce((a, b) => a * b, 1))
      throw damaged(path, 'it does not hold as many numbers as its first line says');
    const dims = ['time', 'y', 'x'].map((dim, i) => ({
      name: dim,
      path: dim,
      size: shape[i]!,
      unlimited: false,
    }));
    const variable: DataVariable = {
      path: name,
      dims,
      shape,
      type: 'float32',
      attributes: new Map([['units', { type: 'string', value: units }]]),
      chunks: null,
    };
    const file: DataFile = {
      path,
      name: basename(path),
      format: 'netcdf3-classic',
      bytes: text.length,
      attributes: new Map(),
      variables: [variable],
      warnings: [],
      async read(asked, start, count) {
        checkBlock(file, asked, start, count);
        const [times = 0, rows = 0, columns = 0] = count;
        const [t0 = 0, y0 = 0, x0 = 0] = start;
        return Float32Array.from({ length: times * rows * columns }, (_, i) => {
          const t = Math.floor(i / (rows * columns));
          const y = Math.floor(i / columns) % rows;
          return values[((t0 + t) * shape[1]! + y0 + y) * shape[2]! + x0 + (i % columns)]!;
        });
      },
      close: async () => undefined,
    };
    return file;
  },
};

it('a format from outside opens like the others, and is gone when taken away', async () => {
  const path = join(await temporaryFolder(), 'heights.txt');
  await writeFile(path, 'GRIDS height m 2 2 3\n1 2 3 4 5 6\n7 8 9 10 11 12\n');
  await expect(openDataFile(path)).rejects.toMatchObject({ code: 'unsupported' });
  const remove = registerFormat(gridText);
  onTestFinished(remove);
  const file = await openDataFile(path);
  const { data, height, width } = await readField(file, 'height', { time: 1 });
  expect([height, width, ...data]).toEqual([2, 3, 7, 8, 9, 10, 11, 12]);
  await file.close();
  await writeFile(path, 'GRIDS height m 2 2 3\n1 2 3\n');
  await expect(openDataFile(path)).rejects.toMatchObject({ code: 'damaged-file' });
  // Twice is as good as once, and takes none of the others.
  remove();
  remove();
  await expect(openDataFile(path)).rejects.toMatchObject({ code: 'unsupported' });
  const zip = join(await temporaryFolder(), 'empty.zip');
  await writeFile(zip, Buffer.concat([Buffer.from('PK\x05\x06'), Buffer.alloc(18)]));
  await expect(openDataFile(zip)).rejects.not.toThrow(/fit no known format/);
});
