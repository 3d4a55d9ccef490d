/**
 * The same world in files that lay it out differently: rows from the north or from the south, longitudes from
 * Greenwich, from the date line or from anywhere, eastwards or westwards. Every place has the colour of its value.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { pointOnDisc, usualLook } from '../../renderer/scenes/globe.ts';
import { writeFieldFile } from '../data/files.ts';
import { startApp, type TestApp } from './app.ts';

const patience = { timeout: 30_000 };
const step = 10;
const count = 360 / step;
const from = (first: number, by: number) => Array.from({ length: count }, (_, i) => first + i * by);
const southwards = Array.from({ length: 180 / step }, (_, i) => 85 - i * step);
const wrap = (longitude: number) => ((((longitude + 180) % 360) + 360) % 360) - 180;

/** °C at a place, all different, and none alike at places that a mirrored or shifted map would confuse. */
const valueAt = (latitude: number, longitude: number) => 20 + latitude * 0.12 + wrap(longitude) * 0.03;
/** On the open sea, where no line runs: latitude, longitude of cell centres. */
const places = [
  [25, -155],
  [-35, -125],
  [-15, 85],
  [35, -45],
  [-15, -5],
  [5, -25],
  [-45, 75],
  [15, 175],
  [-5, -175],
] as const;

const layouts = {
  'rows from the south, longitudes from Greenwich': {
    latitudes: southwards.toReversed(),
    longitudes: from(5, step),
  },
  'rows from the north, longitudes from the date line': {
    latitudes: southwards,
    longitudes: from(-175, step),
  },
  'longitudes that wrap within a row': {
    latitudes: southwards,
    longitudes: from(205, step).map((longitude) => longitude % 360),
  },
  'longitudes that run westwards': { latitudes: southwards.toReversed(), longitudes: from(355, -step) },
};

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app?.close());

describe.each(Object.entries(layouts))('a map of %s', (name, { latitudes, longitudes }) => {
  it('has every place in the colour of its value, flat and as a globe', async () => {
    const { page } = app;
    const file = writeFieldFile(app.folder, `${name.replace(/\W+/g, '-')}.nc`, {
      times: 2,
      height: latitudes.length,
      width: longitudes.length,
      latitudes,
      longitudes,
      value: (_, row, column) => valueAt(latitudes[row]!, longitudes[column]!),
    });
    const another = page.getByRole('button', { name: 'Open another…' });
    if (await another.isVisible()) await another.click();
    await page.getByLabel('NetCDF file').setInputFiles(file);
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    // The scale is final once the statistics of the whole file are there.
    await page.getByRole('tab', { name: 'File' }).click();
    await page.getByText('% of all values').waitFor(patience);
    await page.mouse.move(0, 0);
    const limit = async (id: string) =>
      Number(((await page.getByTestId(id).textContent()) ?? '').replace('−', '-'));
    const [min, max] = [await limit('scale-min'), await limit('scale-max')];
    const look = async (x: number, y: number, latitude: number, longitude: number) => {
      const wanted = colourOf(colourTable('thermal'), valueAt(latitude, longitude), min, max);
      const message = `${latitude}° N, ${longitude}° E`;
      await expect.poll(() => app.pixel(x, y), { timeout: 20_000, message }).toEqual(wanted);
    };

    const flat = (await page.getByTestId('map').boundingBox())!;
    // The westernmost edge of the map: the file's own order of longitudes decides.
    const west = (longitudes[0]! < longitudes[1]! ? longitudes[0]! : longitudes.at(-1)!) - step / 2;
    for (const [latitude, longitude] of places) {
      const across = ((((longitude - west) % 360) + 360) % 360) / 360;
      await look(
        flat.x + across * flat.width,
        flat.y + ((90 - latitude) / 180) * flat.height,
        latitude,
        longitude,
      );
    }

    await page.getByRole('button', { name: 'Globe', exact: true }).click();
    await page.locator('[data-testid=globe][data-ready=true]').waitFor(patience);
    const globe = (await page.getByTestId('globe').boundingBox())!;
    const { centre, zoom } = usualLook({ west, east: west + 360, south: -90, north: 90 }, 12);
    const radius = (Math.min(globe.width, globe.height) / 2) * 0.96 * zoom;
    const seen = places.flatMap(([latitude, longitude]) => {
      const point = pointOnDisc(longitude, latitude, centre);
      // Nearer to the rim colours are shaded.
      return point && Math.hypot(point.x, point.y) < 0.8 ? [{ latitude, longitude, ...point }] : [];
    });
    expect(seen.length).toBeGreaterThanOrEqual(2);
    for (const { latitude, longitude, x, y } of seen)
      await look(
        globe.x + globe.width / 2 + x * radius,
        globe.y + globe.height / 2 - y * radius,
        latitude,
        longitude,
      );
    await page.getByRole('button', { name: 'Globe', exact: true }).click();
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
  });
});

it('never complained in the console', () => {
  expect(app.complaints).toEqual([]);
});
