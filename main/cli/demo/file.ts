/** Writes the demonstration's ocean as a NetCDF-4 file that says in its own attributes that it is synthetic. */
import h5wasm from 'h5wasm/node';
import { DriftcastError } from '#shared/errors.ts';
import type { Ocean } from './ocean.ts';

type File = InstanceType<typeof h5wasm.File>;

const fillValue = -9999;

/** @throws `disk` when the file cannot be written. */
export async function writeOcean(path: string, ocean: Ocean): Promise<void> {
  await h5wasm.ready;
  let file: File;
  try {
    file = new h5wasm.File(path, 'w');
  } catch (cause) {
    throw new DriftcastError(
      'disk',
      `The file ${path} cannot be written.`,
      'Choose another folder with --out, one that exists and that you may write to.',
      { cause },
    );
  }
  try {
    fill(file, ocean);
  } finally {
    file.close();
  }
}

function fill(file: File, { latitudes, longitudes, temperature }: Ocean): void {
  const [height, width] = [latitudes.length, longitudes.length];
  const days = temperature.length / (height * width);
  const note = 'SYNTHETIC: not an observation. Made by the demonstration of Driftcast.';
  attributes(file, {
    Conventions: 'CF-1.11',
    title: 'Synthetic sea surface temperature (demonstration)',
    comment: `${note} Anomalies carried by a steady gyre, renewed at random, on a seasonal cycle.`,
    source: 'Driftcast demonstration',
  });
  const time = Float64Array.from({ length: days }, (_, day) => day);
  axis(file, 'time', time, {
    standard_name: 'time',
    units: 'days since 2001-01-01 00:00:00',
    calendar: 'standard',
    axis: 'T',
  });
  axis(file, 'lat', latitudes, { standard_name: 'latitude', units: 'degrees_north', axis: 'Y' });
  axis(file, 'lon', longitudes, { standard_name: 'longitude', units: 'degrees_east', axis: 'X' });
  const packed = temperature.map((value) => (Number.isNaN(value) ? fillValue : value));
  const sst = file.create_dataset({
    name: 'sst',
    data: packed,
    shape: [days, height, width],
    dtype: '<f4',
    chunks: [Math.min(days, 64), height, width],
    compression: 4,
  });
  sst.create_attribute('_FillValue', new Float32Array([fillValue]), [1], '<f4');
  sst.create_attribute('standard_name', 'sea_surface_temperature');
  sst.create_attribute('long_name', 'synthetic sea surface temperature');
  sst.create_attribute('units', 'degC');
  for (const [index, name] of ['time', 'lat', 'lon'].entries()) sst.attach_scale(index, `/${name}`);
}

function axis(file: File, name: string, values: Float64Array, texts: Record<string, string>): void {
  const dataset = file.create_dataset({ name, data: values, shape: [values.length], dtype: '<f8' });
  dataset.make_scale(name);
  attributes(dataset, texts);
}

function attributes(
  target: { create_attribute(name: string, value: string): void },
  texts: Record<string, string>,
): void {
  for (const [name, text] of Object.entries(texts)) target.create_attribute(name, text);
}
