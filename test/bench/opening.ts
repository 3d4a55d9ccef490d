/**
 * Files larger than memory should cost none: a 3 GB NetCDF-3 file and a NetCDF-4 file of 1 GB, opened by the real
 * service and its engine. Measured are the time to the first map, the statistics, the engine's peak memory, and the level
 * of memory while a model trains on a region of the file.
 */
import { existsSync } from 'node:fs';
import { mkdtemp, open, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { createService, type Service } from '#main/service/service.ts';
import { engineMemory } from './engine-memory.ts';
import type { Measure } from './measure.ts';
import { seriesInMemory, trainingMemory } from './training-memory.ts';

const [height, width] = [720, 1440];
const latitudes = Float64Array.from({ length: height }, (_, i) => -89.875 + i * 0.25);
const longitudes = Float64Array.from({ length: width }, (_, i) => 0.125 + i * 0.25);
const sizes = { 'classic.nc': 740, 'netcdf4.nc': 300 };
const root = resolve(import.meta.dirname, '..', '..');

/** @param folder keeps the files, which are made where they are not there yet: 4 GB */
export async function benchOpening(folder: string): Promise<Measure[]> {
  if (process.platform !== 'linux') {
    console.error('Peak memory is read from /proc, which this system does not have.');
    return [];
  }
  const results: Measure[] = [];
  for (const [name, times] of Object.entries(sizes)) {
    const path = join(folder, name);
    if (!existsSync(path)) await (name === 'classic.nc' ? writeClassic : writeNetcdf4)(path, times);
    results.push(...(await measureOpening(path, times)));
  }
  return results;
}

async function measureOpening(path: string, times: number): Promise<Measure[]> {
  const workspace = await mkdtemp(join(tmpdir(), 'driftcast-opening-'));
  // Told to the engines when they start.
  process.env.DRIFTCAST_MEMORY_BYTES = String(seriesInMemory);
  const service = await createService({
    workspaceFolder: workspace,
    engineEntry: join(root, '.build', 'main', 'engine.js'),
    resourcesFolder: join(root, 'resources'),
    warm: true,
  });
  const { size: bytes } = await stat(path);
  const settings = { file: path.split('/').at(-1), gigabytes: (bytes / 1e9).toFixed(2), times };
  const measures: Measure[] = [];
  const add = (name: string, value: number, unit: string, goal?: string) =>
    measures.push({
      name: `${settings.file}: ${name}`,
      value,
      unit,
      settings: goal ? { ...settings, goal } : settings,
    });
  const timed = async <T>(name: string, work: () => Promise<T>, goal?: string): Promise<T> => {
    const before = performance.now();
    const answer = await work();
    add(name, (performance.now() - before) / 1000, 's', goal);
    add(`peak memory after that`, engineMemory('files', 'VmHWM') / 2 ** 20, 'MiB', 'below 300');
    return answer;
  };
  try {
    const { client } = service;
    // As when a window is there: its process is up by the time that a person has chosen a file.
    await wait(2000);
    const file = await timed(
      'opened, first map',
      async () => {
        const opened = await client.files.open({ path });
        await map(service, opened.id, 0);
        return opened.id;
      },
      'below 1',
    );
    await timed('another map', () => map(service, file, times - 1));
    await timed('time line', () => client.files.rhythm({ file, variable: 'sst', slices: {} }));
    await timed('a cell over time', () => series(service, file, 400, 400));
    await timed('mean over 80 × 80 cells', () => series(service, file, 400, 479));
    await timed('giving up the mean of all cells', () => givenUp(service, file));
    await timed('statistics', () => client.files.statistics({ file, variable: 'sst' }));
    const dataset = await timed('a region of 240 × 240 cells prepared', () => prepare(service, file));
    await timed('statistics again', () => client.files.statistics({ file, variable: 'sst' }));
    for (const { name, value, unit, goal } of await trainingMemory(service, dataset))
      add(name, value, unit, goal);
  } finally {
    await service.close();
    await rm(workspace, { recursive: true, force: true, maxRetries: 3 });
  }
  return measures;
}

const map = (service: Service, file: string, time: number) =>
  service.resolveField({ kind: 'file', file, variable: 'sst', time, slices: {} });

const boxOf = (first: number, last: number) => ({
  firstRow: first,
  lastRow: last,
  firstColumn: first,
  lastColumn: last,
});

async function series({ client }: Service, file: string, first: number, last: number): Promise<void> {
  for await (const event of await client.files.series({ file, variable: 'sst', box: boxOf(first, last) }))
    if (event.kind === 'series' && event.series.observed === 0) throw new Error('Nothing was read.');
}

/** Until a map can be had again. */
async function givenUp(service: Service, file: string): Promise<void> {
  const stop = new AbortController();
  const box = { firstRow: 0, lastRow: height - 1, firstColumn: 0, lastColumn: width - 1 };
  const events = await service.client.files.series({ file, variable: 'sst', box }, { signal: stop.signal });
  await events.next();
  stop.abort();
  await map(service, file, 1);
}

/** @returns the id of the dataset */
async function prepare({ client }: Service, file: string): Promise<string> {
  const { job, dataset } = await client.datasets.prepare({
    files: [file],
    name: 'A region',
    settings: {
      variables: ['sst'],
      region: { kind: 'box', north: 60, south: 0, west: 180, east: 240 },
      horizon: 7,
      normalisation: 'per-cell',
    },
  });
  for await (const change of await client.jobs.watch({ job }))
    if (change.error) throw new Error(change.error.message);
  return dataset;
}

/** A warm belt that moves with the seasons, waves in it, and land in one place. */
function fillFrame(frame: Float32Array, time: number): void {
  for (let row = 0; row < height; row++) {
    const belt =
      28 * Math.cos(((latitudes[row]! - 12 * Math.sin((time / 365) * 2 * Math.PI)) * Math.PI) / 180);
    for (let column = 0; column < width; column++) {
      const land = row > 300 && row < 420 && column > 60 && column < 180;
      frame[row * width + column] = land ? 1e20 : belt + Math.sin(column * 0.11 + time * 0.3 + row * 0.05);
    }
  }
}

/** CDF-2, from the format specification: sst(time, lat, lon), float32. */
async function writeClassic(path: string, times: number): Promise<void> {
  console.error(`making ${path} …`);
  const parts: Buffer[] = [];
  const int = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(value);
    parts.push(bytes);
  };
  const offsetAt = (value: number) => {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64BE(BigInt(value));
    parts.push(bytes);
  };
  const text = (value: string) => {
    int(Buffer.byteLength(value));
    const bytes = Buffer.from(value);
    parts.push(bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4));
  };
  const [NC_CHAR, NC_FLOAT, NC_DOUBLE] = [2, 5, 6];
  const variables = [
    { name: 'time', dims: [0], type: NC_DOUBLE, bytes: times * 8, units: 'days since 2001-01-01' },
    { name: 'lat', dims: [1], type: NC_DOUBLE, bytes: height * 8, units: 'degrees_north' },
    { name: 'lon', dims: [2], type: NC_DOUBLE, bytes: width * 8, units: 'degrees_east' },
    { name: 'sst', dims: [0, 1, 2], type: NC_FLOAT, bytes: times * height * width * 4, units: 'degC' },
  ];
  const header = (start: number) => {
    parts.length = 0;
    parts.push(Buffer.from('CDF\x02'));
    int(0);
    int(10);
    int(3);
    for (const [name, size] of [
      ['time', times],
      ['lat', height],
      ['lon', width],
    ] as const) {
      text(name);
      int(size);
    }
    int(0);
    int(0);
    int(11);
    int(variables.length);
    let at = start;
    for (const { name, dims, type, bytes, units } of variables) {
      text(name);
      int(dims.length);
      for (const dim of dims) int(dim);
      int(12);
      int(name === 'sst' ? 2 : 1);
      text('units');
      int(NC_CHAR);
      text(units);
      if (name === 'sst') {
        text('_FillValue');
        int(NC_FLOAT);
        int(1);
        const fill = Buffer.alloc(4);
        fill.writeFloatBE(1e20);
        parts.push(fill);
      }
      int(type);
      int(Math.min(bytes, 0xffffffff));
      offsetAt(at);
      at += bytes;
    }
    return Buffer.concat(parts);
  };
  const handle = await open(`${path}.part`, 'w');
  await handle.write(header(header(0).length));
  for (const values of [Float64Array.from({ length: times }, (_, i) => i), latitudes, longitudes])
    await handle.write(Buffer.from(values.slice().buffer).swap64());
  const frame = new Float32Array(height * width);
  for (let time = 0; time < times; time++) {
    fillFrame(frame, time);
    await handle.write(Buffer.from(frame.slice().buffer).swap32());
  }
  await handle.close();
  await rename(`${path}.part`, path);
}

/** Deflated chunks of a frame each; the digits that a satellite would add keep it from becoming small. */
async function writeNetcdf4(path: string, times: number): Promise<void> {
  console.error(`making ${path} …`);
  const writer = await Netcdf4Writer.create(path);
  writer.dimension(
    'time',
    Float64Array.from({ length: times }, (_, i) => i),
    { units: 'days since 2001-01-01' },
  );
  writer.dimension('lat', latitudes, { units: 'degrees_north' });
  writer.dimension('lon', longitudes, { units: 'degrees_east' });
  writer.slabVariable('sst', {
    dims: ['time', 'lat', 'lon'],
    chunks: [1, height, width],
    deflate: 1,
    attributes: { units: 'degC', _FillValue: new Float32Array([1e20]) },
  });
  const frame = new Float32Array(height * width);
  let state = 1;
  for (let time = 0; time < times; time++) {
    fillFrame(frame, time);
    for (let cell = 0; cell < frame.length; cell++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      if (frame[cell]! < 1e19) frame[cell]! += state / 2 ** 36;
    }
    writer.writeSlab('sst', [time, 0, 0], [1, height, width], frame);
  }
  await writer.close();
}
