import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { TimeLine, timeAxisOf } from '#main/data/cf/timeAxis.ts';
import { openForecast } from '#main/data/forecastReader.ts';
import { createForecastWriter } from '#main/data/forecastWriter.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { createSimulationWriter } from '#main/data/simulationWriter.ts';
import { exportZarr } from '#main/data/zarr/export.ts';
import { temporaryFolder } from './files.ts';

const folder = temporaryFolder();
afterAll(() => rmSync(folder, { recursive: true }));

const [height, width, members] = [90, 180, 20];
const axis = (name: string, size: number, units: string) => ({
  name,
  attributes: { units },
  values: Array.from({ length: size }, (_, i) => i / 2),
});

/** A member's map is 64 KB, so that one chunk holds some of the members. */
async function writeForecast(path: string): Promise<void> {
  const days = Float64Array.from({ length: 30 }, (_, i) => i);
  const writer = await createForecastWriter(path, {
    channels: [{ name: 'sst', longName: 'SST', standardName: 'sea_surface_temperature', units: 'degC' }],
    members,
    leads: [1, 2],
    starts: [10],
    timeLine: new TimeLine(timeAxisOf(days, 'days since 2001-01-01', 'noleap')),
    height,
    width,
    space: {
      rows: axis('lat', height, 'degrees_north'),
      columns: axis('lon', width, 'degrees_east'),
    },
    truth: true,
    title: 'Forecast of °C',
    provenance: { run: 'run-1' },
  });
  const cells = height * width;
  for (let lead = 0; lead < 2; lead++) {
    const ensemble = Float32Array.from({ length: members * cells }, (_, i) =>
      i % cells === 0 ? Number.NaN : lead + Math.sin(i),
    );
    await writer.writeLead(0, lead, ensemble, lead === 0 ? ensemble.slice(0, cells) : null);
  }
  await writer.close();
}

async function everything(path: string) {
  const file = await openDataFile(path);
  try {
    const found: Record<string, unknown> = {};
    for (const variable of file.variables) {
      const { shape, type, dims, attributes } = variable;
      const values = await file.read(
        variable,
        shape.map(() => 0),
        [...shape],
      );
      const texts = [...attributes].flatMap(([name, { value }]) =>
        typeof value === 'string' ? [[name, value]] : [],
      );
      found[variable.path] = {
        type,
        values,
        dims: dims.map(({ name, size }) => `${name} ${size}`),
        texts: Object.fromEntries(texts),
      };
    }
    const title = [...file.attributes].map(([name, { value }]) => [name, value]);
    return { found, attributes: Object.fromEntries(title) };
  } finally {
    await file.close();
  }
}

describe('a Zarr store', () => {
  it('of a forecast holds what its file holds, in chunks, and is read as a forecast', async () => {
    const [from, to] = [join(folder, 'forecast.nc'), join(folder, 'forecast.zarr')];
    await writeForecast(from);
    const progress: number[] = [];
    const bytes = await exportZarr(from, to, { onProgress: (share) => progress.push(share) });
    expect(bytes).toBeGreaterThan(100_000);
    expect(progress.at(-1)).toBe(1);
    expect(await everything(to)).toEqual(await everything(from));
    // 1 MiB holds 16 maps of a member: two chunks of members for each lead.
    expect(readdirSync(join(to, 'sst', 'c')).length).toBeGreaterThan(1);
    const [a, b] = [await openForecast(from), await openForecast(to)];
    expect(b).toMatchObject({
      members,
      leads: [1, 2],
      starts: a.starts,
      latitudes: a.latitudes,
      hasTruth: true,
    });
    expect(await b.read(0, 1, 'member')).toEqual(await a.read(0, 1, 'member'));
    await a.close();
    await b.close();
  });

  it('repeats its documents at the root, where other programs look for them first', async () => {
    const path = join(folder, 'documents.zarr');
    await writeForecast(join(folder, 'documents.nc'));
    await exportZarr(join(folder, 'documents.nc'), path);
    const rootDocument = JSON.parse(readFileSync(join(path, 'zarr.json'), 'utf8'));
    const { metadata } = rootDocument.consolidated_metadata;
    expect(Object.keys(metadata).sort()).toEqual(
      ['initial_time', 'lat', 'lead', 'lead_time', 'lon', 'member', 'sst', 'sst_truth', 'valid_time'].sort(),
    );
    expect(metadata.sst).toEqual(JSON.parse(readFileSync(join(path, 'sst', 'zarr.json'), 'utf8')));
    expect(metadata.sst.dimension_names).toEqual(['member', 'lead', 'lat', 'lon']);
    // NaN as eight bytes in base64, as xarray writes it.
    expect(metadata.sst.attributes._FillValue).toBe('AAAAAAAA+H8=');
  });

  it('of a simulation keeps tables of whole numbers', async () => {
    const [from, to] = [join(folder, 'mesh.nc'), join(folder, 'mesh.zarr')];
    const counted = (name: string, size: number) => ({
      name,
      values: Float64Array.from({ length: size }, (_, i) => i),
      attributes: { units: '1' },
    });
    const writer = await createSimulationWriter(from, {
      variables: [{ name: 'p', longName: 'position', standardName: '', units: 'm' }],
      time: counted('time', 3),
      space: [counted('row', 2), counted('column', 2)],
      tables: [
        {
          name: 'edges',
          dims: [
            { name: 'edge', size: 2 },
            { name: 'end', size: 2 },
          ],
          attributes: { long_name: 'springs' },
          values: Int32Array.of(0, 1, 2, 3),
        },
      ],
      trajectories: null,
      attributes: { title: 'A mesh', dt: 0.5 },
    });
    writer.writeFrames(0, 0, 3, [Float32Array.from({ length: 12 }, (_, i) => i / 3)]);
    await writer.close();
    await exportZarr(from, to);
    expect(await everything(to)).toEqual(await everything(from));
  });

  it('is not written over what is there, and leaves nothing behind when it is given up', async () => {
    const from = join(folder, 'again.nc');
    await writeForecast(from);
    await expect(exportZarr(from, folder)).rejects.toThrow(/exists already/);
    const to = join(folder, 'given-up.zarr');
    await expect(exportZarr(from, to, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(folder).filter((name) => name.includes('given-up'))).toEqual([]);
  });
});
