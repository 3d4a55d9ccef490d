/** Coarse frames kept from one reading are the ones that a reading of their own brings, and stay within their room. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, it } from 'vitest';
import { type Grid, gridOf } from '#main/data/cf/grid.ts';
import { CoarseFrames } from '#main/data/coarseFrames.ts';
import { readField } from '#main/data/field.ts';
import type { DataFile } from '#main/data/formats/dataFile.ts';
import { openData } from '#main/data/joined/openJoined.ts';
import { findVariable } from '#main/data/openFile.ts';
import { readRegionalMean } from '#main/data/series.ts';
import { statisticsOf } from '#main/data/statistics.ts';
import { strideInPassing } from '#shared/coarse.ts';
import { netcdf3, temporaryFolder } from './files.ts';

// An odd size, so that the last row and column are left over.
const [times, depths, height, width] = [3, 2, 301, 500];
const stride = strideInPassing({ height, width });
let file: DataFile;
let grid: Grid;

beforeAll(async () => {
  const count = (length: number, first = 0, step = 1) =>
    Float64Array.from({ length }, (_, i) => first + i * step);
  const axis = (name: string, values: Float64Array, units: string) => ({
    ...{ name, dims: [name], type: 'float64' as const, values, attributes: { units } },
  });
  const path = join(temporaryFolder(), 'deep.nc');
  const values = Int16Array.from({ length: times * depths * height * width }, (_, i) =>
    i % 97 === 0 ? -999 : (i * 7919) % 20_000,
  );
  const bytes = netcdf3({
    dims: { time: times, depth: depths, lat: height, lon: width },
    variables: [
      axis('time', count(times), 'days since 2000-01-01'),
      axis('depth', count(depths), 'm'),
      axis('lat', count(height, -75, 0.5), 'degrees_north'),
      axis('lon', count(width, 0, 0.5), 'degrees_east'),
      {
        ...{ name: 'temp', dims: ['time', 'depth', 'lat', 'lon'], type: 'int16', values },
        attributes: {
          _FillValue: { type: 'int16', values: [-999] },
          scale_factor: { type: 'float64', values: [0.01] },
          add_offset: { type: 'float64', values: [-3] },
        },
      },
    ],
  });
  writeFileSync(path, bytes);
  file = await openData([path]);
  grid = await gridOf(file, findVariable(file, 'temp'));
  return () => file.close();
});

const read = async (time: number, depth: number) =>
  (await readField(file, 'temp', { time, slices: { depth }, stride })).data;
const found = (frames: CoarseFrames, time: number, depth: number) =>
  frames.find(file, grid.variable, { time, slices: { depth }, stride });

it('are kept while the rhythm is read, at the depth that was read', async () => {
  const frames = new CoarseFrames();
  expect(stride).toBeGreaterThan(1);
  const onFrame = frames.keeper(file, grid, { depth: 1 })!.frame;
  await readRegionalMean(file, 'temp', { kind: 'whole' }, { slices: { depth: 1 }, onFrame });
  for (let time = 0; time < times; time++) expect(found(frames, time, 1)).toEqual(await read(time, 1));
  expect(found(frames, 0, 0)).toBeUndefined();
});

it('are kept while statistics are read, whatever blocks these take', async () => {
  const frames = new CoarseFrames();
  const onBlock = frames.keeper(file, grid)!.block;
  await statisticsOf(file, grid.variable, grid.time, { onBlock });
  for (let time = 0; time < times; time++) expect(found(frames, time, 0)).toEqual(await read(time, 0));
  expect(found(frames, 0, 1)).toBeUndefined();
});

it('take no more room than they have: another series makes room, a long one keeps its first frames', async () => {
  const bytes = Math.ceil(height / stride) * Math.ceil(width / stride) * 4;
  const frames = new CoarseFrames(2 * bytes);
  const frame = new Float32Array(height * width);
  const keepers = [0, 1].map((depth) => frames.keeper(file, grid, { depth })!);
  for (let time = 0; time < times; time++) keepers[0]!.frame(time, frame);
  expect([0, 1, 2].map((time) => found(frames, time, 0) !== undefined)).toEqual([true, true, false]);
  keepers[1]!.frame(0, frame);
  expect([found(frames, 0, 0), found(frames, 0, 1)?.byteLength]).toEqual([undefined, bytes]);
});

it('are not kept where nothing is coarse in passing', async () => {
  const frames = new CoarseFrames();
  expect(frames.keeper(file, { ...grid, height: 100, width: 100 })).toBeNull();
  expect(frames.find(file, grid.variable, { stride: 1 })).toBeUndefined();
});
