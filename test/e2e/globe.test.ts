/** A map as a globe: cells where the projection puts them, in the colours of their values; turned by keys, probed by pointer. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { Netcdf4Writer } from '#main/data/formats/netcdf4Writer.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { pointOnDisc, usualLook } from '../../renderer/scenes/globe.ts';
import { discReach } from '../../renderer/scenes/globe-picture.ts';
import { MapGeometry } from '../../renderer/scenes/map-geometry.ts';
import { startApp, type TestApp } from './app.ts';
import { installInstruments, readInstruments } from './instruments.ts';

const patience = { timeout: 120_000 };
const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'surface-ocean.nc');
let app: TestApp;

beforeAll(async () => {
  app = await startApp({ beforeOpening: installInstruments });
  await app.page.getByLabel('NetCDF file').setInputFiles(sample);
  await app.page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
  await app.page.getByRole('button', { name: 'Globe', exact: true }).click();
  await app.page.locator('[data-testid=globe][data-ready=true]').waitFor(patience);
});
afterAll(() => app?.close());

async function firstField() {
  const file = await openDataFile(sample);
  try {
    return await readField(file, 'sst', { time: 0 });
  } finally {
    await file.close();
  }
}

describe('a globe', () => {
  it('has cells where they are on the earth, in the colours of their values', async () => {
    const { page } = app;
    await expect.poll(() => page.url()).toContain('picture=globe');
    const { data, height, width, latitudes, longitudes } = await firstField();
    const geometry = new MapGeometry({ height, width, latitudes, longitudes });
    const { centre, zoom } = usualLook(geometry.extent!, 12);
    const [min = 0, max = 0] = await Promise.all(
      ['scale-min', 'scale-max'].map(async (id) =>
        Number(((await page.getByTestId(id).textContent()) ?? '').replace('−', '-')),
      ),
    );
    const area = (await page.getByTestId('globe').boundingBox())!;
    const check = async (cells: [number, number][], middle = centre) => {
      const [across, up] = discReach(area, zoom);
      for (const [row, column] of cells) {
        const point = pointOnDisc(longitudes![column]!, latitudes![row]!, middle)!;
        const x = area.x + ((point.x / across + 1) / 2) * area.width;
        const y = area.y + ((1 - point.y / up) / 2) * area.height;
        const wanted = colourOf(colourTable('thermal'), data[row * width + column]!, min, max);
        const message = `row ${row}, column ${column}`;
        await expect.poll(() => app.pixel(x, y), { ...patience, message }).toEqual(wanted);
      }
    };
    const sea: [number, number][] = [
      [11, 33],
      [31, 41],
      [47, 52],
    ];
    await check(sea);
    await page.getByTestId('globe').focus();
    await page.keyboard.press('ArrowUp');
    await check(sea, { ...centre, latitude: centre.latitude + 10 / zoom });
    await page.getByRole('button', { name: 'Globe', exact: true }).click();
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    expect(app.complaints).toEqual([]);
  });
});

/** A wind that blows eastwards all around the earth, as a solid body turns. */
async function writeWind(path: string): Promise<void> {
  const [rows, columns] = [18, 36];
  const axis = (count: number, first: number, step: number) =>
    Float64Array.from({ length: count }, (_, i) => first + i * step);
  const writer = await Netcdf4Writer.create(path);
  writer.dimension('time', axis(2, 0, 1), { units: 'days since 2001-01-01' });
  writer.dimension('lat', axis(rows, -85, 10), { units: 'degrees_north' });
  writer.dimension('lon', axis(columns, 5, 10), { units: 'degrees_east' });
  const eastwards = Float32Array.from(
    { length: 2 * rows * columns },
    (_, at) => 20 * Math.cos(((-85 + 10 * (Math.floor(at / columns) % rows)) * Math.PI) / 180),
  );
  const options = { dims: ['time', 'lat', 'lon'], attributes: { units: 'm s-1' } };
  writer.variable('u10', eastwards, options);
  writer.variable('v10', new Float32Array(eastwards.length), options);
  await writer.close();
}

describe('a wind around the earth', () => {
  it('carries particles over the globe, which leave nothing behind', async () => {
    const { page } = app;
    const wind = join(app.folder, 'wind.nc');
    await writeWind(wind);
    await page.getByRole('button', { name: 'Open another…' }).click();
    await page.getByLabel('NetCDF file').setInputFiles(wind);
    await page.getByLabel('Quantity shown').selectOption('speed', patience);
    await page.getByText('Speed, m/s').waitFor(patience);
    await page.getByRole('button', { name: 'Globe', exact: true }).click();
    await page.locator('[data-testid=globe][data-ready=true]').waitFor(patience);
    await expect.poll(() => page.url()).toMatch(/picture=globe(%2C|,)speed/);
    const buffers = async () => (await readInstruments(page)).gpu.buffers;
    const before = await buffers();
    await page.getByRole('button', { name: 'Particles' }).click();
    await expect.poll(buffers, patience).toBeGreaterThan(before);
    await page.getByRole('button', { name: 'Particles' }).click();
    await expect.poll(buffers, patience).toBe(before);
    expect(app.complaints).toEqual([]);
  });
});
