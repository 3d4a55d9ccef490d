/** Degrees of single cells, of files and of what is prepared from them; latitude as an input of curvilinear data. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { inspectFile } from '#main/data/inspect.ts';
import { openPrepared } from '#main/data/openPrepared.ts';
import { prepareDataset } from '#main/data/prepare.ts';
import { degrees, grid } from '#main/engine/handlers/files.ts';
import { datasetSchema, prepareSettingsSchema } from '#shared/domain/dataset.ts';
import { displacedPlace, writeCurvilinearFile } from '../../data/curvilinear-files.ts';
import { writeFieldFile } from '../../data/files.ts';

const folder = await mkdtemp(join(tmpdir(), 'driftcast-degrees-'));
afterAll(() => rm(folder, { recursive: true }));
const size = { height: 12, width: 24 };
const unplaced = (row: number, column: number) => row === 5 && column === 7;
const value = (time: number, row: number, column: number) => Math.sin(time + row) + column / 10;
const context = { signal: new AbortController().signal, emit: () => undefined } as never;

describe('cells with degrees of their own', () => {
  const path = writeCurvilinearFile(folder, 'a.nc', { ...size, times: 40, value, unplaced });

  it('are told of by the grid and come as fields', async () => {
    expect(await grid({ paths: [path], variable: 'tos' }, context)).toMatchObject({
      ...size,
      latitudes: null,
      curvilinear: true,
    });
    for (const direction of ['latitude', 'longitude'] as const) {
      const { data, units } = await degrees({ paths: [path], variable: 'tos', direction }, context);
      expect(units).toBe(direction === 'latitude' ? 'degrees_north' : 'degrees_east');
      expect(data[5 * 24 + 7]).toBeNaN();
      expect(data[3 * 24 + 20]).toBeCloseTo(displacedPlace(size, 3, 20)[direction], 4);
    }
  });

  it('are not asked of other grids', async () => {
    const plain = writeFieldFile(folder, 'b.nc', { times: 3, height: 2, width: 3, value: () => 1 });
    expect(await grid({ paths: [plain], variable: 'sst' }, context)).toMatchObject({ curvilinear: false });
    await expect(
      degrees({ paths: [plain], variable: 'sst', direction: 'latitude' }, context),
    ).rejects.toMatchObject({ code: 'not-found' });
  });

  it('can be looked at with one time, which is too few to learn from', async () => {
    const single = writeCurvilinearFile(folder, 'c.nc', { ...size, times: 1, value });
    const { variables } = await inspectFile(single, { statistics: false });
    const seen = variables.map(({ name, forecastable, viewable }) => [name, forecastable, viewable]);
    expect(seen).toEqual([
      ['tos', false, true],
      ['time', false, false],
      ['lat', false, false],
      ['lon', false, false],
    ]);
  });

  it('are prepared with their latitude as an input', async () => {
    const settings = prepareSettingsSchema.parse({
      variables: ['tos'],
      region: { kind: 'cells', firstRow: 2, lastRow: 9, firstColumn: 4, lastColumn: 20 },
      horizon: 2,
      normalisation: 'per-channel',
      extraChannels: ['latitude'],
    });
    const made = await mkdtemp(join(folder, 'dataset-'));
    const prepared = await prepareDataset({ files: [path], settings, folder: made });
    expect(prepared.summary).toMatchObject({ height: 8, width: 17, latitudes: null, curvilinear: true });
    const dataset = datasetSchema.parse({
      formatVersion: 1,
      id: 'd',
      name: 'd',
      created: '',
      settings,
      ...prepared,
    });
    const data = await openPrepared(made, dataset);
    expect(data.positions?.longitude[0]).toBeCloseTo(displacedPlace(size, 2, 4).longitude, 4);
    const inputs = data.conditions([0])!;
    expect(inputs[3 * 17 + 5]).toBeCloseTo(displacedPlace(size, 5, 9).latitude / 90, 5);
    // A cell without a place has no latitude to tell.
    expect(inputs[3 * 17 + 3]).toBe(0);
    await data.close();
  });
});
