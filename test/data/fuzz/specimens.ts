/** Small whole files of every format, to be damaged. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { netcdf3 } from '../files.ts';
import { bytesOf, fieldStore, type StoreContent } from '../fixtures/zarr-store.ts';

/** A file, or a folder of them. */
export interface Specimen {
  name: string;
  content: Uint8Array | StoreContent;
}

const [times, rows, columns] = [12, 6, 8];
const count = (length: number) => Float64Array.from({ length }, (_, i) => i);
const field = Float32Array.from({ length: times * rows * columns }, (_, i) => 20 + Math.sin(i));

function classic(version: 1 | 2 | 5, unlimited: boolean): Uint8Array {
  return netcdf3({
    version,
    dims: { time: unlimited ? 0 : times, lat: rows, lon: columns },
    ...(unlimited ? { records: times } : {}),
    variables: [
      {
        name: 'time',
        dims: ['time'],
        type: 'float64',
        values: count(times),
        attributes: { units: 'days since 2000-01-01', calendar: 'noleap' },
      },
      {
        name: 'lat',
        dims: ['lat'],
        type: 'float64',
        values: count(rows),
        attributes: { units: 'degrees_north' },
      },
      {
        name: 'lon',
        dims: ['lon'],
        type: 'float64',
        values: count(columns),
        attributes: { units: 'degrees_east' },
      },
      {
        name: 'sst',
        dims: ['time', 'lat', 'lon'],
        type: 'float32',
        values: field,
        attributes: { units: 'degC', _FillValue: { type: 'float32', values: [1e20] } },
      },
    ],
    attributes: { title: 'A specimen', Conventions: 'CF-1.11' },
  });
}

async function hdf5(folder: string): Promise<Uint8Array> {
  const path = join(folder, 'specimen.nc');
  const writer = await Netcdf4Writer.create(path);
  writer.attributes({ title: 'A specimen' });
  writer.dimension('time', count(times), { units: 'days since 2000-01-01' });
  writer.dimension('lat', count(rows), { units: 'degrees_north' });
  writer.dimension('lon', count(columns), { units: 'degrees_east' });
  const attributes = { units: 'degC', _FillValue: new Float32Array([1e20]) };
  writer.slabVariable('sst', { dims: ['time', 'lat', 'lon'], chunks: [4, rows, columns], attributes });
  writer.writeSlab('sst', [0, 0, 0], [times, rows, columns], field);
  await writer.close();
  return readFile(path);
}

/** @param folder for files that have to be made on disk */
export async function specimens(folder: string): Promise<Specimen[]> {
  const store = fieldStore();
  return [
    { name: 'classic.nc', content: classic(1, false) },
    { name: 'records.nc', content: classic(2, true) },
    { name: 'large.nc', content: classic(5, true) },
    { name: 'netcdf4.nc', content: await hdf5(folder) },
    { name: 'store.zarr', content: store },
    {
      name: 'store.zarr.zip',
      content: zipSync(
        Object.fromEntries(Object.entries(store).map(([key, value]) => [key, bytesOf(value)])),
      ),
    },
  ];
}
