/** A map as a globe: cells where the projection puts them, in the colours of their values; turned by keys, probed by pointer. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readField } from '#main/data/field.ts';
import { openDataFile } from '#main/data/formats/registry.ts';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { pointOnDisc, usualLook } from '../../renderer/scenes/globe.ts';
import { discReach } from '../../renderer/scenes/globe-picture.ts';
import { MapGeometry } from '../../renderer/scenes/map-geometry.ts';
import { startApp, type TestApp } from './app.ts';

const patience = { timeout: 120_000 };
const sample = join(import.meta.dirname, '..', '..', 'resources', 'samples', 'surface-ocean.nc');
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
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
