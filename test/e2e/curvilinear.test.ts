/** A curvilinear grid on the screen: cells at their true places, flat and on the globe, and nothing where the file has no place. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { colourOf, colourTable } from '../../renderer/scenes/colour-tables.ts';
import { pointOnDisc } from '../../renderer/scenes/globe.ts';
import { discReach } from '../../renderer/scenes/globe-picture.ts';
import { displacedPlace, writeCurvilinearFile } from '../data/curvilinear-files.ts';
import { startApp, type TestApp } from './app.ts';

const patience = { timeout: 120_000 };
const size = { height: 60, width: 120 };
/** Two places of the sea in each hemisphere, one near the pole and one beside the seam. */
const cells: [number, number][] = [
  [20, 34],
  [38, 97],
  [29, 3],
  [57, 118],
];
const value = (time: number, row: number, column: number) =>
  row < 3 ? Number.NaN : 2 + 0.3 * row + 4 * Math.sin((column + time) / 19);
const unplaced = (row: number, column: number) => row > 40 && row < 50 && column > 60 && column < 80;
let app: TestApp;

beforeAll(async () => {
  app = await startApp();
  const path = writeCurvilinearFile(app.folder, 'tripolar.nc', { ...size, times: 40, value, unplaced });
  await app.page.getByLabel('NetCDF file').setInputFiles(path);
  await app.page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
});
afterAll(() => app?.close());

async function limits(): Promise<[number, number]> {
  const [min = 0, max = 0] = await Promise.all(
    ['scale-min', 'scale-max'].map(async (id) =>
      Number(((await app.page.getByTestId(id).textContent()) ?? '').replace('−', '-')),
    ),
  );
  return [min, max];
}

/** Where the whole world is drawn flat, from 180° W and the north pole. */
async function onMap(row: number, column: number): Promise<[number, number]> {
  const area = (await app.page.getByTestId('map').boundingBox())!;
  const { latitude, longitude } = displacedPlace(size, row, column);
  const turned = (((longitude + 180) % 360) + 360) % 360;
  return [area.x + (turned / 360) * area.width, area.y + ((90 - latitude) / 180) * area.height];
}

async function onGlobe(row: number, column: number): Promise<[number, number] | null> {
  const area = (await app.page.getByTestId('globe').boundingBox())!;
  const { latitude, longitude } = displacedPlace(size, row, column);
  const point = pointOnDisc(longitude, latitude, { longitude: 0, latitude: 15 });
  const [across, up] = discReach(area, 1);
  if (!point || Math.hypot(point.x, point.y) > 0.8) return null;
  return [
    area.x + ((point.x / across + 1) / 2) * area.width,
    area.y + ((1 - point.y / up) / 2) * area.height,
  ];
}

describe('a curvilinear grid', () => {
  it('has the colours of its values at the true places of its cells, frame by frame', async () => {
    const { page } = app;
    await page.getByTestId('region-size').getByText('60 × 120 cells').waitFor(patience);
    await expect.poll(async () => (await limits())[1]).toBeGreaterThan(20);
    const table = colourTable('thermal');
    const check = async (time: number) => {
      const [min, max] = await limits();
      for (const [row, column] of cells) {
        const [x, y] = await onMap(row, column);
        const wanted = colourOf(table, value(time, row, column), min, max);
        const message = `row ${row}, column ${column}`;
        await expect.poll(() => app.pixel(x, y), { timeout: 20_000, message }).toEqual(wanted);
      }
    };
    await check(0);
    await page.keyboard.press('ArrowRight');
    await page.getByText('frame 2 of 40').waitFor();
    await check(1);
  });

  it('is probed where the pointer is, and names the place of the cell', async () => {
    const { page } = app;
    await page.getByRole('tab', { name: 'Probe' }).click();
    const [x, y] = await onMap(38, 97);
    await page.mouse.move(x, y);
    const { latitude, longitude } = displacedPlace(size, 38, 97);
    const name = `${Math.abs(latitude).toFixed(1)}° ${latitude < 0 ? 'S' : 'N'}, ${Math.abs(longitude).toFixed(1)}° ${longitude < 0 ? 'W' : 'E'}`;
    const readout = page.locator('.readout');
    await expect.poll(() => readout.textContent(), patience).toContain(name);
    await page.mouse.click(x, y);
    await expect.poll(() => page.url()).toContain('place=point-38-97');
    // No cell has a place here: it is drawn as neither sea nor land, and nothing is said of it.
    const [emptyX, emptyY] = await onMap(45, 70);
    await page.mouse.move(emptyX, emptyY);
    await expect.poll(() => readout.count()).toBe(0);
    const [red, green, blue] = await app.pixel(emptyX + 3, emptyY);
    expect(Math.max(red, green, blue) - Math.min(red, green, blue)).toBeLessThan(25);
  });

  it('lies on the globe as on the flat map', async () => {
    const { page } = app;
    await page.getByRole('button', { name: 'Globe', exact: true }).click();
    await page.locator('[data-testid=globe][data-ready=true]').waitFor(patience);
    const [min, max] = await limits();
    let seen = 0;
    for (const [row, column] of [...cells, [37, 20], [39, 10], [49, 12]] as [number, number][]) {
      const at = await onGlobe(row, column);
      if (!at) continue;
      seen += 1;
      const wanted = colourOf(colourTable('thermal'), value(1, row, column), min, max);
      const message = `row ${row}, column ${column}`;
      await expect.poll(() => app.pixel(...at), { timeout: 20_000, message }).toEqual(wanted);
    }
    expect(seen).toBeGreaterThan(2);
    await page.getByRole('button', { name: 'Globe', exact: true }).click();
  });

  it('with one time alone is shown, and the Prepare tab says what to do', async () => {
    const { page } = app;
    const path = writeCurvilinearFile(app.folder, 'month.nc', { ...size, times: 1, value });
    await page.getByRole('button', { name: 'Open another…' }).click();
    await page.getByLabel('NetCDF file').setInputFiles(path);
    await page.locator('[data-testid=map][data-ready=true]').waitFor(patience);
    await page.getByRole('tab', { name: 'Prepare' }).click();
    await page.getByText('tos has only 1 time; at least 8 are needed.').waitFor();
    await page.getByText('open the files of a longer series together').waitFor();
    expect(app.complaints).toEqual([]);
  });
});
