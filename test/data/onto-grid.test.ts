/** A field on another grid's cells: found whichever way round they are stored, and refused where there are none. */
import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { temporaryFolder, writeFieldFile } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));
const range = (count: number, first: number, step: number) =>
  Array.from({ length: count }, (_, i) => first + i * step);

/** The world from north to south and from −180: what a foreign model writes. */
const world = writeFieldFile(folder, 'world.nc', {
  times: 2,
  height: 18,
  width: 36,
  latitudes: range(18, 85, -10),
  longitudes: range(36, -180, 10),
  value: (time, row, column) => 1000 * time + (85 - 10 * row) + (-180 + 10 * column) / 1000,
  timeValues: [0, 31],
});
/** A part of the Pacific across the date line, from south to north. */
const pacific = {
  height: 3,
  width: 5,
  latitudes: [-15, -5, 5],
  longitudes: [160, 170, 180, 190, 200],
};

describe('a field on the cells of another grid', () => {
  it('is the same places in that grid’s order, also across the edge of the file’s map', async () => {
    const { data, height, width, latitudes, longitudes } = await readField(world, 'sst', {
      time: 1,
      onto: pacific,
    });
    expect({ height, width, latitudes, longitudes }).toEqual(pacific);
    for (const [row, latitude] of pacific.latitudes.entries())
      for (const [column, east] of pacific.longitudes.entries()) {
        const longitude = east >= 180 ? east - 360 : east;
        expect(data[row * width + column]).toBeCloseTo(1000 + latitude + longitude / 1000, 2);
      }
  });

  it('is missing beyond what the file covers', async () => {
    const part = writeFieldFile(folder, 'part.nc', {
      times: 1,
      height: 2,
      width: 3,
      latitudes: [-5, 5],
      longitudes: [170, 180, 190],
      value: (_, row, column) => 10 * row + column,
    });
    const { data } = await readField(part, 'sst', { onto: pacific });
    const none = Number.NaN;
    expect([...data]).toEqual([none, none, none, none, none, none, 0, 1, 2, none, none, 10, 11, 12, none]);
    const far = { ...pacific, longitudes: [20, 30, 40, 50, 60] };
    await expect(readField(part, 'sst', { onto: far })).rejects.toThrow(
      'sst in part.nc and the other grid have no longitudes in common.',
    );
  });

  it('is refused in a sentence where the cells lie elsewhere', async () => {
    const shifted = { ...pacific, latitudes: [-15, -7, 1] };
    await expect(readField(world, 'sst', { onto: shifted })).rejects.toMatchObject({
      code: 'bad-input',
      message:
        'The cells of sst in world.nc lie elsewhere: there is none at latitude -7°, the nearest is at -5°.',
      hint: expect.stringContaining('Interpolate'),
    });
    // Every second row has its cell in the file; the others would be holes.
    const finer = { ...pacific, height: 5, latitudes: [-15, -10, -5, 0, 5] };
    await expect(readField(world, 'sst', { onto: finer })).rejects.toThrow('there is none at latitude -10°');
    const plane = { height: 18, width: 36, latitudes: null, longitudes: null };
    await expect(readField(world, 'sst', { onto: plane })).rejects.toThrow(
      'The cells of sst in world.nc have latitudes and longitudes, those of the other grid have none.',
    );
  });
});
